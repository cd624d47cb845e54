# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a perceptual loss compares, with weights and without."""

import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from pastiche.bridge.errors import InputError  # noqa: E402
from pastiche.inference.training.perceptual import Scattering, open_perceptual  # noqa: E402
from pastiche.vendor.vgg.vgg19 import VGG19  # noqa: E402


def difference(features, a, b):
    return sum((x - y).abs().mean().item() for x, y in zip(features(a), features(b), strict=True))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A checkpoint of torchvision's layout, of random weights."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "vgg19.pth"
    torch.save({**VGG19().state_dict(), "classifier.0.weight": torch.zeros(3, 3)}, path)
    return path


@pytest.fixture(params=["", "weights"])
def features(request):
    return open_perceptual(str(request.getfixturevalue("weights")) if request.param else "")


@pytest.fixture
def picture():
    torch.manual_seed(1)
    coarse = torch.rand(1, 3, 9, 9)
    return torch.nn.functional.interpolate(coarse, size=(64, 64), mode="bicubic").clamp(0, 1)


def test_features_come_at_five_scales(features, picture):
    assert [found.shape[-1] for found in features(picture)] == [64, 32, 16, 8, 4]
    assert difference(features, picture, picture) == 0


def test_small_pictures_have_fewer_scales(features, picture):
    assert [found.shape[-1] for found in features(picture[..., :8, :8])] == [8, 4, 2]


def test_the_gradient_reaches_the_picture(features, picture):
    image = picture.clone().requires_grad_()
    sum(found.mean() for found in features(image)).backward()
    assert torch.isfinite(image.grad).all() and image.grad.abs().max() > 0


def test_blur_costs_more_than_a_shade_of_the_same_size(picture):
    """Two changes of the same mean square: structure matters more than light."""
    blurred = torch.nn.functional.avg_pool2d(picture, 5, 1, 2, count_include_pad=False)
    shade = (blurred - picture).square().mean().sqrt()
    features = Scattering()
    edges = [found[:, 3:] for found in features(picture)]

    def change(image):
        return sum((a[:, 3:] - b).abs().mean().item() for a, b in zip(features(image), edges, strict=True))

    assert change(blurred) > 5 * change(picture + shade)


def test_the_substitute_says_that_it_is_one(weights):
    assert "No weights of VGG-19" in open_perceptual("").note
    assert not open_perceptual(str(weights)).note


def test_a_file_without_vgg_is_named(tmp_path):
    torch.save({"features.0.weight": torch.zeros(1), "epoch": 3}, tmp_path / "other.pth")
    with pytest.raises(InputError, match="other.pth holds no VGG-19"):
        open_perceptual(str(tmp_path / "other.pth"))
