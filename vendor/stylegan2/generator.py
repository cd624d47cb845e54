# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The StyleGAN2 generator with skip connections (Karras et al. 2020, figure 7b), keyed as published checkpoints are."""

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from .latents import spread
from .layers import mapping_network
from .loading import filled
from .modulation import StyledConv, ToRGB
from .shape import GeneratorShape


class LearnedConstant(nn.Module):
    """Where every picture starts: (1, C, 4, 4)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.input = nn.Parameter(torch.randn(1, channels, 4, 4))


class Generator(nn.Module):
    """W or W+ latents -> picture. `style` is the mapping network Z -> W, to be called by itself.

    The two latent slots of a resolution feed its convolutions; its RGB layer shares its slot with the first
    convolution of the next resolution.
    """

    def __init__(self, shape: GeneratorShape) -> None:
        super().__init__()
        width, channels = shape.style_dim, shape.channels
        self.shape = shape
        self.style = mapping_network(width, shape.mapping_layers)
        self.input = LearnedConstant(channels[0])
        self.conv1 = StyledConv(channels[0], channels[0], width)
        self.to_rgb1 = ToRGB(channels[0], width, is_up=False)
        self.convs, self.to_rgbs = nn.ModuleList(), nn.ModuleList()
        for before, here in zip(channels, channels[1:], strict=False):
            self.convs += (StyledConv(before, here, width, is_up=True), StyledConv(here, here, width))
            self.to_rgbs.append(ToRGB(here, width))
        self.noises = nn.Module()
        for index, side in enumerate(shape.noise_sides):
            self.noises.register_buffer(f"noise_{index}", torch.randn(1, 1, side, side))

    @staticmethod
    def from_state(state: Mapping[str, Tensor]) -> "Generator":
        """The generator of this state dictionary, which tells its own sizes. Raises ValueError when it does not fit."""
        shape = GeneratorShape.of(state)
        return filled(lambda: Generator(shape), state)

    def stored_noise(self) -> list[Tensor]:
        """The noise maps of the checkpoint, each (1, 1, side, side): the same picture on every machine."""
        return [getattr(self.noises, f"noise_{index}") for index in range(self.shape.slots - 1)]

    def fresh_noise(self, batch: int) -> list[Tensor]:
        """Noise maps by torch's own dice, each (batch, 1, side, side): for training."""
        device = self.input.input.device
        return [torch.randn(batch, 1, side, side, device=device) for side in self.shape.noise_sides]

    def seeded_noise(self, seed: int, batch: int = 1) -> list[Tensor]:
        """Fresh noise maps, each (batch, 1, side, side), the same for the same seed on every device."""
        draw = torch.Generator().manual_seed(seed)
        device = self.input.input.device
        return [torch.randn(batch, 1, side, side, generator=draw).to(device) for side in self.shape.noise_sides]

    def mean_latent(self, samples: int, seed: int = 0) -> Tensor:
        """The mean of W over random Z, (1, S): a center for truncation."""
        draw = torch.Generator().manual_seed(seed)
        z = torch.randn(samples, self.shape.style_dim, generator=draw).to(self.input.input.device)
        return self.style(z).mean(0, keepdim=True)

    def start(self, batch: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """The learned constant for a batch, (batch, C, 4, 4). Every layer computes in the type of its input."""
        constant = self.input.input.to(dtype).expand(batch, -1, -1, -1)
        return constant.contiguous(memory_format=torch.channels_last)

    def resolutions(
        self, latents: Tensor, noise: Sequence[Tensor] | None = None, dtype: torch.dtype = torch.float32
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Features (B, C, side, side) and picture (B, 3, side, side) at 4, 8, ... `size`; arguments as in `forward`."""
        w = spread(latents, self.shape.slots).unbind(1)
        noise = self.stored_noise() if noise is None else noise
        x = self.conv1(self.start(len(latents), dtype), w[0], noise[0])
        rgb = self.to_rgb1(x, w[1])
        yield x, rgb
        for i, to_rgb in zip(range(1, len(w), 2), self.to_rgbs, strict=False):
            x = self.convs[i - 1](x, w[i], noise[i])
            x = self.convs[i](x, w[i + 1], noise[i + 1])
            rgb = to_rgb(x, w[i + 2], rgb)
            yield x, rgb

    def forward(
        self, latents: Tensor, noise: Sequence[Tensor] | None = None, dtype: torch.dtype = torch.float32
    ) -> Tensor:
        """latents: W (B, S) or W+ (B, L, S), truncated already.   noise: one (1 or B, 1, side, side) per layer,
        None: stored.

        dtype: what the convolutions compute in. Returns (B, 3, size, size) float32, about -1..1, not clamped.
        """
        for _features, rgb in self.resolutions(latents, noise, dtype):
            picture = rgb
        return picture
