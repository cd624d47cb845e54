# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""VGG-19's convolutions: the published names and shapes, and what its features say."""

import pytest
import torch
from pastiche.vendor.vgg.vgg19 import VGG19, build_vgg19

# torchvision's names of the sixteen convolutions, and their shapes
CONVOLUTIONS = {
    0: (64, 3), 2: (64, 64), 5: (128, 64), 7: (128, 128), 10: (256, 128), 12: (256, 256), 14: (256, 256),
    16: (256, 256), 19: (512, 256), 21: (512, 512), 23: (512, 512), 25: (512, 512), 28: (512, 512), 30: (512, 512),
    32: (512, 512), 34: (512, 512),
}  # fmt: skip


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return VGG19().eval()


def test_names_and_shapes_are_the_published_ones(network):
    expected = {}
    for index, shape in CONVOLUTIONS.items():
        expected |= {f"features.{index}.weight": (*shape, 3, 3), f"features.{index}.bias": shape[:1]}
    assert {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()} == expected


def test_a_whole_checkpoint_loads_and_its_classifier_is_left_out(network):
    state = {**network.state_dict(), "classifier.6.weight": torch.zeros(2, 2)}
    rebuilt = build_vgg19(state)
    image = torch.rand(1, 3, 32, 32)
    for name in ("relu1_1", "relu5_1"):
        assert torch.equal(rebuilt(image, [name])[name], network(image, [name])[name])
    assert not any(parameter.requires_grad for parameter in rebuilt.parameters())


def test_features_halve_with_every_block_and_come_in_order(network):
    found = network(torch.rand(2, 3, 64, 48), ["relu5_1", "relu1_1", "relu3_4"])
    assert [(name, tuple(features.shape)) for name, features in found.items()] == [
        ("relu1_1", (2, 64, 64, 48)), ("relu3_4", (2, 256, 16, 12)), ("relu5_1", (2, 512, 4, 3))
    ]  # fmt: skip
    assert all((features >= 0).all() for features in found.values())


def test_imagenets_mean_color_is_no_color(network):
    mean = network.mean.expand(3, 16, 16)[None]
    expected = network.features[0].bias.clamp(min=0)
    assert torch.allclose(network(mean, ["relu1_1"])["relu1_1"][0, :, 8, 8], expected, atol=1e-6)


@pytest.mark.parametrize("change", ["missing", "wrong"])
def test_another_network_is_named(network, change):
    state = dict(network.state_dict())
    if change == "missing":
        del state["features.28.weight"]
    else:
        state["features.28.weight"] = torch.zeros(512, 256, 3, 3)
    with pytest.raises(ValueError, match="features.28.weight"):
        build_vgg19(state)
