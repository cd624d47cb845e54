# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from pastiche.vendor.stylegan2.discriminator import Discriminator
from pastiche.vendor.stylegan2.generator import Generator
from pastiche.vendor.stylegan2.shape import DiscriminatorShape, GeneratorShape, standard_channels


def test_published_widths():
    assert standard_channels(1024) == (512, 512, 512, 512, 512, 256, 128, 64, 32)
    assert standard_channels(256, multiplier=1) == (512, 512, 512, 512, 256, 128, 64)


def test_slots_and_noise_follow_the_size():
    shape = GeneratorShape(standard_channels(1024))
    assert (shape.size, shape.slots, len(shape.noise_sides)) == (1024, 18, 17)
    assert shape.noise_sides[:5] == (4, 8, 8, 16, 16) and shape.noise_sides[-1] == 1024


def test_a_state_dictionary_tells_its_shape():
    shape = GeneratorShape((7, 6, 5), style_dim=11, mapping_layers=3)
    assert GeneratorShape.of(Generator(shape).state_dict()) == shape
    small = DiscriminatorShape((7, 6, 5))
    assert DiscriminatorShape.of(Discriminator(small).state_dict()) == small


@pytest.mark.parametrize(
    "state", [{}, {"conv1.conv.weight": torch.zeros(1)}, {"conv1.conv.weight": 3, "style.1.weight": 4}]
)
def test_another_state_dictionary_is_refused(state):
    with pytest.raises(ValueError, match="not a StyleGAN2 generator"):
        GeneratorShape.of(state)
    with pytest.raises(ValueError, match="not a StyleGAN2 discriminator"):
        DiscriminatorShape.of(state)
