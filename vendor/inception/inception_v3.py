# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network whose features FID compares: TensorFlow's Inception-v3 of December 2015, with its habits.

It differs from later Inception-v3s: averages at a border leave the padding out, the last block pools by the largest
value, and it knew 1008 classes. The names are those under which its weights are passed around as a torch checkpoint.
"""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIDE = 299  # pixels it reads
FEATURES = 2048
CLASSES = 1008


class Conv(nn.Module):
    """Convolution without bias, batch normalization, ReLU."""

    def __init__(self, inputs: int, outputs: int, size: int | tuple[int, int], stride: int = 1, pad: bool = True):
        super().__init__()
        size = (size, size) if isinstance(size, int) else size
        padding = tuple(side // 2 for side in size) if pad else 0
        self.conv = nn.Conv2d(inputs, outputs, size, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, outputs, h, w)."""
        return F.relu(self.bn(self.conv(x)))


def mean3(x: Tensor) -> Tensor:
    """The mean of each 3 x 3, of what lies inside at the border."""
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


def largest3(x: Tensor) -> Tensor:
    """The largest of each 3 x 3, same size."""
    return F.max_pool2d(x, 3, 1, 1)


def halved(x: Tensor) -> Tensor:
    """The largest of each 3 x 3, every second."""
    return F.max_pool2d(x, 3, 2)


class BlockA(nn.Module):
    """35 x 35: 1 x 1, 5 x 5, twice 3 x 3, pooling."""

    def __init__(self, inputs: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = Conv(inputs, 64, 1)
        self.branch5x5_1 = Conv(inputs, 48, 1)
        self.branch5x5_2 = Conv(48, 64, 5)
        self.branch3x3dbl_1 = Conv(inputs, 64, 1)
        self.branch3x3dbl_2 = Conv(64, 96, 3)
        self.branch3x3dbl_3 = Conv(96, 96, 3)
        self.branch_pool = Conv(inputs, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, 224 + pooled, H, W)."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat((self.branch1x1(x), self.branch5x5_2(self.branch5x5_1(x)), double, self.pool(x)), 1)

    def pool(self, x: Tensor) -> Tensor:
        """The pooling branch."""
        return self.branch_pool(mean3(x))


class BlockB(nn.Module):
    """35 x 35 -> 17 x 17."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.branch3x3 = Conv(inputs, 384, 3, 2, pad=False)
        self.branch3x3dbl_1 = Conv(inputs, 64, 1)
        self.branch3x3dbl_2 = Conv(64, 96, 3)
        self.branch3x3dbl_3 = Conv(96, 96, 3, 2, pad=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, 480 + inputs, h, w)."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat((self.branch3x3(x), double, halved(x)), 1)


class BlockC(nn.Module):
    """17 x 17, with 7 x 7 taken apart into lines."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        across, down = (1, 7), (7, 1)
        self.branch1x1 = Conv(inputs, 192, 1)
        self.branch7x7_1 = Conv(inputs, width, 1)
        self.branch7x7_2 = Conv(width, width, across)
        self.branch7x7_3 = Conv(width, 192, down)
        self.branch7x7dbl_1 = Conv(inputs, width, 1)
        self.branch7x7dbl_2 = Conv(width, width, down)
        self.branch7x7dbl_3 = Conv(width, width, across)
        self.branch7x7dbl_4 = Conv(width, width, down)
        self.branch7x7dbl_5 = Conv(width, 192, across)
        self.branch_pool = Conv(inputs, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, 768, H, W)."""
        single = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat((self.branch1x1(x), single, double, self.branch_pool(mean3(x))), 1)


class BlockD(nn.Module):
    """17 x 17 -> 8 x 8."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.branch3x3_1 = Conv(inputs, 192, 1)
        self.branch3x3_2 = Conv(192, 320, 3, 2, pad=False)
        self.branch7x7x3_1 = Conv(inputs, 192, 1)
        self.branch7x7x3_2 = Conv(192, 192, (1, 7))
        self.branch7x7x3_3 = Conv(192, 192, (7, 1))
        self.branch7x7x3_4 = Conv(192, 192, 3, 2, pad=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, 512 + inputs, h, w)."""
        lines = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        return torch.cat((self.branch3x3_2(self.branch3x3_1(x)), self.branch7x7x3_4(lines), halved(x)), 1)


class BlockE(nn.Module):
    """8 x 8, with 3 x 3 taken apart into lines side by side."""

    def __init__(self, inputs: int, is_last: bool) -> None:
        super().__init__()
        self.is_last = is_last
        self.branch1x1 = Conv(inputs, 320, 1)
        self.branch3x3_1 = Conv(inputs, 384, 1)
        self.branch3x3_2a = Conv(384, 384, (1, 3))
        self.branch3x3_2b = Conv(384, 384, (3, 1))
        self.branch3x3dbl_1 = Conv(inputs, 448, 1)
        self.branch3x3dbl_2 = Conv(448, 384, 3)
        self.branch3x3dbl_3a = Conv(384, 384, (1, 3))
        self.branch3x3dbl_3b = Conv(384, 384, (3, 1))
        self.branch_pool = Conv(inputs, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, 2048, H, W)."""
        single, double = self.branch3x3_1(x), self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pooled = self.branch_pool(largest3(x) if self.is_last else mean3(x))
        lines = (
            self.branch3x3_2a(single), self.branch3x3_2b(single),
            self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double),
        )  # fmt: skip
        return torch.cat((self.branch1x1(x), *lines, pooled), 1)


class InceptionV3(nn.Module):
    """Pictures -> features after the last pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, 32, 3, 2, pad=False)
        self.Conv2d_2a_3x3 = Conv(32, 32, 3, pad=False)
        self.Conv2d_2b_3x3 = Conv(32, 64, 3)
        self.Conv2d_3b_1x1 = Conv(64, 80, 1)
        self.Conv2d_4a_3x3 = Conv(80, 192, 3, pad=False)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = BlockA(192, 32), BlockA(256, 64), BlockA(288, 64)
        self.Mixed_6a = BlockB(288)
        self.Mixed_6b, self.Mixed_6c = BlockC(768, 128), BlockC(768, 160)
        self.Mixed_6d, self.Mixed_6e = BlockC(768, 160), BlockC(768, 192)
        self.Mixed_7a = BlockD(768)
        self.Mixed_7b, self.Mixed_7c = BlockE(1280, is_last=False), BlockE(2048, is_last=True)
        self.fc = nn.Linear(FEATURES, CLASSES)  # in the checkpoint; FID does not ask it

    def forward(self, image: Tensor) -> Tensor:
        """image: (N, 3, H, W), RGB 0..1, brought to 299 x 299 by plain bilinear interpolation. (N, 2048)."""
        if image.shape[-2:] != (SIDE, SIDE):
            image = F.interpolate(image, (SIDE, SIDE), mode="bilinear", align_corners=False)
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(2 * image - 1)))
        x = halved(self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(halved(x))))
        for block in (
            self.Mixed_5b, self.Mixed_5c, self.Mixed_5d, self.Mixed_6a, self.Mixed_6b, self.Mixed_6c, self.Mixed_6d,
            self.Mixed_6e, self.Mixed_7a, self.Mixed_7b, self.Mixed_7c,
        ):  # fmt: skip
            x = block(x)
        return x.mean((2, 3))


def build_inception(state: Mapping[str, Tensor]) -> InceptionV3:
    """The network with these weights, frozen. Raises ValueError when they are not those of FID's network."""
    network = InceptionV3()
    known = network.state_dict()
    counters = {name: tensor for name, tensor in known.items() if name.endswith("num_batches_tracked")}
    try:
        network.load_state_dict(counters | dict(state), strict=True)
    except RuntimeError as error:
        raise ValueError(f"not the Inception-v3 of FID: {error}") from error
    return network.eval().requires_grad_(False)
