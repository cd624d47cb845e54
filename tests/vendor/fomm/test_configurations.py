# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The eight published variants, their names, shapes and counts."""

import pytest
import torch
from pastiche.vendor.fomm.configurations import AS_SHIPPED_TODAY, AS_TRAINED, OFFICIAL, Configuration
from pastiche.vendor.fomm.discriminator import MultiScaleDiscriminator
from pastiche.vendor.fomm.generator import OcclusionAwareGenerator
from pastiche.vendor.fomm.keypoint_detector import KeypointDetector

PARTS = ("generator", "kp_detector", "discriminator")


def states(configuration):
    """State dicts without memory behind them."""
    with torch.device("meta"):
        networks = {
            "generator": OcclusionAwareGenerator(configuration.generator),
            "kp_detector": KeypointDetector(configuration.detector),
            "discriminator": MultiScaleDiscriminator(configuration.discriminator),
        }
    return {name: network.state_dict() for name, network in networks.items()}


def listing(state):
    return [[name, list(tensor.shape), str(tensor.dtype).removeprefix("torch.")] for name, tensor in state.items()]


def test_vox_has_the_published_keys_in_order(recorded_facts):
    expected = recorded_facts("vox256_keys")
    found = states(OFFICIAL["vox-256"])
    for part in PARTS:
        assert listing(found[part]) == expected[part], part


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_variant_is_the_published_one(recorded_facts, name):
    facts = recorded_facts("configs")[name]
    read = Configuration.from_parameters(facts["model_params"])
    assert (read.detector, read.generator) == (OFFICIAL[name].detector, OFFICIAL[name].generator)
    assert read.discriminator == OFFICIAL[name].discriminator
    found = states(OFFICIAL[name])
    for part in PARTS:
        assert len(found[part]) == facts["counts"][part]["tensors"]
        assert sum(tensor.numel() for tensor in found[part].values()) == facts["counts"][part]["elements"]
        entries = listing(found[part])
        assert all(entry in entries for entry in facts["differs_from_vox-256"].get(part, []))


def test_parameter_counts_are_the_published_ones():
    found = states(OFFICIAL["vox-256"])
    assert [len(found[part]) for part in PARTS] == [196, 75, 26]
    assert [sum(t.numel() for t in found[part].values()) for part in PARTS] == [45_593_205, 14_221_837, 2_767_538]
    assert sum(t.numel() for t in states(OFFICIAL["mgif-256"])["kp_detector"].values()) == 14_160_061


def test_official_networks_sample_as_they_were_trained():
    assert AS_TRAINED != AS_SHIPPED_TODAY
    assert all(configuration.generator.align_corners == AS_TRAINED for configuration in OFFICIAL.values())


def test_unknown_parameters_are_named():
    parameters = {"common_params": {}, "kp_detector_params": {"flavor": 1}, "generator_params": {}}
    with pytest.raises(ValueError, match="flavor"):
        Configuration.from_parameters(parameters)
