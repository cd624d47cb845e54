# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""File names are labels: understood where they follow the rule, never trusted."""

from pathlib import Path

import pytest
from pastiche.inference.weights.found_network import FoundNetwork
from pastiche.inference.weights.network_name import NetworkName, disagreements, parse_name
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape, MappingShape
from pastiche.vendor.stylegan3.shape import GeneratorShape as StyleGAN3Shape

SQUARE = GeneratorShape(MappingShape(8, 8, 16), (8,) * 8)
NARROW = GeneratorShape(MappingShape(8, 8, 18), (8,) * 9, is_narrow=True)
THREE = StyleGAN3Shape(MappingShape(8, 8, 16), 512)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("stylegan2-ffhq-512x512.pkl", ("stylegan2", "ffhq", "512x512")),
        ("stylegan2-my-own-cats-256x256.pkl", ("stylegan2", "my-own-cats", "256x256")),
        ("stylegan-human-fashion-1024x512.pkl", ("stylegan-human", "fashion", "1024x512")),
        ("stylegan_human_v2_512.pkl", ("stylegan-human", "v2_512", "")),
        ("stylegan3-r-afhqv2-512x512.pkl", ("stylegan3-r", "afhqv2", "512x512")),
        ("stylegan3-metfaces-1024x1024.safetensors", ("stylegan3", "metfaces", "1024x1024")),
        ("stylegan2_lions_512_pytorch.pkl", ("stylegan2", "lions_512_pytorch", "")),
        ("network-snapshot-001200.pkl", ("", "network-snapshot-001200", "")),
        ("ülker 512x512.pkl", ("", "ülker 512x512", "")),
    ],
)
def test_the_parts_of_a_name(file, expected):
    assert parse_name(Path("stylegan2-models") / file) == NetworkName(*expected)


@pytest.mark.parametrize(
    ("file", "shape", "count"),
    [
        ("stylegan2-ffhq-512x512.pkl", SQUARE, 0),
        ("stylegan2-ffhq-1024x1024.pkl", SQUARE, 1),
        ("stylegan3-ffhq-512x512.pkl", SQUARE, 1),
        ("stylegan3-r-ffhq-512x512.pkl", THREE, 1),
        ("stylegan3-t-ffhq-512x512.pkl", THREE, 0),
        ("stylegan3-ffhq-256x256.pkl", THREE, 1),
        ("stylegan-human-x-1024x512.pkl", NARROW, 0),
        ("stylegan-human-x-512x1024.pkl", NARROW, 0),
        ("stylegan2-x-1024x512.pkl", NARROW, 1),
        ("anything.pkl", NARROW, 0),
    ],
)
def test_name_and_contents_may_disagree(file, shape, count):
    assert len(disagreements(Path(file), FoundNetwork(shape, {}))) == count
