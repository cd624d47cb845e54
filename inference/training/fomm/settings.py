# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the training `fomm`, and the configuration that follows."""

from dataclasses import dataclass, replace

from ....vendor.fomm.configurations import OFFICIAL, Configuration
from ...settings import choice, number


@dataclass(frozen=True)
class FommTraining:
    """How a motion model is trained.

    variant: the published recipe to follow.   size: pixels of the pictures' side.   width: of every layer, against the
    published one.   keypoints, blocks (of the hourglasses): likewise, for small models.   batch, epochs, repeats,
    rate (of learning): the recipe's where 0.   adversarial: a discriminator takes part; RECIPE as the variant has it.
    perceptual: checkpoint of VGG-19, "" for a stand-in without weights.   start: weights to begin with.
    persons: draw persons, then their clips.   heads: the footage is raw, cut the heads out first.
    """

    variant: str = choice(*OFFICIAL)
    size: int = number(256, 32, 1024)
    width: float = number(1.0, 0.05, 2.0)
    keypoints: int = number(10, 1, 100)
    blocks: int = number(5, 1, 6)
    batch: int = number(0, 0, 1000)
    epochs: int = number(0, 0, 100_000)
    repeats: int = number(0, 0, 100_000)
    rate: float = number(0.0, 0.0, 0.1)
    adversarial: str = choice("RECIPE", "ON", "OFF")
    perceptual: str = ""
    start: str = ""
    persons: bool = False
    heads: bool = False

    def configuration(self) -> Configuration:
        """Networks and recipe."""
        official = OFFICIAL[self.variant]
        recipe = official.recipe
        changes = {"num_epochs": self.epochs, "num_repeats": self.repeats, "batch_size": self.batch}
        if self.rate:
            changes |= {"lr": self.rate, "lr_kp_detector": self.rate if recipe.lr_kp_detector else 0.0}
        if self.adversarial != "RECIPE":
            recipe = replace(recipe, gan_weight=1.0 if self.adversarial == "ON" else 0.0)
        return replace(
            narrowed(official, self.width, self.keypoints, self.blocks),
            recipe=replace(recipe, **{name: value for name, value in changes.items() if value}),
        )


def narrowed(configuration: Configuration, width: float, keypoints: int, blocks: int) -> Configuration:
    """The same networks with other numbers: every layer's width times `width`, blocks of the hourglasses."""
    detector, generator, motion = (
        _narrowed(part, width)
        for part in (configuration.detector, configuration.generator, configuration.generator.dense_motion)
    )
    return replace(
        configuration,
        detector=replace(detector, num_kp=keypoints, num_blocks=blocks),
        generator=replace(generator, num_kp=keypoints, dense_motion=replace(motion, num_blocks=blocks)),
        discriminator=replace(_narrowed(configuration.discriminator, width), num_kp=keypoints),
    )


def _narrowed(part, width: float):
    return replace(
        part,
        block_expansion=max(1, round(width * part.block_expansion)),
        max_features=max(1, round(width * part.max_features)),
    )
