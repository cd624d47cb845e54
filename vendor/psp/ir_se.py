# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IR-SE backbone: residual units with squeeze-and-excitation (ArcFace, Deng et al. 2019; Hu et al. 2018)."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

REDUCTION = 16  # squeeze-and-excitation: hidden channels are a sixteenth


@dataclass(frozen=True)
class BackboneShape:
    """Width and number of units of each stage; each stage halves the side once. `widths[0]` is also the stem's."""

    widths: tuple[int, ...] = (64, 128, 256, 512)
    units: tuple[int, ...] = (3, 4, 14, 3)

    @staticmethod
    def of(state: Mapping[str, Tensor], units: tuple[int, ...] = (3, 4, 14, 3)) -> "BackboneShape":
        """The shape of the backbone whose state dictionary this is. Raises ValueError when it is none."""
        try:
            ends = [sum(units[: stage + 1]) - 1 for stage in range(len(units))]
            return BackboneShape(tuple(state[f"body.{end}.res_layer.3.weight"].shape[0] for end in ends), units)
        except (KeyError, AttributeError, IndexError) as error:
            raise ValueError(f"not an IR-SE backbone: {error} is missing or odd") from error


class SqueezeExcite(nn.Module):
    """Each channel times a factor that all channels' means decide."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        hidden = channels // REDUCTION
        self.fc1 = nn.Conv2d(channels, hidden, 1, bias=False)
        self.fc2 = nn.Conv2d(hidden, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> the same."""
        return x * self.fc2(self.fc1(x.mean((2, 3), keepdim=True)).relu()).sigmoid()


class Subsample(nn.Module):
    """Every `stride`-th sample on both axes: the shortcut where the width stays."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, ceil(H / stride), ceil(W / stride))."""
        return x[:, :, :: self.stride, :: self.stride]


class Unit(nn.Module):
    """One residual unit; the stride sits on the second convolution."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.shortcut_layer = (
            Subsample(stride)
            if inputs == outputs
            else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        )
        self.res_layer = nn.Sequential(
            nn.BatchNorm2d(inputs),
            nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False),
            nn.PReLU(outputs),
            nn.Conv2d(outputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            SqueezeExcite(outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, ceil(H / stride), ceil(W / stride))."""
        return self.res_layer(x) + self.shortcut_layer(x)


def stem(width: int) -> nn.Sequential:
    """RGB to the first features, at full side."""
    return nn.Sequential(nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.PReLU(width))


def body(shape: BackboneShape) -> nn.Sequential:
    """All units; the first of each stage has stride 2."""
    units, inputs = [], shape.widths[0]
    for width, number in zip(shape.widths, shape.units, strict=True):
        for index in range(number):
            units.append(Unit(inputs, width, 2 if index == 0 else 1))
            inputs = width
    return nn.Sequential(*units)
