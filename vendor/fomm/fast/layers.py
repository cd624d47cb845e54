# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model's blocks with their normalizations folded away, in channels-last layout and a precision of choice."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..blocks import DownBlock, ResBlock, SameBlock, UpBlock
from ..hourglass import Hourglass


def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Weight and bias of the convolution that does both, computed in float64 and left there."""
    scale, shift = affine(norm)
    return conv.weight.double() * scale[:, None, None, None], conv.bias.double() * scale + shift


def affine(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """The factor and the summand per channel that a normalization amounts to, in float64."""
    scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
    return scale, norm.bias.double() - norm.running_mean.double() * scale


class Conv(nn.Module):
    """A convolution with fixed numbers."""

    def __init__(self, weight: Tensor, bias: Tensor, dtype: torch.dtype, padding: int, stride: int = 1) -> None:
        super().__init__()
        self.register_buffer("weight", weight.to(dtype).to(memory_format=torch.channels_last))
        self.register_buffer("bias", bias.to(dtype))
        self.padding, self.stride = padding, stride

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out, H', W')."""
        return F.conv2d(x, self.weight, self.bias, self.stride, self.padding)


class FastSame(Conv):
    """SameBlock."""

    def __init__(self, block: SameBlock, dtype: torch.dtype) -> None:
        super().__init__(*fold(block.conv, block.norm), dtype, block.conv.padding[0])

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out, H, W)."""
        return super().forward(x).relu_()


class FastDown(Conv):
    """DownBlock."""

    def __init__(self, block: DownBlock, dtype: torch.dtype) -> None:
        super().__init__(*fold(block.conv, block.norm), dtype, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out, H // 2, W // 2)."""
        return F.avg_pool2d(super().forward(x).relu_(), 2)


class FastUp(nn.Module):
    """UpBlock. Nearest enlargement and a 3 x 3 convolution are one transposed convolution of stride 2.

    Its 4 x 4 kernel is the 3 x 3 one added up over the 2 x 2 places that show the same input: 16 taps instead of 36.
    Maps of few pixels and many channels go through a matrix product: what costs there is reading the weights, which the
    convolution would reorder at every call (2 to 8 x faster on AVX-512, at 2 x 2 and 4 x 4 pixels).
    """

    FEW_PIXELS = 16

    def __init__(self, block: UpBlock, dtype: torch.dtype) -> None:
        super().__init__()
        weight, bias = fold(block.conv, block.norm)
        spread = sum(F.pad(weight, (x, 1 - x, y, 1 - y)) for x in (0, 1) for y in (0, 1))
        transposed = spread.flip(2, 3).transpose(0, 1)  # (in, out, 4, 4)
        self.register_buffer("weight", transposed.to(dtype).to(memory_format=torch.channels_last))
        self.register_buffer("bias", bias.to(dtype))

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out, 2 H, 2 W)."""
        if x.device.type == "cpu" and x.shape[-2] * x.shape[-1] <= self.FEW_PIXELS:
            return self._as_matrix_product(x).relu_()
        return F.conv_transpose2d(x, self.weight, self.bias, stride=2, padding=1).relu_()

    def _as_matrix_product(self, x: Tensor) -> Tensor:
        count, channels, height, width = x.shape
        taps = self.weight.permute(0, 2, 3, 1).reshape(channels, -1)  # (in, 4 * 4 * out), a view
        spread = x.permute(0, 2, 3, 1).reshape(-1, channels) @ taps
        # a tap's row is 2 i + p and lands i rows further down, in phase p; columns alike
        spread = spread.view(count, height, width, 2, 2, 2, 2, -1).permute(0, 3, 5, 1, 4, 2, 6, 7)
        out = self.bias.repeat(count, height + 1, 2, width + 1, 2, 1)
        for down in (0, 1):
            for right in (0, 1):
                out[:, down : down + height, :, right : right + width] += spread[:, down, right]
        return out.flatten(3, 4).flatten(1, 2)[:, 1:-1, 1:-1].permute(0, 3, 1, 2)


class FastRes(nn.Module):
    """ResBlock. The first normalization stays: the skip needs the sum before it."""

    def __init__(self, block: ResBlock, dtype: torch.dtype) -> None:
        super().__init__()
        scale, shift = affine(block.norm1)
        self.register_buffer("scale", scale.to(dtype)[:, None, None])
        self.register_buffer("shift", shift.to(dtype)[:, None, None])
        self.conv1 = Conv(*fold(block.conv1, block.norm2), dtype, 1)
        self.conv2 = Conv(block.conv2.weight, block.conv2.bias, dtype, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> the same shape."""
        y = torch.addcmul(self.shift, x, self.scale).relu_()
        return self.conv2(self.conv1(y).relu_()).add_(x)


class FastHourglass(nn.Module):
    """Hourglass."""

    def __init__(self, hourglass: Hourglass, dtype: torch.dtype) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(FastDown(block, dtype) for block in hourglass.encoder.down_blocks)
        self.up_blocks = nn.ModuleList(FastUp(block, dtype) for block in hourglass.decoder.up_blocks)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) -> (N, out_features, H, W)."""
        skips = [x]
        for block in self.down_blocks:
            skips.append(block(skips[-1]))
        x = skips.pop()
        for block in self.up_blocks:
            x = torch.cat((block(x), skips.pop()), 1)
        return x


class ColorHead(Conv):
    """The generator's last convolution: each position of stride 2 paints 2 x 2 pixels.

    Three output channels leave a processor's vector lanes idle; twelve, from kernels shifted inside an 8 x 8 one, fill
    them. 1.3 x the multiplications, a third of the time (measured on AVX-512, float32 and bfloat16).
    """

    LEAST_INPUTS = 16  # with 5 to 15, such a convolution in bfloat16 is wrong by 80 % on AMX (measured, torch 2.13)

    def __init__(self, conv: nn.Conv2d, dtype: torch.dtype) -> None:
        shifted = [F.pad(conv.weight, (x, 1 - x, y, 1 - y)) for y in (0, 1) for x in (0, 1)]
        missing = 0 if dtype == torch.float32 else max(0, self.LEAST_INPUTS - conv.in_channels)
        weight = torch.stack(shifted, 1).flatten(0, 1)  # (channels * 4, in, 8, 8)
        weight = F.pad(weight, (0, 0, 0, 0, 0, missing))
        super().__init__(weight, conv.bias.repeat_interleave(4), dtype, conv.padding[0], stride=2)
        self.missing = missing

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W), H and W even -> (N, channels, H, W), RGB 0..1 in float32."""
        if self.missing:
            x = F.pad(x, (0, 0, 0, 0, 0, self.missing))
        return F.pixel_shuffle(super().forward(x), 2).float().sigmoid()
