# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from dualstylegan_recordings import archive, gap, official_shapes, shapes_of, under
from pastiche.vendor.dualstylegan.sampler import BATCH, CodeNetwork, StyleSampler


@pytest.fixture
def sampler():
    torch.manual_seed(1)
    return StyleSampler(CodeNetwork(16, 16, 5 * 24), CodeNetwork(16, 16, 3 * 24)).eval()


@torch.no_grad()
def test_a_seed_gives_the_same_styles_and_another_seed_others(sampler):
    first, again, other = (sampler.draw(seed, 24) for seed in (3, 3, 4))
    assert first.shape == (BATCH, 8, 24)
    assert torch.equal(first, again) and gap(first, other) > 0.01


@torch.no_grad()
def test_drawing_leaves_the_recorded_statistics_alone(sampler):
    before = {key: value.clone() for key, value in sampler.state_dict().items()}
    sampler.train()
    sampler.draw(3, 24)
    assert all(torch.equal(value, before[key]) for key, value in sampler.state_dict().items())


@pytest.mark.parametrize("checkpoint", [{}, {"color": {}, "structure": {}}, {"color": 3, "structure": 4}])
def test_another_checkpoint_is_refused(checkpoint):
    with pytest.raises(ValueError, match="not a style sampler"):
        StyleSampler.from_checkpoint(checkpoint)


def test_published_keys_and_shapes():
    expected = official_shapes("sampler")
    for kind, slots in (("color", 11), ("structure", 7)):
        assert shapes_of(CodeNetwork(128, 128, slots * 512)) == under(expected, f"{kind}/")


@pytest.mark.parametrize("kind", ["color", "structure"])
@torch.no_grad()
def test_recorded_codes(kind):
    arrays = under(archive("sampler_tiny"), f"{kind}/")
    network = CodeNetwork.from_state(under(arrays, "sd/"))
    assert gap(network(arrays["in/e"]), arrays["out/eval_mode"]) < 1e-5
    assert gap(network(arrays["in/e"], with_batch_statistics=True), arrays["out/train_mode_batch_stats"]) < 2e-5
