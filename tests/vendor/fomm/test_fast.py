# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rearranged networks against the plain ones and against the recordings."""

import pytest
import torch
from pastiche.vendor.fomm.blocks import UpBlock
from pastiche.vendor.fomm.fast.detector import FastDetector, FastDownscale
from pastiche.vendor.fomm.fast.generator import FastGenerator
from pastiche.vendor.fomm.fast.layers import ColorHead, FastUp
from pastiche.vendor.fomm.fast.motion import inverse
from pastiche.vendor.fomm.keypoint_motion import transfer

RECORDED = {
    "base64": ("abs", "rel", "rel_scale", "rel.align1"),
    "rect": ("abs", "rel_scale"),
    "nojac": ("abs", "rel", "rel_scale"),
    "noocc": ("rel",),
    "singlejac": ("abs", "rel"),
    "half_pad3": ("rel",),
    "scale1": ("abs",),
    "full256": ("abs", "rel", "rel_scale", "rel.align1"),
}


@pytest.mark.parametrize("name", RECORDED)
def test_fast_keypoints_are_the_recorded_ones(load_case, name):
    case = load_case(name)
    found = FastDetector(case.networks()[0])(torch.cat((case.image("source_u8"), case.image("driving_u8"))))
    for part, keypoints in (("source", found.frames(0)), ("driving", found.frames(slice(1, None)))):
        case.check(f"kp_{part}.value", keypoints.value)
        if keypoints.jacobian is not None:
            case.check(f"kp_{part}.jacobian", keypoints.jacobian)


@pytest.mark.parametrize(
    ("name", "prefix"), [(name, prefix) for name, prefixes in RECORDED.items() for prefix in prefixes]
)
def test_fast_pictures_are_the_recorded_ones(load_case, name, prefix):
    case = load_case(name)
    mode, _, corners = prefix.partition(".")
    frames = case.facts["align1_frames" if corners else "frames"][mode]
    fast = FastGenerator(case.networks(align_corners=bool(corners))[1])
    source = fast.encode(case.image("source_u8"), case.keypoints("kp_source"))
    moved = case.keypoints(f"{mode}.kp_norm").frames(torch.tensor(frames))
    deformation, occlusion_map = fast.dense_motion_network(source.motion, moved)
    case.check(f"{prefix}.deformation", deformation)
    if occlusion_map is not None:
        case.check(f"{prefix}.occlusion_map", occlusion_map)
    case.check(f"{prefix}.prediction", fast(source, moved))


def both(networks, pictures, dtype=torch.float32):
    """Plain and fast pictures of the same relative motion."""
    detector, generator = networks
    keypoints = detector(pictures)
    source = keypoints.frames(0)
    moved = transfer(source, keypoints.frames(slice(1, None)), keypoints.frames(1))
    plain = torch.cat([generator(pictures[:1], moved.frames(i), source).prediction for i in range(len(moved.value))])
    fast = FastGenerator(generator, dtype)
    return plain, fast(fast.encode(pictures[:1], source), moved)


def test_fast_float32_is_within_a_ten_thousandth(small_networks, pictures):
    plain, fast = both(small_networks, pictures)
    torch.testing.assert_close(fast, plain, rtol=0, atol=1e-4)
    assert plain.std() > 0.02


@pytest.mark.parametrize("inputs", [3, 8, 12, 16, 64])
def test_the_color_head_in_bfloat16_is_right_however_few_its_inputs(inputs):
    torch.manual_seed(0)
    conv = torch.nn.Conv2d(inputs, 3, 7, padding=3).requires_grad_(False)
    features = torch.randn(1, inputs, 32, 32).contiguous(memory_format=torch.channels_last)
    found = ColorHead(conv, torch.bfloat16)(features.bfloat16())
    torch.testing.assert_close(found, conv(features).sigmoid(), rtol=0, atol=0.02)


def test_fast_bfloat16_is_within_two_levels_of_255(small_networks, pictures):
    plain, fast = both(small_networks, pictures, torch.bfloat16)
    assert (fast - plain).abs().mean() < 2 / 255
    assert fast.dtype == torch.float32


def test_motion_stays_float32_in_a_bfloat16_model(small_networks, pictures):
    detector, generator = small_networks
    fast = FastGenerator(generator, torch.bfloat16)
    keypoints = FastDetector(detector)(pictures)
    source = fast.encode(pictures[:1], keypoints.frames(0))
    deformation, occlusion_map = fast.dense_motion_network(source.motion, keypoints)
    assert {deformation.dtype, occlusion_map.dtype, keypoints.value.dtype, source.features.dtype} == {torch.float32}


def test_frames_do_not_depend_on_their_batch(small_networks, pictures):
    detector, generator = small_networks
    fast, keypoints = FastGenerator(generator), FastDetector(detector)(pictures)
    source = fast.encode(pictures[:1], keypoints.frames(0))
    together = fast(source, keypoints)
    alone = torch.cat([fast(source, keypoints.frames(i)) for i in range(len(pictures))])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-5)


def test_fast_keypoints_are_the_plain_ones(small_networks, pictures):
    detector, _ = small_networks
    plain, fast = detector(pictures), FastDetector(detector)(pictures)
    torch.testing.assert_close(fast.value, plain.value, rtol=0, atol=1e-5)
    torch.testing.assert_close(fast.jacobian, plain.jacobian, rtol=0, atol=1e-5)


@pytest.mark.parametrize("size", [(7, 9), (4, 4), (2, 2), (1, 3)])
def test_enlarging_and_convolving_is_one_transposed_convolution(size):
    torch.manual_seed(0)
    block = UpBlock(3, 5).double().eval()
    block.norm.running_mean.normal_()
    x = torch.randn(2, 3, *size, dtype=torch.float64)
    torch.testing.assert_close(FastUp(block, torch.float64)(x), block(x), rtol=0, atol=1e-12)


def test_the_packed_color_head_paints_the_same():
    torch.manual_seed(0)
    conv = torch.nn.Conv2d(4, 3, 7, padding=3).requires_grad_(False)
    x = torch.randn(2, 4, 10, 14)
    torch.testing.assert_close(ColorHead(conv, torch.float32)(x), conv(x).sigmoid(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", [(64, 64), (61, 45)])
def test_the_strided_blur_keeps_the_same_pixels(small_networks, size):
    down = small_networks[0].down
    image = torch.rand(1, 3, *size)
    torch.testing.assert_close(FastDownscale(down)(image), down(image), rtol=0, atol=1e-6)


def test_closed_inverses_are_inverses():
    torch.manual_seed(0)
    matrices = torch.randn(5, 4, 2, 2, dtype=torch.float64)
    torch.testing.assert_close(inverse(matrices) @ matrices, torch.eye(2, dtype=torch.float64).expand(5, 4, 2, 2))
