# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of pictures before they are judged, by a chance that follows how well the discriminator knows its data.

Karras et al. 2020, "Training Generative Adversarial Networks with Limited Data" (ADA), appendix B: mirror, shift,
scale, turn, stretch, then brightness, contrast, luma, hue, saturation; without quarter turns, as DualStyleGAN's
training has it. Real and made pictures are changed alike, so the generator learns none of the changes. Not for: 8-bit
pairs of frames (training/augmentation.py).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

SHIFT, SCALE, STRETCH = 0.125, 0.2, 0.2  # of a side; octaves; octaves
BRIGHTNESS, CONTRAST, SATURATION = 0.2, 0.5, 1.0  # of the range from black to white / 2; octaves; octaves
# Symlet of order 6 (Daubechies 1992): halves the size, or doubles it, without blur and nearly without aliasing.
SYM6 = (
    0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
    0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
    0.0017677118642428036, -0.007800708325034148,
)  # fmt: skip
_MARGIN = len(SYM6) // 4  # pixels around a picture that its filter sees
# The filter is not symmetric: by so much, in pixels of the doubled picture, it draws everything from its place.
_OFF = sum(place * tap for place, tap in enumerate(SYM6)) / sum(SYM6) - (len(SYM6) - 1) / 2


class AdaptiveAugment:
    """`chance` is that of every single change; it rises while more than TARGET of real pictures are seen through."""

    TARGET = 0.6  # mean sign of the scores of real pictures
    HORIZON = 500_000  # pictures in which the chance can go from 0 to 1
    EVERY = 8  # batches from one adjustment to the next

    def __init__(self, chance: float = 0.0) -> None:
        self.chance = chance
        self._heard = torch.zeros(2)  # sum of signs, pictures
        self._batches = 0

    def __call__(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S), -1..1 -> the same, each picture changed by dice of its own. Gradients pass."""
        if self.chance == 0:
            return pictures
        moves = _moves(len(pictures), self.chance).to(pictures.device)
        colors = _colors(len(pictures), self.chance).to(pictures.device)
        return recolored(moved(pictures, moves), colors)

    def hear(self, scores: Tensor) -> None:
        """Scores (B, 1) of real pictures, which decide how the chance goes on."""
        self._heard += torch.tensor([float(scores.detach().sign().sum()), float(len(scores))])
        self._batches += 1
        if self._batches % self.EVERY == 0:
            signs, count = self._heard.tolist()
            step = count / self.HORIZON
            self.chance = min(1.0, max(0.0, self.chance + math.copysign(step, signs / count - self.TARGET)))
            self._heard.zero_()

    def state_dict(self) -> dict[str, Tensor]:
        """The state."""
        return {"chance": torch.tensor(self.chance, dtype=torch.float64), "heard": self._heard.clone(),
                "batches": torch.tensor(self._batches)}  # fmt: skip

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Take a state over."""
        self.chance, self._batches = float(state["chance"]), int(state["batches"])
        self._heard = state["heard"].clone()


def moved(pictures: Tensor, moves: Tensor) -> Tensor:
    """Pictures (B, C, S, S) seen through moves (B, 3, 3): from where each point of the result is taken.

    Coordinates are -1..1 from left to right and top to bottom. What comes from beyond the border is mirrored.
    """
    count, channels, side, _ = pictures.shape
    reach = float((moves @ _CORNERS.to(moves))[:, :2].abs().max())
    margin = min(side - 1, max(0, math.ceil((reach - 1) * side / 2)) + _MARGIN)
    fine = _doubled(F.pad(pictures, (margin,) * 4, "reflect"))
    outer, inner = (side + 2 * _MARGIN) / side, side / (side + 2 * margin)
    turn = inner * outer * moves[:, :2, :2]
    off = moves.new_full((2, 1), _OFF / (side + 2 * _MARGIN))
    theta = torch.cat((turn, inner * (moves[:, :2, 2:] + outer * off) - turn @ off), 2)
    grid = F.affine_grid(theta, [count, channels, *(2 * (side + 2 * _MARGIN),) * 2], align_corners=False)
    return _halved(F.grid_sample(fine, grid, "bilinear", "zeros", align_corners=False))


def recolored(pictures: Tensor, colors: Tensor) -> Tensor:
    """Pictures (B, 3, H, W) through colors (B, 4, 4): RGB of -1..1 and a 1."""
    changed = colors[:, :3, :3] @ pictures.flatten(2) + colors[:, :3, 3:]
    return changed.view_as(pictures)


_CORNERS = torch.tensor([[-1.0, 1.0, -1.0, 1.0], [-1.0, -1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]])


def _taps(like: Tensor) -> Tensor:
    taps = like.new_tensor(SYM6)
    return taps / taps.sum()


def _doubled(x: Tensor) -> Tensor:
    """(B, C, H, W) -> (B, C, 2H, 2W)."""
    channels, taps = x.shape[1], 2 * _taps(x)
    cut = len(SYM6) // 2 - 1  # of both ends: sample i stays at the place of i
    for weight, stride, padding in ((taps[:, None], (2, 1), (cut, 0)), (taps[None], (1, 2), (0, cut))):
        x = F.conv_transpose2d(x, weight.expand(channels, 1, -1, -1), stride=stride, padding=padding, groups=channels)
    return x


def _halved(x: Tensor) -> Tensor:
    """(B, C, 2S + 4 M, the same) -> (B, C, S, S): the margins are the filter's."""
    channels, taps = x.shape[1], _taps(x)
    x = x[:, :, 1:-1, 1:-1]
    for weight, stride in ((taps[:, None], (2, 1)), (taps[None], (1, 2))):
        x = F.conv2d(x, weight.expand(channels, 1, -1, -1), stride=stride, groups=channels)
    return x


def _moves(count: int, chance: float) -> Tensor:
    """Random moves (count, 3, 3), each of the seven of its kind by chance."""
    turning = 1 - math.sqrt(1 - chance)  # before or after the stretch: together `chance`
    none = torch.zeros(count)
    mirror = 1 - 2 * _chosen(torch.randint(2, (count,)).float(), chance, 0.0)
    shift = [_chosen(4 * SHIFT * (torch.rand(count) - 0.5), chance, 0.0) for _ in range(2)]
    scale = _chosen(torch.exp2(SCALE * torch.randn(count)), chance, 1.0)
    stretch = _chosen(torch.exp2(STRETCH * torch.randn(count)), chance, 1.0)
    before, after = (_chosen(math.pi * (2 * torch.rand(count) - 1), turning, 0.0) for _ in range(2))
    last = [_chosen(2 * SHIFT * torch.randn(count), chance, 0.0) for _ in range(2)]
    return (
        _affine(mirror, none, none, none + 1, none, none)
        @ _affine(none + 1, none, shift[0], none + 1, none, shift[1])
        @ _affine(scale, none, none, scale, none, none)
        @ _rotation(before)
        @ _affine(stretch, none, none, 1 / stretch, none, none)
        @ _rotation(after)
        @ _affine(none + 1, none, last[0], none + 1, none, last[1])
    )


def _colors(count: int, chance: float) -> Tensor:
    """Random changes of color (count, 4, 4), each of the five of its kind by chance."""
    eye = torch.eye(4).expand(count, 4, 4)
    gray = torch.zeros(4)
    gray[:3] = 3**-0.5
    along = torch.outer(gray, gray)
    brightness = eye.clone()
    brightness[:, :3, 3] = _chosen(BRIGHTNESS * torch.randn(count), chance, 0.0)[:, None]
    contrast = eye.clone()
    contrast[:, range(3), range(3)] = _chosen(torch.exp2(CONTRAST * torch.randn(count)), chance, 1.0)[:, None]
    luma = eye - 2 * along * _chosen(torch.randint(2, (count,)).float(), chance, 0.0)[:, None, None]
    angle = _chosen(math.pi * (2 * torch.rand(count) - 1), chance, 0.0)
    saturation = _chosen(torch.exp2(SATURATION * torch.randn(count)), chance, 1.0)[:, None, None]
    color = along.clone()
    color[3, 3] = 1.0
    return (color + (eye - color) * saturation) @ _hue(angle) @ luma @ contrast @ brightness


def _hue(angle: Tensor) -> Tensor:
    """Turns (B,) around the gray axis, (B, 4, 4) (Rodrigues)."""
    axis = torch.full((3,), 3**-0.5)
    cross = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) * 3**-0.5
    cos, sin = angle.cos()[:, None, None], angle.sin()[:, None, None]
    turned = torch.eye(4).repeat(len(angle), 1, 1)
    turned[:, :3, :3] = cos * torch.eye(3) + (1 - cos) * torch.outer(axis, axis) + sin * cross
    return turned


def _chosen(values: Tensor, chance: float, otherwise: float) -> Tensor:
    """Some of the values (B,), by chance."""
    return torch.where(torch.rand(len(values)) < chance, values, torch.full_like(values, otherwise))


def _affine(a: Tensor, b: Tensor, c: Tensor, d: Tensor, e: Tensor, f: Tensor) -> Tensor:
    """x -> a x + b y + c, y -> e x + d y + f: (B, 3, 3)."""
    rows = torch.stack((a, b, c, e, d, f), 1).view(-1, 2, 3)
    return torch.cat((rows, torch.tensor([[[0.0, 0.0, 1.0]]]).expand(len(rows), -1, -1)), 1)


def _rotation(angle: Tensor) -> Tensor:
    return _affine(
        angle.cos(), -angle.sin(), torch.zeros_like(angle), angle.cos(), angle.sin(), torch.zeros_like(angle)
    )
