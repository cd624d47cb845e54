# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from dualstylegan_recordings import archive, gap, noise_maps, official_shapes, recorded_json, shapes_of, traced, under
from pastiche.vendor.dualstylegan.network import DualStyleGAN, DualStyleGANShape
from pastiche.vendor.stylegan2.latents import mix, truncate

SLOTS, STRUCTURE = 8, 5
RECORDED = (
    "default", "weights_zero", "weights_one", "color_kept_by_weights", "color_only", "preserve_color_zplus",
    "preserve_color_wplus", "wplus_default", "ramp_batch2_z_exstyle2d_noise", "mixing_index4", "no_res", "fuse_index5",
    "fuse_index8", "trunc_mean",
)  # fmt: skip


@torch.no_grad()
def test_no_weight_gives_the_intrinsic_picture(small):
    w, e = torch.randn(2, 1, SLOTS, 24)
    assert torch.equal(small(w, e, [0.0] * SLOTS), small.generator(w))
    assert torch.equal(small(w, e, [1.0] * SLOTS, styled_slots=0), small.generator(w))


@pytest.mark.parametrize("slot", range(SLOTS))
@torch.no_grad()
def test_each_slots_weight_and_code_change_the_picture(small, slot):
    w, e = torch.randn(2, 1, SLOTS, 24)
    weights = [0.5] * SLOTS
    before = small(w, e, weights)
    weights[slot] = 0.9
    assert gap(small(w, e, weights), before) > 1e-3
    changed = e.clone()
    changed[:, slot] = torch.randn(24)
    assert gap(small(w, changed, [0.5] * SLOTS), before) > 1e-3


@torch.no_grad()
def test_color_weights_leave_the_structure_features_alone(small):
    w, e = torch.randn(2, 1, SLOTS, 24)
    features = [[x for x, _ in small.resolutions(w, e, [0.5] * STRUCTURE + [color] * 3)] for color in (0.0, 1.0)]
    assert all(torch.equal(a, b) for a, b in zip(features[0][:3], features[1][:3], strict=True))
    assert gap(features[0][3], features[1][3]) > 1e-3


@torch.no_grad()
def test_frames_of_a_batch_have_weights_of_their_own_and_share_an_exemplar(small):
    w, e = torch.randn(3, SLOTS, 24), torch.randn(1, SLOTS, 24)
    weights = torch.rand(3, SLOTS)
    weights[1] = 0
    together = small(w, e, weights)
    for row in range(3):
        assert gap(small(w[row : row + 1], e, weights[row]), together[row : row + 1]) < 2e-5


@torch.no_grad()
def test_one_portrait_takes_the_styles_of_several_exemplars(small):
    w, e = torch.randn(1, SLOTS, 24), torch.randn(2, SLOTS, 24)
    together = small(w, e, [0.7] * SLOTS)
    assert gap(small(w, e[1:], [0.7] * SLOTS), together[1:]) < 2e-5


@torch.no_grad()
def test_weights_beyond_one_extrapolate(small):
    w, e = torch.randn(2, 1, SLOTS, 24)
    assert gap(small(w, e, [1.5] * SLOTS), small(w, e, [1.0] * SLOTS)) > 1e-2


@pytest.mark.parametrize("weights", [[1.0] * 7, [[1.0] * 9], 0.5])
def test_weights_of_another_network_are_refused(small, weights):
    with pytest.raises(ValueError, match="8 slots"):
        small(torch.zeros(1, 24), torch.zeros(1, 24), weights)


@torch.no_grad()
def test_before_training_color_passes_and_structure_does_nothing():
    torch.manual_seed(4)
    network = DualStyleGAN(DualStyleGANShape(structure_slots=3))
    e = torch.randn(1, 512)
    assert gap(network.res[5](e), e) < 0.1
    x = torch.randn(1, 512, 4, 4)
    assert gap(network.res[0](x, e, torch.ones(1)), x) < 0.1


@torch.no_grad()
def test_a_state_dictionary_makes_the_same_network(small):
    w, e = torch.randn(2, 1, SLOTS, 24)
    again = DualStyleGAN.from_state(small.state_dict())
    assert again.shape == small.shape
    assert gap(again(w, e, [0.7] * SLOTS), small(w, e, [0.7] * SLOTS)) < 1e-5


def test_a_plain_generator_is_refused(small):
    with pytest.raises(ValueError, match="not a DualStyleGAN"):
        DualStyleGAN.from_state(small.generator.state_dict())


@torch.no_grad()
def test_bfloat16_stays_near(small):
    w, e = torch.randn(2, 1, SLOTS, 24)
    full = small(w, e, [0.7] * SLOTS)
    assert (small(w, e, [0.7] * SLOTS, dtype=torch.bfloat16) - full).abs().mean() < 0.01 * full.abs().max()


def test_published_keys_and_shapes():
    expected = official_shapes("dualstylegan_1024_g_ema")
    with torch.device("meta"):
        network = DualStyleGAN(DualStyleGANShape())
    assert shapes_of(network) == expected
    assert sum(p.numel() for p in network.parameters()) == 74_176_268


def called(facts, network, arrays):
    """The arguments of a recorded call."""
    latents = [arrays[f"in/{name}"] for name in facts["styles"]]
    if not facts.get("input_is_latent"):
        latents = [network.generator.style(z) for z in latents]
    center = facts.get("truncation_latent", 0)
    center = arrays[f"in/{center}"] if isinstance(center, str) else float(center)
    latents = [truncate(w, facts.get("truncation", 1), center) for w in latents]
    w = mix(*latents, facts["inject_index"], 12) if len(latents) == 2 else latents[0]
    e = arrays[f"in/{facts['exstyles']}"] if facts["exstyles"] else w
    weights = facts.get("interp_weights", [0.0] * 12)[:12]  # upstream hands in 18 numbers whatever the size
    return w, e, weights, noise_maps(arrays) if facts.get("noise") else None


def recorded():
    return DualStyleGAN.from_state(archive("dualstylegan_tiny_weights")), archive("dualstylegan_tiny_cases")


@pytest.mark.parametrize("case", RECORDED)
@torch.no_grad()
def test_recorded_pictures(case):
    network, arrays = recorded()
    facts = recorded_json("cases")["cases"]["dualstylegan"][case]
    w, e, weights, noise = called(facts, network, arrays)
    styled = facts.get("fuse_index", 18) + 1  # the last styled slot is counted from 0
    assert gap(network(w, e, weights, noise, styled_slots=styled), arrays[f"{case}/out/image"]) < 5e-5
    if f"{case}/out/latent" in arrays:
        assert (
            gap(
                w.expand_as(arrays[f"{case}/out/latent"]) if w.dim() == 3 else w[:, None].expand(-1, 12, -1),
                arrays[f"{case}/out/latent"],
            )
            < 1e-5
        )


@torch.no_grad()
def test_recorded_features():
    network, arrays = recorded()
    facts = recorded_json("cases")["cases"]["dualstylegan"]["return_feat"]
    steps = list(network.resolutions(*called(facts, network, arrays)))
    features, rgb = steps[3]
    assert gap(features, arrays["return_feat/out/feature"]) < 1e-4
    assert gap(rgb, arrays["return_feat/out/skip"]) < 5e-5


@torch.no_grad()
def test_every_recorded_layer():
    network, arrays = recorded()
    trace = under(arrays, "default/trace/")
    structure = {name: trace.pop(name) for name in ("style.0", "style.1", "style.2")}
    assert gap(network.generator.start(1), trace.pop("generator.input")) == 0
    calls = {}
    for name, value in trace.items():
        calls.setdefault(name.split("#")[0], []).append(value)
    facts = recorded_json("cases")["cases"]["dualstylegan"]["default"]
    outputs = traced(network, sorted(calls), lambda: network(*called(facts, network, arrays)))
    for name, expected in calls.items():
        assert len(outputs[name]) == len(expected), name
        for found, value in zip(outputs[name], expected, strict=True):
            assert gap(found, value) < 5e-5, name
    slots = arrays["in/exstyle"][0]
    for name, (found,) in traced(network, structure, lambda: network.style(slots)).items():
        assert gap(found, structure[name]) < 1e-5, name


def test_recorded_norm_of_the_extrinsic_path():
    network, _ = recorded()
    total = sum(parameter.norm() for parameter in network.res.parameters())
    expected = archive("training_pieces")["l2_reg/out/sum_of_norms_over_res_params_dualstylegan_tiny"]
    assert gap(total, expected) < 1e-3
