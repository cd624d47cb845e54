# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small DualStyleGAN of random weights whose every path shows in the picture."""

import pytest
import torch
from pastiche.vendor.dualstylegan.network import DualStyleGAN, DualStyleGANShape
from pastiche.vendor.stylegan2.shape import GeneratorShape

SHAPE = DualStyleGANShape(GeneratorShape((16, 16, 12, 8), style_dim=24, mapping_layers=2), structure_slots=5)


@pytest.fixture
def small():
    torch.manual_seed(0)
    network = DualStyleGAN(SHAPE).eval()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "noise.weight" in name:
                parameter.fill_(0.3)
            if "res." in name and ".0.weight" in name:
                parameter.mul_(50)  # initial residuals are next to nothing
    return network
