# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authors' layouts load; the distance is that of the paper's equation. The trained weights are not at hand."""

import pytest
import torch
import torch.nn.functional as F
from pastiche.vendor.lpips.network import LPIPS, build_lpips, distance

# name of each convolution in the authors' whole network -> index of torchvision's
SLICES = {
    "alex": {"slice1": (0,), "slice2": (3,), "slice3": (6,), "slice4": (8,), "slice5": (10,)},
    "vgg": {
        "slice1": (0, 2), "slice2": (5, 7), "slice3": (10, 12, 14), "slice4": (17, 19, 21), "slice5": (24, 26, 28),
    },
}  # fmt: skip


def whole(network):
    """A state as the authors' program saves it."""
    own = network.state_dict()
    state = {"scaling_layer.shift": own["shift"][None], "scaling_layer.scale": own["scale"][None]}
    for slice_name, indices in SLICES[network.name].items():
        for index in indices:
            for kind in ("weight", "bias"):
                state[f"net.{slice_name}.{index}.{kind}"] = own[f"features.{index}.{kind}"]
    for depth in range(5):
        weight = own[f"weights.{depth}"][None, :, None, None]
        state |= {f"lin{depth}.model.1.weight": weight, f"lins.{depth}.model.1.weight": weight}
    return state


def random_network(name):
    torch.manual_seed(0)
    network = LPIPS(name)
    for weight in network.weights:
        weight.data = torch.rand_like(weight)
    return network.requires_grad_(False)


@pytest.mark.parametrize("name", ["alex", "vgg"])
def test_the_authors_layouts_load(name):
    network, picture = random_network(name), torch.rand(1, 3, 40, 48) * 2 - 1
    for state in (whole(network), {**network.state_dict(), "classifier.6.weight": torch.ones(2)}):
        for mine, theirs in zip(build_lpips(state)(picture), network(picture), strict=True):
            assert torch.equal(mine, theirs)


def test_the_distance_is_the_papers():
    network = random_network("alex")
    a, b = torch.rand(2, 1, 3, 64, 64) * 2 - 1
    layers, weights = network.features, network.weights
    total, x, y = 0.0, *((picture - network.shift) / network.scale for picture in (a, b))
    for depth, (begin, end) in enumerate(((0, 2), (2, 5), (5, 8), (8, 10), (10, 12))):
        x, y = layers[begin:end](x), layers[begin:end](y)
        change = (F.normalize(x) - F.normalize(y)).square()[0]
        total += float((weights[depth][:, None, None] * change).sum(0).mean())
    assert float(distance(network(a), network(b))) == pytest.approx(total, rel=1e-4)
    assert float(distance(network(a), network(a))) == 0


def test_what_is_no_lpips_is_refused():
    state = whole(random_network("alex"))
    del state["lin3.model.1.weight"]
    with pytest.raises(ValueError, match=r"weights\.3"):
        build_lpips(state)
    with pytest.raises(ValueError, match="first convolution"):
        build_lpips({"a": torch.ones(1)})
    with pytest.raises(ValueError):
        build_lpips({**whole(random_network("alex")), "net.slice2.3.weight": torch.ones(5)})
