# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded cases of the published program (shared/parity/fomm) and a small model of our own, of random weights."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from pastiche.vendor.fomm.checkpoint import build_networks
from pastiche.vendor.fomm.configurations import AS_SHIPPED_TODAY, Configuration
from pastiche.vendor.fomm.generator import OcclusionAwareGenerator
from pastiche.vendor.fomm.keypoint_detector import KeypointDetector, Keypoints

PARITY = Path(__file__).resolve().parents[3].parent / "shared" / "parity" / "fomm"

SMALL = {
    "common_params": {"num_kp": 4, "num_channels": 3, "estimate_jacobian": True},
    "kp_detector_params": {
        "temperature": 0.1, "block_expansion": 8, "max_features": 32, "scale_factor": 0.25, "num_blocks": 3
    },
    "generator_params": {
        "block_expansion": 8, "max_features": 32, "num_down_blocks": 2, "num_bottleneck_blocks": 2,
        "estimate_occlusion_map": True,
        "dense_motion_params": {"block_expansion": 8, "max_features": 32, "num_blocks": 3, "scale_factor": 0.25},
    },
}  # fmt: skip


def archive(name):
    """A recorded archive as tensors; skips the test where the recordings are not at hand."""
    path = PARITY / f"{name}.npz"
    if not path.exists():
        pytest.skip(f"the recordings in {PARITY} are not here")
    with np.load(path) as file:
        return {key: torch.from_numpy(np.asarray(file[key])) for key in file.files}


def recorded_json(name):
    """A recorded JSON file; skips likewise."""
    path = PARITY / f"{name}.json"
    if not path.exists():
        pytest.skip(f"the recordings in {PARITY} are not here")
    return json.loads(path.read_text(encoding="utf-8"))


@dataclass
class Case:
    """One recorded network case with its two networks."""

    facts: dict
    arrays: dict
    states: tuple

    def networks(self, align_corners=AS_SHIPPED_TODAY):
        configuration = Configuration.from_parameters(self.facts["model_params"], align_corners)
        return build_networks(*self.states, configuration)

    def image(self, name):
        return self.arrays[name].float() / 255

    def keypoints(self, prefix):
        return Keypoints(self.arrays[f"{prefix}.value"], self.arrays.get(f"{prefix}.jacobian"))

    def check(self, name, actual):
        """Within 10 x the recorded float32 noise, at least 1e-5."""
        if name not in self.arrays:
            return
        tolerance = max(1e-5, 10 * self.facts["fp32_vs_fp64_max_abs"].get(name, 0))
        difference = (actual - self.arrays[name]).abs().max().item()
        assert actual.shape == self.arrays[name].shape, name
        assert difference <= tolerance, f"{name}: {difference:.2e} > {tolerance:.2e}"


@pytest.fixture(scope="session")
def load_case():
    """name -> Case."""

    def load(name):
        facts = recorded_json(name)
        return Case(facts, archive(f"{name}.io"), (archive(f"{name}.kp_detector"), archive(f"{name}.generator")))

    return load


@pytest.fixture(scope="session")
def recorded():
    """Archives (`.npz`) by name."""
    return archive


@pytest.fixture(scope="session")
def recorded_facts():
    """JSON files by name."""
    return recorded_json


@pytest.fixture
def small_networks():
    """Our own small model: random weights with disturbed statistics, peaky heatmaps and Jacobians off the identity."""
    torch.manual_seed(0)
    configuration = Configuration.from_parameters(SMALL)
    networks = KeypointDetector(configuration.detector), OcclusionAwareGenerator(configuration.generator)
    for network in networks:
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
                module.weight.data.uniform_(0.8, 1.6)
                module.bias.data.normal_(0, 0.2)
        network.eval().requires_grad_(False)
    networks[0].kp.weight.mul_(3)
    networks[0].jacobian.weight.normal_(0, 0.02)
    return networks


@pytest.fixture
def pictures():
    """Five smooth random pictures, (5, 3, 64, 64), 0..1."""
    torch.manual_seed(1)
    coarse = torch.rand(5, 3, 8, 8)
    return torch.nn.functional.interpolate(coarse, size=(64, 64), mode="bicubic", align_corners=True).clamp(0, 1)
