# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""State dicts become networks, strictly; what does not fit is named."""

from dataclasses import replace

import pytest
import torch
from pastiche.vendor.fomm.checkpoint import build_networks, infer_configuration
from pastiche.vendor.fomm.configurations import OFFICIAL, Configuration
from pastiche.vendor.fomm.generator import OcclusionAwareGenerator
from pastiche.vendor.fomm.keypoint_detector import KeypointDetector


def states(networks):
    return tuple(network.state_dict() for network in networks)


def test_the_tensors_tell_the_configuration(small_networks):
    detector, generator = small_networks
    found = infer_configuration(*states(small_networks))
    assert (found.detector, found.generator) == (detector.configuration, generator.configuration)


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_tensors_of_every_published_variant_tell_it(name):
    expected = OFFICIAL[name]
    with torch.device("meta"):
        networks = KeypointDetector(expected.detector), OcclusionAwareGenerator(expected.generator)
    found = infer_configuration(*states(networks))
    assert found.detector == expected.detector
    assert replace(found.generator, max_features=512) == expected.generator  # the cap is never reached: 256 of 512


@pytest.mark.parametrize("name", ["base64", "rect", "nojac", "noocc", "singlejac", "scale1", "full256"])
def test_the_tensors_of_recorded_models_tell_it(load_case, name):
    case = load_case(name)
    expected = Configuration.from_parameters(case.facts["model_params"])
    found = infer_configuration(*case.states)
    assert (found.detector, found.generator) == (expected.detector, expected.generator)


def test_rebuilt_networks_give_the_same_picture(small_networks, pictures):
    rebuilt = build_networks(*states(small_networks))
    for detector, generator in (small_networks, rebuilt):
        keypoints = detector(pictures)
        picture = generator(pictures[:1], keypoints.frames(1), keypoints.frames(0)).prediction
    detector, generator = small_networks
    keypoints = detector(pictures)
    assert torch.equal(picture, generator(pictures[:1], keypoints.frames(1), keypoints.frames(0)).prediction)


def test_missing_batch_counters_and_a_parallel_prefix_do_not_matter(small_networks):
    detector, generator = (
        {f"module.{name}": tensor for name, tensor in state.items() if "num_batches_tracked" not in name}
        for state in states(small_networks)
    )
    rebuilt = build_networks(detector, generator)
    assert torch.equal(rebuilt[0].kp.weight, small_networks[0].kp.weight)
    assert not rebuilt[0].training and not any(p.requires_grad for p in rebuilt[1].parameters())


def test_a_missing_tensor_is_named(small_networks):
    detector, generator = map(dict, states(small_networks))
    del generator["bottleneck.r1.norm2.bias"]
    with pytest.raises(ValueError, match="bottleneck.r1.norm2.bias"):
        build_networks(detector, generator)


def test_a_superfluous_tensor_is_named(small_networks):
    detector, generator = map(dict, states(small_networks))
    detector["backdoor"] = torch.zeros(1)
    with pytest.raises(ValueError, match="backdoor"):
        build_networks(detector, generator)


def test_another_configuration_is_refused(small_networks):
    with pytest.raises(ValueError, match="do not fit"):
        build_networks(*states(small_networks), OFFICIAL["vox-256"])


@pytest.mark.parametrize("state", [{}, {"synthesis.b4.const": torch.zeros(1)}, {"kp.weight": torch.zeros(3)}])
def test_another_model_is_refused(state, small_networks):
    with pytest.raises(ValueError, match="first order motion model|do not fit"):
        build_networks(state, state)
