# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from dualstylegan_recordings import archive, gap, hashed_state, official_shapes, shapes_of, traced, under
from pastiche.vendor.psp.encoder import EncoderShape, GradualStyleEncoder, Head
from pastiche.vendor.psp.ir_se import BackboneShape

SMALL = EncoderShape(slots=9, backbone=BackboneShape((16, 16, 16, 24)))


@pytest.fixture
def small():
    torch.manual_seed(0)
    return GradualStyleEncoder(SMALL).eval()


@torch.no_grad()
def test_a_portrait_becomes_a_latent_per_slot(small):
    portraits = torch.rand(2, 3, 256, 256) * 2 - 1
    codes = small(portraits)
    assert codes.shape == (2, 9, 24)
    assert gap(small(portraits[1:]), codes[1:]) < 1e-4


@torch.no_grad()
def test_a_state_dictionary_makes_the_same_encoder(small):
    portrait = torch.rand(1, 3, 256, 256)
    again = GradualStyleEncoder.from_state(small.state_dict())
    assert again.shape == SMALL
    assert gap(again(portrait), small(portrait)) < 1e-4


def test_a_state_dictionary_without_heads_is_refused():
    with pytest.raises(ValueError, match="no heads"):
        GradualStyleEncoder.from_state({})


def test_published_keys_and_shapes():
    expected = under(official_shapes("psp_1024_state_dict"), "encoder.")
    with torch.device("meta"):
        encoder = GradualStyleEncoder(EncoderShape())
    assert shapes_of(encoder) == expected
    assert sum(p.numel() for p in encoder.parameters()) == 267_136_704


@pytest.mark.parametrize("side", [16, 32, 64])
@torch.no_grad()
def test_recorded_heads(side):
    arrays = under(archive("encoder_blocks"), f"styles.{side}/")
    head = Head(24, side)
    head.load_state_dict(under(arrays, "sd/"), strict=True)
    assert gap(head(arrays["in/x"].float()), arrays["out/y"]) < 1e-5


@pytest.mark.slow
@torch.no_grad()
def test_recorded_codes_at_full_size():
    arrays = archive("fullsize_psp_encoder")
    with torch.device("meta"):
        shapes = GradualStyleEncoder(EncoderShape()).state_dict()
    keep = {key: torch.zeros((), dtype=value.dtype) if "batches" in key else value for key, value in shapes.items()}
    encoder = GradualStyleEncoder.from_state(hashed_state(1002, keep, prefix="encoder."))
    small = arrays["in/image_small_uint8_hwc_kron4"].permute(2, 0, 1)[None].float()
    portrait = small.repeat_interleave(4, 2).repeat_interleave(4, 3) / 127.5 - 1
    names = under(arrays, "trace_pick64/")
    codes = []
    outputs = traced(encoder, names, lambda: codes.append(encoder(portrait)))
    for name, (output,) in outputs.items():
        values = output.flatten()
        picked = values[:: max(1, values.numel() // 64)][: len(names[name])]
        assert gap(picked, names[name]) < 1e-4, name
        facts = torch.stack((output.double().mean(), output.double().std(), output.abs().max().double()))
        assert gap(facts, arrays[f"trace_stats/{name}"]) < 1e-4, name
    assert gap(codes[0], arrays["out/codes_without_latent_avg"]) < 5e-5
