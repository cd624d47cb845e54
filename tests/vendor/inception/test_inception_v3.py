# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""FID's Inception-v3: its size, its habits, and what it refuses."""

import pytest
import torch
from pastiche.vendor.inception.inception_v3 import InceptionV3, build_inception, largest3, mean3


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return InceptionV3().eval()


def test_it_has_the_papers_parameters(network):
    features = sum(p.numel() for name, p in network.named_parameters() if not name.startswith("fc."))
    assert features == 21_785_568
    assert sum(isinstance(module, torch.nn.Conv2d) for module in network.modules()) == 94


def test_sizes_along_the_way_are_the_papers(network):
    seen = {}
    names = {"Mixed_5b": (256, 35), "Mixed_5d": (288, 35), "Mixed_6a": (768, 17), "Mixed_6e": (768, 17)}
    names |= {"Mixed_7a": (1280, 8), "Mixed_7c": (2048, 8)}
    for name in names:
        block = getattr(network, name)
        block.register_forward_hook(lambda _m, _i, out, name=name: seen.update({name: (out.shape[1], out.shape[-1])}))
    with torch.inference_mode():
        assert network(torch.rand(1, 3, 64, 48)).shape == (1, 2048)
    assert seen == names


def test_pooling_at_the_border_counts_what_is_there():
    ones = torch.ones(1, 1, 4, 4)
    assert torch.equal(mean3(ones), ones) and torch.equal(largest3(ones), ones)


def test_weights_load_with_and_without_batch_counters(network):
    state = network.state_dict()
    bare = {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
    assert len(bare) == 94 * 5 + 2
    assert torch.equal(build_inception(bare).fc.weight, network.fc.weight)


def test_another_inception_is_refused(network):
    state = dict(network.state_dict())
    state["fc.weight"], state["fc.bias"] = torch.zeros(1000, 2048), torch.zeros(1000)
    with pytest.raises(ValueError, match="(?s)not the Inception-v3 of FID.*fc.weight"):
        build_inception(state)
