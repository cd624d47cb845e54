# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes and widths of the StyleGAN2 networks as data, given or read off a checkpoint."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def standard_channels(size: int, multiplier: int = 2) -> tuple[int, ...]:
    """The published widths for 4, 8, ... `size`: 512 up to 32, then 256 * multiplier, halved at each doubling."""
    steps = size.bit_length() - 2
    return tuple(512 if step < 4 else 512 * multiplier >> (step - 3) for step in range(steps))


def count(state: Mapping[str, Any], pattern: str) -> int:
    """How many keys of `state` match the whole regular expression `pattern`."""
    return sum(re.fullmatch(pattern, key) is not None for key in state)


def part(state: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The entries of `state` under `prefix`, without it."""
    return {key[len(prefix) :]: value for key, value in state.items() if key.startswith(prefix)}


@dataclass(frozen=True)
class GeneratorShape:
    """A generator's numbers: widths at 4, 8, ... pixels, width of a style, layers of the mapping network."""

    channels: tuple[int, ...] = standard_channels(1024)
    style_dim: int = 512
    mapping_layers: int = 8

    @property
    def size(self) -> int:
        """Side of the picture in pixels."""
        return 2 << len(self.channels)

    @property
    def slots(self) -> int:
        """Latents a picture takes: two for each resolution."""
        return 2 * len(self.channels)

    @property
    def noise_sides(self) -> tuple[int, ...]:
        """Side in pixels of each layer's noise map: one at 4, two at each further resolution."""
        return tuple(1 << (index + 5) // 2 for index in range(self.slots - 1))

    @staticmethod
    def of(state: Mapping[str, Any]) -> "GeneratorShape":
        """The shape of the generator whose state dictionary this is. Raises ValueError when it is none."""
        try:
            convs = [state[f"convs.{2 * j}.conv.weight"].shape[1] for j in range(count(state, r"to_rgbs\.\d+\.bias"))]
            return GeneratorShape(
                channels=(state["conv1.conv.weight"].shape[1], *convs),
                style_dim=state["style.1.weight"].shape[0],
                mapping_layers=count(state, r"style\.\d+\.weight"),
            )
        except (KeyError, AttributeError, IndexError) as error:
            raise ValueError(f"not a StyleGAN2 generator in this layout: {error} is missing or odd") from error


@dataclass(frozen=True)
class DiscriminatorShape:
    """A discriminator's numbers: widths at 4, 8, ... pixels."""

    channels: tuple[int, ...] = standard_channels(1024)

    @property
    def size(self) -> int:
        """Side of the picture in pixels."""
        return 2 << len(self.channels)

    @staticmethod
    def of(state: Mapping[str, Any]) -> "DiscriminatorShape":
        """The shape of the discriminator whose state dictionary this is. Raises ValueError when it is none."""
        try:
            blocks = count(state, r"convs\.\d+\.conv2\.1\.weight")
            falling = [state[f"convs.{i}.conv2.1.weight"].shape[0] for i in range(1, blocks + 1)]
            return DiscriminatorShape((*reversed(falling), state["convs.0.0.weight"].shape[0]))
        except (KeyError, AttributeError, IndexError) as error:
            raise ValueError(f"not a StyleGAN2 discriminator in this layout: {error} is missing or odd") from error
