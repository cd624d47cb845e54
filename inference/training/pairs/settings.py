# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a DualStyleGAN and its encoder learn from pairs."""

from dataclasses import dataclass

from ....vendor.dualstylegan.network import DualStyleGANShape
from ....vendor.psp.encoder import EncoderShape
from ....vendor.psp.ir_se import BackboneShape
from ....vendor.stylegan2.shape import GeneratorShape
from ...settings import choice, number

WIDTHS = (192, 192, 192, 128, 96, 48, 24, 16)  # of features at 4, 8, ... 512 pixels, at width 1
READER = (16, 32, 64)  # of the encoder's stages
UNITS = (3, 4, 14, 3)


@dataclass(frozen=True)
class PairsTraining:
    """Settings of the stage `pairs`.

    size: pixels of the pictures.   style_dim: width of a latent.   width: of every layer, against WIDTHS.   seen:
    pixels of the portrait that the encoder reads.   steps_64, steps_128: so many steps are judged at 64 pixels, so
    many at 128, all others at `size`.   rate: of the equalized layers.   encoder_rate: of the encoder.   edges:
    weight of differences between neighbors against that of colors.   calm: how much the latents of a portrait's slots
    stay together.   known: weight of the latents that are told by what the dice decided.   held_out: people of each
    folder that are never learned from.   average: pictures after which half of the averaged networks is forgotten.
    """

    size: int = number(256, 64, 512)
    style_dim: int = number(96, 16, 512)
    width: float = number(1.0, 0.1, 4.0)
    seen: int = number(128, 32, 256)
    batch: int = number(8, 1, 256)
    steps: int = number(4000, 1, 10_000_000)
    steps_64: int = number(1000, 0, 10_000_000)
    steps_128: int = number(2500, 0, 10_000_000)
    rate: float = number(2e-3, 1e-6, 0.1)
    encoder_rate: float = number(1e-3, 1e-6, 0.1)
    edges: float = number(2.0, 0.0, 100.0)
    calm: float = number(0.02, 0.0, 100.0)
    known: float = number(0.1, 0.0, 100.0)
    held_out: int = number(8, 1, 10_000)
    average: int = number(2000, 1, 1_000_000)
    precision: str = choice("AUTO", "FLOAT32", "BFLOAT16")
    start: str = ""

    @property
    def network(self) -> DualStyleGANShape:
        """The numbers of the network."""
        levels = self.size.bit_length() - 2
        widths = tuple(max(8, round(self.width * width / 8) * 8) for width in WIDTHS[:levels])
        return DualStyleGANShape(GeneratorShape(widths, self.style_dim, 4), min(7, 2 * levels - 1), 2)

    @property
    def encoder(self) -> EncoderShape:
        """The numbers of the encoder."""
        widths = tuple(max(16, round(self.width * width / 16) * 16) for width in READER)
        slots = self.network.generator.slots
        return EncoderShape(slots, BackboneShape((*widths, self.style_dim), UNITS), self.seen)
