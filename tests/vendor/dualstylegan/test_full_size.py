# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published sizes, with weights made by the recordings' recipe."""

import pytest
import torch
import torch.nn.functional as F
from dualstylegan_recordings import archive, gap, hashed_state, traced, under
from pastiche.vendor.dualstylegan.controls import Controls, to_w_plus, weights, with_color_of
from pastiche.vendor.dualstylegan.network import DualStyleGAN, DualStyleGANShape
from pastiche.vendor.stylegan2.latents import truncate
from pastiche.vendor.stylegan2.resampling import fir_kernel

CASES = {
    "default": Controls(),
    "preserve_color": Controls(keep_color=True),
    "caricature_weights": Controls(structure=1.0),
    "color_weights_zero": Controls(color=0.0),
}


@pytest.fixture(scope="module")
def network():
    archive("fullsize_dualstylegan_1024")
    with torch.device("meta"):
        shapes = DualStyleGAN(DualStyleGANShape()).state_dict()
    keep = {key: fir_kernel(gain=4.0) if key.endswith("kernel") else value for key, value in shapes.items()}
    return DualStyleGAN.from_state(hashed_state(1001, keep))


def cut(picture, name):
    """A recorded window of a picture: image_crop_y<top>_x<left>_<side>."""
    top, left, side = (int(part.lstrip("yx")) for part in name.split("_")[2:])
    return picture[:, :, top : top + side, left : left + side]


def facts_of(values):
    values = values.double()
    return torch.stack((values.mean(), values.std(), values.abs().max()))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
@torch.no_grad()
def test_recorded_pictures(network, case):
    arrays, asked = archive("fullsize_dualstylegan_1024"), CASES[case]
    portrait = to_w_plus(network, arrays["in/zplus_in"], 'Z+')
    exemplar = to_w_plus(network, arrays["in/zplus_ex"], 'Z+')
    assert gap(exemplar, arrays["default/out/exstyle"]) < 5e-5
    extrinsic = with_color_of(exemplar, portrait, 7) if asked.keep_color else exemplar
    recorded, layers, pictures = under(arrays, f"{case}/out/"), under(arrays, f"{case}/trace_pick64/"), []

    def run():
        pictures.append(network(truncate(portrait, asked.truncation), extrinsic, weights(network, asked)))

    outputs = traced(network, layers.keys() - {"style.2"}, run)
    for name, values in outputs.items():
        first = values[0]
        picked = first.flatten()[:: max(1, first.numel() // 64)][: len(layers[name])]
        assert gap(picked, layers[name]) < 1e-4, name
        assert gap(facts_of(first), arrays[f"{case}/trace_stats/{name}"]) < 1e-4, name
    for name in recorded.keys() - {"exstyle", "image_pooled_128", "image_stats_mean_std_absmax"}:
        assert gap(cut(pictures[0], name), recorded[name]) < 5e-5, name
    assert gap(F.adaptive_avg_pool2d(pictures[0], 128), recorded["image_pooled_128"]) < 5e-5
    assert gap(facts_of(pictures[0]), recorded["image_stats_mean_std_absmax"]) < 5e-5
