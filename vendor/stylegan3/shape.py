# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The geometry of a StyleGAN3 generator: size, sampling rate and band of each layer (section 3.2, appendix F)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from math import ceil, log2
from typing import Any

from ..stylegan2_ada.shape import MappingShape


@dataclass(frozen=True)
class Band:
    """One signal of the chain; rates and frequencies are per picture width, `size` counts samples with the margin."""

    rate: float
    cutoff: float
    half_width: float
    size: int
    channels: int


@dataclass(frozen=True)
class LayerShape:
    """A layer between two signals. `inner_rate`: where its activation runs.   pad: before and after, negative crops."""

    name: str
    incoming: Band
    outgoing: Band
    inner_rate: float
    kernel: int
    is_torgb: bool
    is_radial: bool
    may_be_half: bool
    up: int
    up_taps: int
    down: int
    down_taps: int
    pad: tuple[int, int]


@dataclass(frozen=True)
class GeneratorShape:
    """A generator, by the keywords of its maker. `conv_kernel` 3 is configuration T; 1 with radial filters is R."""

    mapping: MappingShape
    resolution: int
    img_channels: int = 3
    channel_base: int = 32768
    channel_max: int = 512
    num_layers: int = 14
    num_critical: int = 2
    first_cutoff: float = 2.0
    first_stopband: float = 2**2.1
    last_stopband_rel: float = 2**0.3
    margin_size: int = 10
    output_scale: float = 0.25
    num_fp16_res: int = 4
    conv_kernel: int = 3
    filter_size: int = 6
    lrelu_upsampling: int = 2
    use_radial_filters: bool = False
    conv_clamp: float | None = 256.0

    @property
    def width(self) -> int:
        """Width of the picture in pixels."""
        return self.resolution

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """The signals after layers 0 ... `num_layers`; the first also describes the input."""
        nyquist, last = self.resolution / 2, self.num_layers - self.num_critical
        bands = []
        for i in range(self.num_layers + 1):
            exponent = min(i / last, 1.0)
            cutoff = self.first_cutoff * (nyquist / self.first_cutoff) ** exponent
            stopband = self.first_stopband * (nyquist * self.last_stopband_rel / self.first_stopband) ** exponent
            rate = 2.0 ** ceil(log2(min(2 * stopband, self.resolution)))
            size = self.resolution if i >= self.num_layers - 1 else int(rate) + 2 * self.margin_size
            channels = round(min(self.channel_base / 2 / cutoff, self.channel_max))  # halves to even
            if i == self.num_layers:
                channels = self.img_channels
            bands.append(Band(rate, cutoff, max(stopband, rate / 2) - cutoff, size, channels))
        return tuple(bands)

    @cached_property
    def layers(self) -> tuple[LayerShape, ...]:
        """The layers, coarse to fine; the last one makes the picture."""
        return tuple(self._layer(i) for i in range(self.num_layers + 1))

    def _layer(self, i: int) -> LayerShape:
        incoming, outgoing = self.bands[max(i - 1, 0)], self.bands[i]
        is_torgb = i == self.num_layers
        inner_rate = max(incoming.rate, outgoing.rate) * (1 if is_torgb else self.lrelu_upsampling)
        up, down = round(inner_rate / incoming.rate), round(inner_rate / outgoing.rate)
        up_taps = self.filter_size * up if up > 1 and not is_torgb else 1
        down_taps = self.filter_size * down if down > 1 and not is_torgb else 1
        kernel = 1 if is_torgb else self.conv_kernel
        needed = (outgoing.size - 1) * down + 1 - (incoming.size + kernel - 1) * up + up_taps + down_taps - 2
        before = (needed + up) // 2
        return LayerShape(
            name=f"L{i}_{outgoing.size}_{outgoing.channels}",
            incoming=incoming,
            outgoing=outgoing,
            inner_rate=inner_rate,
            kernel=kernel,
            is_torgb=is_torgb,
            is_radial=self.use_radial_filters and i < self.num_layers - self.num_critical,
            may_be_half=outgoing.rate * 2**self.num_fp16_res > self.resolution,
            up=up,
            up_taps=up_taps,
            down=down,
            down_taps=down_taps,
            pad=(before, needed - before),
        )

    @staticmethod
    def of_keywords(keywords: Mapping[str, Any]) -> "GeneratorShape":
        """From the keywords a generator was made with. Raises KeyError, TypeError."""
        known = {field.name for field in fields(GeneratorShape)} - {"mapping", "resolution"}
        own = {name: keywords[name] for name in known & keywords.keys()}
        rows = own.get("num_layers", GeneratorShape.num_layers) + 2
        mapping = MappingShape.of_keywords(keywords, num_ws=rows, num_layers=2)
        return GeneratorShape(mapping=mapping, resolution=keywords["img_resolution"], **own)
