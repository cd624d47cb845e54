# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lid looks like when it closes: skin where the art shows the eye's rim, and a line of lashes along its edge.

Closing stretches the few pixels above the eye over all of it; the rim, the lashes and slivers of white in them would be
smeared across. So they give way to skin completed from around the eye, and the lashes are drawn where the edge now is.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .box import Box, lay_over, shade
from .curves import closed_curve, filled, grown, masked, open_curve, shrunk, stroked
from .lids import Eye
from .outer_mesh import smoothstep
from .push_pull import push_pull
from .texture import Texture

_RIM = 0.085  # eye widths around the opening that are not plain skin: lashes, the rim of the lid
_RIM_ABOVE = 0.07  # more of them above it
GIVES_WAY = (0.04, 0.30)  # of closing, 0 open .. 1 shut: the painted rim
LASHES = (0.05, 0.35)  # of closing: the drawn line


class Patch:
    """The surroundings of one eye in a sampled texture, painted and completed.

    box: its pixels of the texture, or None when it is not in the picture.   painted, skin: (h, w, 4), as it is and with
    plain skin where `share`, (h, w), 0..1, says.   reach: the eye's width, pixels of the texture.
    """

    def __init__(self, texture: Texture, landmarks: NDArray, eye: Eye) -> None:
        ring = landmarks[eye.ring, :2].astype(np.float64)
        self._texture, self._closing = texture, 0.0
        self.reach = float(np.linalg.norm(ring[0] - ring[8])) * texture.scale  # the eye's width in texture pixels
        outline = self.places(closed_curve(ring, corners=(0, 8)))
        self.box = Box.around(outline, 0.6 * self.reach, texture.pixels.shape)
        if self.box is None:
            return
        self.painted = texture.pixels[self.box.slices].copy()
        self.inside = filled(outline - np.float32((self.box.left, self.box.top)), *self.box.size, 0.0)
        raised = np.maximum(self.inside, _shifted(self.inside, -_RIM_ABOVE * self.reach * _downwards(landmarks, eye)))
        picture = self.painted.astype(np.float32)
        completed = push_pull(picture, 1 - grown(raised, _RIM * self.reach))
        self.share = cv2.GaussianBlur(grown(raised, (_RIM - 0.03) * self.reach), (0, 0), 0.02 * self.reach)
        skin = picture + self.share[..., None] * (completed - picture)
        skin = np.clip(skin, 0, np.iinfo(texture.pixels.dtype).max)
        self.skin = np.rint(skin).astype(texture.pixels.dtype)

    def places(self, points: NDArray) -> NDArray[np.float32]:
        """Source pixels (n, 2) as pixels of the texture, centers at integers + 0.5."""
        return self._texture.coordinates(points) + np.float32(0.5)

    def close(self, closing: float) -> None:
        """closing: 0 as painted .. 1 completed."""
        if self.box is None or closing == self._closing:
            return
        self._closing = closing
        target = self._texture.pixels[self.box.slices]
        if self.painted.dtype == np.uint8:
            target[:] = cv2.addWeighted(self.skin, closing, self.painted, 1 - closing, 0)
        else:
            target[:] = np.rint(self.painted + closing * (self.skin.astype(np.float32) - self.painted))


class LidSkin:
    """The lids of one eye."""

    def __init__(self, textures: Sequence[Texture], landmarks: NDArray, eye: Eye) -> None:
        """textures: all that are sampled, the sharpest first.   landmarks: (478, 3), source pixels."""
        self._patches = [Patch(texture, landmarks, eye) for texture in textures]
        self.sharpest = sharpest = self._patches[0]
        self.width = sharpest.reach / textures[0].scale
        self._is_seen = sharpest.box is not None
        if self._is_seen:
            self.color, self.alpha, self.thickness = _lashes(sharpest)

    def close(self, ratio: float) -> None:
        """Prepare the textures for a frame. ratio: of the lids, 0 shut, 1 as painted."""
        for patch in self._patches:
            patch.close(float(smoothstep(*GIVES_WAY, 1 - ratio)))

    def draw_grain(self, out: NDArray, landmarks: NDArray, eye: Eye, ratio: float, grain: NDArray) -> None:
        """Give the unfolded lid the art's grain, which completing and stretching have lost. grain: see Palette."""
        share = float(smoothstep(*GIVES_WAY, 1 - ratio))
        if share <= 0 or not grain.size:
            return
        ends = [eye.corners[0], eye.corners[1]]
        upper, edge = (landmarks[[ends[0], *row, ends[1]], :2] for row in (eye.upper_rows[0], eye.upper))
        outline = np.concatenate((open_curve(upper.astype(np.float64)), open_curve(edge.astype(np.float64))[::-1]))
        box = Box.around(outline, 0.05 * self.width, out.shape)
        if box is None:
            return
        mask = masked(outline - np.float32((box.left, box.top)), *box.size, 0.03 * self.width)
        rows, columns = (-(-length // part) for length, part in zip(box.size[::-1], grain.shape, strict=True))
        texture = np.tile(grain, (rows, columns))[: box.size[1], : box.size[0]]
        factor = 1 + cv2.multiply(texture, mask, scale=1.2 * share / 255, dtype=cv2.CV_32F)
        shade(out[box.slices], cv2.merge((factor, factor, factor, np.ones_like(factor))))

    def draw_lashes(self, out: NDArray, landmarks: NDArray, eye: Eye, ratio: float) -> None:
        """Draw the line of lashes into `out`, (H, W, 4), along the upper lid; landmarks: (478, 3), source pixels."""
        share = float(smoothstep(*LASHES, 1 - ratio))
        if share <= 0 or not self._is_seen:
            return
        line = open_curve(landmarks[[eye.corners[0], *eye.upper, eye.corners[1]], :2].astype(np.float64))
        width = float(np.linalg.norm(line[-1] - line[0]))
        box = Box.around(line, 0.12 * width, out.shape)
        if box is None:
            return
        fine = max(1, round(160 / max(width, 1.0)))
        size = (fine * box.size[0], fine * box.size[1])
        line = (line - (box.left, box.top)) * fine
        along = np.linspace(0, 1, len(line))
        taper = np.sqrt(np.clip(np.minimum(along / 0.25, (1 - along) / 0.45), 0, 1))
        wide = width * fine
        core = stroked(line, *size, self.thickness * wide * (0.35 + 0.65 * taper), 0.008 * wide)
        dusk = stroked(line, *size, 2.6 * self.thickness * wide * taper, 0.022 * wide)
        beside, around = (
            cv2.convertScaleAbs(each, alpha=-by, beta=255) for each, by in ((core, self.alpha), (dusk, 0.22))
        )
        untouched = cv2.resize(cv2.multiply(beside, around, scale=1 / 255), box.size, interpolation=cv2.INTER_AREA)
        lay_over(out, box, self.color, cv2.convertScaleAbs(untouched, alpha=-share, beta=255 * share))


def _lashes(patch: Patch) -> tuple[NDArray[np.float32], float, float]:
    """Color (3,) as the picture's values, strength 0..1 and thickness in eye widths of the line along the lid."""
    band = (grown(patch.inside, 0.06 * patch.reach) > 0.5) & (shrunk(patch.inside, 0.012 * patch.reach) < 0.5)
    if not band.any():  # an eye of a pixel or two
        band[:] = True
    colors = patch.painted[band][:, :3].astype(np.float32)
    gray = colors.mean(axis=1)
    dark = colors[gray <= np.percentile(gray, 12)].mean(axis=0)
    around = patch.skin[band][:, :3].astype(np.float32).mean(axis=0)
    darkness = 1 - dark.mean() / max(float(around.mean()), 1e-3)
    color = np.minimum(dark, 0.62 * around)  # a closed eye needs its line even where the painter drew none
    thickness = np.clip(0.02 + 0.05 * darkness, 0.025, 0.05)
    return color.astype(np.float32), float(np.clip(0.45 + 0.6 * darkness, 0.5, 0.95)), float(thickness)


def _downwards(landmarks: NDArray, eye: Eye) -> NDArray[np.float64]:
    """Unit vector in the picture from the upper lid to the lower one."""
    down = landmarks[eye.lower, :2].mean(axis=0) - landmarks[eye.upper, :2].mean(axis=0)
    return down / max(float(np.linalg.norm(down)), 1e-6)


def _shifted(mask: NDArray, by: NDArray) -> NDArray:
    matrix = np.array(((1, 0, by[0]), (0, 1, by[1])))
    return cv2.warpAffine(mask, matrix, (mask.shape[1], mask.shape[0]))
