# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
import torch.nn.functional as F
from dualstylegan_recordings import archive, gap, official_shapes, shapes_of, traced, under
from pastiche.vendor.psp.encoder import EncoderShape, GradualStyleEncoder
from pastiche.vendor.psp.ir_se import BackboneShape
from pastiche.vendor.psp.psp import PSp
from pastiche.vendor.stylegan2.generator import Generator
from pastiche.vendor.stylegan2.shape import GeneratorShape


@pytest.fixture
def checkpoint():
    torch.manual_seed(0)
    encoder = GradualStyleEncoder(EncoderShape(4, BackboneShape((16, 16, 16, 24))))
    decoder = Generator(GeneratorShape((8, 8), 24, 2))
    state = {f"encoder.{key}": value for key, value in encoder.state_dict().items()}
    state |= {f"decoder.{key}": value for key, value in decoder.state_dict().items()}
    return {"state_dict": state, "opts": {"start_from_latent_avg": True}, "latent_avg": torch.randn(4, 24)}


@torch.no_grad()
def test_the_average_latent_is_added_when_the_options_say_so(checkpoint):
    portrait = torch.rand(1, 3, 512, 512)
    added = PSp.from_checkpoint(checkpoint)(portrait)
    plain = PSp.from_checkpoint({**checkpoint, "opts": {}})(portrait)
    assert gap(added - plain, checkpoint["latent_avg"][None]) < 1e-5
    one = PSp.from_checkpoint({**checkpoint, "latent_avg": checkpoint["latent_avg"][0]})(portrait)
    assert gap(one - plain, checkpoint["latent_avg"][:1].expand(1, 4, 24)) < 1e-5


def test_the_generator_is_left_out_unless_asked_for(checkpoint):
    assert PSp.from_checkpoint(checkpoint).decoder is None
    assert PSp.from_checkpoint(checkpoint, with_decoder=True).decoder.shape.size == 8


@pytest.mark.parametrize(
    "change, text",
    [
        ({"state_dict": None}, "no state_dict"),
        ({"state_dict": {}}, "no heads"),
        ({"opts": 3}, "no state_dict"),
        ({"latent_avg": torch.zeros(5)}, "latent_avg does not fit"),
        ({"latent_avg": "text"}, "latent_avg does not fit"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(checkpoint, change, text):
    with pytest.raises(ValueError, match=text):
        PSp.from_checkpoint({**checkpoint, **change})


def test_published_keys_and_shapes():
    expected = official_shapes("psp_1024_state_dict")
    with torch.device("meta"):
        network = PSp(GradualStyleEncoder(EncoderShape()), Generator(GeneratorShape()))
    assert shapes_of(network) == expected


def recorded(with_average):
    arrays = archive("psp_tiny_cases")
    network = PSp.from_checkpoint(
        {
            "state_dict": archive("psp_tiny_weights"),
            "opts": {"start_from_latent_avg": with_average},
            "latent_avg": arrays["in/latent_avg"],
        },
        with_decoder=True,
    )
    return network, arrays, arrays["in/image_uint8_hwc"].permute(2, 0, 1)[None].float() / 127.5 - 1


@torch.no_grad()
def test_recorded_codes_and_reconstructions():
    network, arrays, portrait = recorded(with_average=True)
    assert gap(F.adaptive_avg_pool2d(portrait, 256)[:, 0], arrays["out/image_256_ch0"]) < 1e-6
    codes = network(portrait)
    assert gap(codes, arrays["out/zplus_codes"]) < 5e-5
    assert gap(codes, arrays["out/wplus_codes"]) < 5e-5
    mapped = network.decoder.style(codes)
    assert gap(mapped, arrays["out/wplus_from_zplus"]) < 5e-5
    assert gap(network.decoder(mapped), arrays["out/zplus_reconstruction"]) < 5e-5
    assert gap(network.decoder(codes), arrays["out/wplus_reconstruction"]) < 5e-5


@torch.no_grad()
def test_every_recorded_layer():
    network, arrays, portrait = recorded(with_average=False)
    trace = under(arrays, "trace/")
    inputs = {name: trace.pop(name) for name in ("input_of_styles.3", "input_of_styles.7")}
    seen, codes = {}, []
    for name in inputs:
        head = network.encoder.get_submodule(name.removeprefix("input_of_"))
        head.register_forward_pre_hook(lambda _, args, name=name: seen.update({name: args[0].clone()}))
    outputs = traced(network.encoder, sorted(trace), lambda: codes.append(network(portrait)))
    assert gap(codes[0], arrays["out/encoder_raw"]) < 5e-5
    for name, (output,) in outputs.items():
        assert gap(output, trace[name]) < 5e-5, name
    for name, expected in inputs.items():
        assert gap(seen[name], expected) < 5e-5, name
