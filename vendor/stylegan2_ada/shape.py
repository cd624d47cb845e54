# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of a StyleGAN2 network in NVIDIA's layout, as plain data: given, or read from its maker's keywords."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class MappingShape:
    """A mapping network.

    `embed_features` and `layer_features` None: as wide as w. `num_ws`: rows of w a picture takes.
    """

    z_dim: int
    w_dim: int
    num_ws: int
    c_dim: int = 0
    num_layers: int = 8
    embed_features: int | None = None
    layer_features: int | None = None
    activation: str = "lrelu"
    lr_multiplier: float = 0.01

    @staticmethod
    def of_keywords(keywords: Mapping[str, Any], num_ws: int, num_layers: int) -> "MappingShape":
        """From a generator's keywords; `num_layers` where they do not say."""
        own = {"num_layers": num_layers, **(keywords.get("mapping_kwargs") or {})}
        known = {field.name for field in fields(MappingShape)}
        sizes = {name: keywords[name] for name in ("z_dim", "w_dim", "c_dim")}
        return MappingShape(num_ws=num_ws, **sizes, **{name: own[name] for name in known & own.keys()})


@dataclass(frozen=True)
class GeneratorShape:
    """A generator. `channels`: widths of the blocks at 4, 8, ... pixels.

    is_narrow: the picture is half as wide as high (StyleGAN-Human).   architecture: 'skip' (all published ones),
    'orig' or 'resnet'.   conv_clamp: largest value of a layer, None for no limit.   num_fp16_res: blocks, counted
    from the finest, that were trained in half precision.   resample_filter: taps of the low-pass filter, normalized
    when used.
    """

    mapping: MappingShape
    channels: tuple[int, ...]
    img_channels: int = 3
    is_narrow: bool = False
    architecture: str = "skip"
    use_noise: bool = True
    activation: str = "lrelu"
    conv_clamp: float | None = None
    num_fp16_res: int = 0
    resample_filter: tuple[float, ...] = (1, 3, 3, 1)

    @property
    def resolution(self) -> int:
        """Height of the picture in pixels."""
        return 2 << len(self.channels)

    @property
    def width(self) -> int:
        """Width of the picture in pixels."""
        return self.resolution >> self.is_narrow

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Heights of the blocks: 4, 8, ..."""
        return tuple(4 << index for index in range(len(self.channels)))

    @property
    def half_from(self) -> int:
        """Height of the first block that may run in half precision; above the picture's for none."""
        return max(self.resolution * 2 >> self.num_fp16_res, 8)

    def has_picture(self, resolution: int) -> bool:
        """Whether the block of that height has a to-RGB layer."""
        return self.architecture == "skip" or resolution == self.resolution

    @staticmethod
    def of_keywords(keywords: Mapping[str, Any]) -> "GeneratorShape":
        """From the keywords a generator was made with, in either dialect.

        The dialects differ in what a missing key means: networks whose keys lie in `synthesis_kwargs` default to no
        clamp and full precision, the later flat ones to a clamp of 256 and four blocks in half precision. Raises
        KeyError, TypeError.
        """
        is_nested = "synthesis_kwargs" in keywords
        defaults = {"conv_clamp": None, "num_fp16_res": 0} if is_nested else {"conv_clamp": 256, "num_fp16_res": 4}
        own = {**defaults, **(keywords["synthesis_kwargs"] if is_nested else keywords)}
        resolution = keywords["img_resolution"]
        base, limit = own.get("channel_base", 32768), own.get("channel_max", 512)
        channels = tuple(min(base // (4 << i), limit) for i in range(resolution.bit_length() - 2))
        taken = ("architecture", "use_noise", "activation", "conv_clamp", "num_fp16_res")
        return GeneratorShape(
            mapping=MappingShape.of_keywords(keywords, num_ws=2 * len(channels), num_layers=8),
            channels=channels,
            img_channels=keywords["img_channels"],
            is_narrow=not keywords.get("square", True),
            resample_filter=tuple(own.get("resample_filter", (1, 3, 3, 1))),
            **{name: own[name] for name in taken if name in own},
        )
