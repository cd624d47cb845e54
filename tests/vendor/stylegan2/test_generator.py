# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from dualstylegan_recordings import archive, gap, noise_maps, official_shapes, recorded_json, shapes_of, traced, under
from pastiche.vendor.stylegan2.generator import Generator
from pastiche.vendor.stylegan2.latents import mix, spread, truncate
from pastiche.vendor.stylegan2.shape import GeneratorShape

SMALL = GeneratorShape((16, 16, 12, 8), style_dim=24, mapping_layers=2)
RECORDED = (
    "w_buffernoise", "wplus_buffernoise", "z_trunc_mean", "zplus_trunc_zero", "mix_index3_explicit_noise",
    "w_zero_noise",
)  # fmt: skip


@pytest.fixture
def small():
    torch.manual_seed(0)
    return Generator(SMALL).eval()


def recorded():
    return Generator.from_state(archive("generator_tiny_weights"))


@torch.no_grad()
def test_a_state_dictionary_makes_the_same_generator(small):
    with torch.no_grad():
        for layer in small.modules():
            if hasattr(layer, "noise"):
                layer.noise.weight.fill_(0.3)
    latents = torch.randn(2, 24)
    again = Generator.from_state(small.state_dict())
    assert gap(again(latents), small(latents)) < 1e-5
    assert shapes_of(again) == shapes_of(small)


def test_a_missing_an_unknown_and_a_misshaped_key_are_named(small):
    state = small.state_dict()
    for change, name in (
        ({key: value for key, value in state.items() if key != "noises.noise_2"}, "noises.noise_2"),
        ({**state, "convs.0.extra": torch.zeros(1)}, "convs.0.extra"),
        ({**state, "to_rgbs.0.bias": torch.zeros(1, 4, 1, 1)}, "to_rgbs.0.bias"),
    ):
        with pytest.raises(ValueError, match=name):
            Generator.from_state(change)


@torch.no_grad()
def test_seeded_noise_repeats_and_differs_by_seed(small):
    assert all(torch.equal(a, b) for a, b in zip(small.seeded_noise(5), small.seeded_noise(5), strict=True))
    assert not torch.equal(small.seeded_noise(5)[3], small.seeded_noise(6)[3])
    assert [noise.shape[-1] for noise in small.seeded_noise(5, batch=3)] == list(SMALL.noise_sides)


@torch.no_grad()
def test_each_row_of_a_batch_is_the_picture_by_itself(small):
    latents = torch.randn(3, SMALL.slots, 24)
    together = small(latents)
    for row in range(3):
        assert gap(small(latents[row : row + 1]), together[row : row + 1]) < 2e-5


@torch.no_grad()
def test_resolutions_double_and_end_with_the_picture(small):
    latents = torch.randn(1, 24)
    steps = list(small.resolutions(latents))
    assert [features.shape[1:] for features, _ in steps] == [(16, 4, 4), (16, 8, 8), (12, 16, 16), (8, 32, 32)]
    assert torch.equal(steps[-1][1], small(latents))


@torch.no_grad()
def test_truncation_ends_at_its_center(small):
    center = small.mean_latent(64)
    assert torch.allclose(truncate(torch.randn(2, 24), 0.0, center), center.expand(2, -1))
    w = torch.randn(2, 24)
    assert torch.equal(truncate(w, 1.0, center), w)


def test_mixing_takes_coarse_slots_first():
    mixed = mix(torch.zeros(1, 24), torch.ones(1, 24), 3, 8)
    assert mixed[0, :, 0].tolist() == [0, 0, 0, 1, 1, 1, 1, 1]


def test_a_latent_of_another_network_is_refused(small):
    with pytest.raises(ValueError, match="8 slots"):
        spread(torch.zeros(1, 18, 24), SMALL.slots)


@torch.no_grad()
def test_bfloat16_stays_within_one_level_of_eight_bits(small):
    latents = small.style(torch.randn(1, 24))
    assert (small(latents, dtype=torch.bfloat16) - small(latents)).abs().mean() < 2 / 255


def test_latents_and_noise_can_be_optimized(small):
    latents = torch.randn(1, SMALL.slots, 24, requires_grad=True)
    noise = [map_.clone().requires_grad_() for map_ in small.stored_noise()]
    with torch.no_grad():
        for name, parameter in small.named_parameters():
            if name.endswith("noise.weight"):
                parameter.fill_(0.5)
    small(latents, noise).square().sum().backward()
    assert (latents.grad.abs().sum(2) > 0).all()
    assert all(map_.grad.abs().sum() > 0 for map_ in noise)


def test_published_keys_and_shapes():
    expected = official_shapes("stylegan2_1024_g_ema")
    with torch.device("meta"):
        generator = Generator(GeneratorShape())
    assert shapes_of(generator) == expected
    assert sum(p.numel() for p in generator.parameters()) == 30_370_060


@torch.no_grad()
def test_recorded_mapping():
    generator, arrays = recorded(), archive("mapping_tiny")
    assert gap(generator.style(arrays["z"]), arrays["w"]) < 1e-5
    assert gap(generator.style(arrays["zplus"]), arrays["wplus"]) < 1e-5
    outputs = traced(generator, [f"style.{i}" for i in range(9)], lambda: generator.style(arrays["z"]))
    for name, (output,) in outputs.items():
        assert gap(output, arrays[f"trace/{name}"]) < 1e-5, name


def picture(generator, facts, arrays):
    """The picture of a recorded call."""
    latents = [arrays[f"in/{name}"] for name in facts["styles"]]
    if not facts.get("input_is_latent"):
        latents = [generator.style(z) for z in latents]
    center = facts.get("truncation_latent", 0)
    center = arrays[f"in/{center}"] if isinstance(center, str) else float(center)
    latents = [truncate(w, facts.get("truncation", 1), center) for w in latents]
    noise = {"noise": noise_maps(arrays), "zeros": [0 * n for n in noise_maps(arrays)], None: None}[facts.get("noise")]
    w = mix(*latents, facts["inject_index"], 12) if len(latents) == 2 else latents[0]
    return generator(w, noise), spread(w, 12)


@pytest.mark.parametrize("case", RECORDED)
@torch.no_grad()
def test_recorded_pictures(case):
    facts, arrays = recorded_json("cases")["cases"]["generator"][case], archive("generator_tiny_cases")
    found, latents = picture(recorded(), facts, arrays)
    assert gap(found, arrays[f"{case}/out/image"]) < 2e-5
    if f"{case}/out/latent" in arrays:
        assert gap(latents, arrays[f"{case}/out/latent"]) < 1e-5


@torch.no_grad()
def test_every_recorded_layer():
    generator, arrays = recorded(), archive("generator_tiny_cases")
    trace = under(arrays, "wplus_buffernoise/trace/")
    inner = {name: value for name, value in trace.items() if name.endswith((".conv", ".noise"))}
    names = sorted(trace.keys() - inner.keys() - {"input"})
    outputs = traced(generator, names, lambda: generator(arrays["in/wplus"]))
    for name, (output,) in outputs.items():
        assert gap(output, trace[name]) < 2e-5, name
    assert gap(generator.start(2), trace["input"]) == 0
    bare = generator.conv1.conv(generator.start(2), arrays["in/wplus"][:, 0])
    assert gap(bare, trace["conv1.conv"]) < 1e-5
    assert gap(bare + generator.conv1.noise.weight * generator.noises.noise_0, trace["conv1.noise"]) < 1e-5


def test_recorded_path_length():
    """Second derivatives: the regularizer of the generator's training (Karras et al. 2020, section 3.2)."""
    generator, arrays = recorded(), under(archive("training_pieces"), "path/")
    latents = arrays["in/wplus"].clone().requires_grad_()
    picture = generator(latents)
    noise = arrays["in/normal_noise_before_scaling"] / (picture.shape[2] * picture.shape[3]) ** 0.5
    (gradient,) = torch.autograd.grad((picture * noise).sum(), latents, create_graph=True)
    lengths = gradient.square().sum(2).mean(1).sqrt()
    mean = arrays["in/mean_path_length"] + 0.01 * (lengths.mean() - arrays["in/mean_path_length"])
    penalty = (lengths - mean).square().mean()
    assert gap(lengths, arrays["out/lengths"]) < 1e-4
    assert gap(penalty, arrays["out/penalty"]) < 1e-4
    penalty.backward()
    assert sum(p.grad.abs().sum() for p in generator.parameters() if p.grad is not None) > 0
