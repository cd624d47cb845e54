# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
import torch
from dualstylegan_recordings import archive, gap
from pastiche.vendor.stylegan2.resampling import Fir, fir_kernel, upfirdn2d


def defined(x, kernel, up, down, pad):
    """The definition, sample by sample: spread, pad, correlate with the flipped kernel, drop."""
    batch, channels, height, width = x.shape
    spread = np.zeros((batch, channels, height * up, width * up))
    spread[:, :, ::up, ::up] = x
    if min(pad) < 0:
        end = [size + min(pad[1], 0) for size in spread.shape[2:]]
        spread = spread[:, :, max(-pad[0], 0) : end[0], max(-pad[0], 0) : end[1]]
    pads = [max(amount, 0) for amount in pad]
    spread = np.pad(spread, ((0, 0), (0, 0), pads, pads))
    size = kernel.shape[0]
    windows = np.lib.stride_tricks.sliding_window_view(spread, (size, size), axis=(2, 3))
    return np.einsum("bchwij,ij->bchw", windows, kernel[::-1, ::-1])[:, :, ::down, ::down]


@pytest.mark.parametrize("up, down", [(1, 1), (2, 1), (1, 2), (3, 1), (2, 3), (4, 2)])
@pytest.mark.parametrize("pad", [(0, 0), (1, 1), (2, 1), (0, 3), (4, 5), (-1, 2), (-2, -1)])
def test_filters_as_the_definition_says(up, down, pad):
    random = np.random.default_rng(up * 10 + down)
    x, kernel = random.normal(size=(2, 3, 7, 9)), random.normal(size=(4, 4))
    found = upfirdn2d(torch.from_numpy(x), torch.from_numpy(kernel), up, down, pad)
    np.testing.assert_allclose(found.numpy(), defined(x, kernel, up, down, pad), atol=1e-12)


def test_the_filter_keeps_a_flat_picture_flat():
    enlarged = Fir(gain=4.0, up=2, pad=(2, 1))(torch.ones(1, 3, 8, 8))
    assert torch.allclose(enlarged[:, :, 2:-2, 2:-2], torch.ones(1, 3, 12, 12))
    assert fir_kernel().sum() == 1


@pytest.mark.parametrize(
    "case, settings",
    [
        ("upsample", dict(up=2, pad=(2, 1))),
        ("downsample", dict(down=2, pad=(1, 1))),
        ("blur_up_pad11", dict(pad=(1, 1))),
        ("blur_down3_pad22", dict(pad=(2, 2))),
        ("blur_down1_pad11", dict(pad=(1, 1))),
    ],
)
def test_recorded_resampling(case, settings):
    arrays = archive("modconv_resample")
    found = upfirdn2d(arrays["resample/in/x"], arrays[f"resample/out/{case}_kernel"], **settings)
    assert gap(found, arrays[f"resample/out/{case}"]) < 1e-5


@pytest.mark.parametrize(
    "case, settings",
    [("asym_up2_down1_pad2_1", dict(up=2, pad=(2, 1))), ("asym_up1_down2_pad1_2", dict(down=2, pad=(1, 2)))],
)
def test_recorded_resampling_with_a_lopsided_kernel(case, settings):
    arrays = archive("modconv_resample")
    found = upfirdn2d(arrays["resample/in/x"], arrays["resample/in/asym_kernel"], **settings)
    assert gap(found, arrays[f"resample/out/{case}"]) < 1e-5
