# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inside of a card's mouth, drawn between its lips: the art's own, the actor's, or painted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ...faces import topology
from ...faces.face_frame import Pose
from ...motion.face_texture import FaceTexture, texture_points
from . import lips
from .box import Box, lay_over, to_bytes
from .mouth_footage import footage_mouth
from .mouth_frame import MouthFrame, mouth_frame
from .mouth_paint import PaintedMouth
from .outer_mesh import smoothstep
from .palette import CHEEKS, Palette

_JAW = (152, 148, 377)
_OWN = 0.09  # gap over width of the mouth from which a picture counts as open
OPENS = (0.008, 0.03)  # gap over width by which a shut mouth has opened
OWN_LASTS = (1.15, 2.0)  # times its own gap: as far the art's own teeth are stretched
_PAINTED_SIDE = 260  # pixels: teeth and tongue are plain enough to be enlarged
_TEETH_DEPTH = 0.4  # centimeters behind the lips


class Mouth:
    """The mouth of one source.

    painted: its inside.   closed: (3,), where closed lips meet, face frame.   arch: half its width, centimeters.
    own_gap: height of the opening in the picture, centimeters; 0 when the picture shows it shut.
    """

    def __init__(self, palette: Palette, shape: NDArray) -> None:
        """palette: of the source.   shape: (478, 3), its face frame."""
        self._shape, self._palette = shape, palette
        self.painted = PaintedMouth(palette)
        right, left = (shape[corner] for corner in topology.INNER_LIP_CORNERS)
        self.arch = float(np.linalg.norm(left - right)) / 2
        self.closed = (shape[lips.UPPER] + shape[lips.LOWER])[3:6].mean(axis=0) / 2 + (0, 0, _TEETH_DEPTH)
        own = float(np.maximum(lips.gap(shape), 0)[3:6].mean())
        self.own_gap = own if own > _OWN * 2 * self.arch else 0.0

    def draw(
        self,
        out: NDArray,
        landmarks: NDArray,
        shape: NDArray,
        head: Pose,
        shift: NDArray,
        texture: FaceTexture | None,
        footage_share: float,
    ) -> None:
        """Draw into `out`, (H, W, 4), premultiplied.

        landmarks, shape: (478, 3), the frame's, pixels and face frame before the head moves.   head, shift: see
        Performance.   texture: the actor's, with `footage_share` 0..1 of it over the painted mouth.
        """
        frame = mouth_frame(landmarks, out.shape)
        if frame is None:
            return
        gap = float(np.maximum(lips.gap(shape), 0)[3:6].mean())
        share = frame.mask
        if self.own_gap > 0:
            share = share * smoothstep(*OWN_LASTS, gap / self.own_gap)
        else:
            own = float(np.maximum(lips.gap(self._shape), 0)[3:6].mean())
            share = share * smoothstep(*OPENS, (gap - own) / (2 * self.arch))
        if share.max() < 0.004:
            return
        inside = np.zeros((*frame.mask.shape, 3), np.float32)
        if texture is None or footage_share < 1:
            inside = self._paint(frame, shape, head, shift, gap)
        if texture is not None and footage_share > 0:
            acted = footage_mouth(texture.mouth, actor_skin(texture), self._palette, frame)
            inside = inside + np.float32(footage_share) * (acted - inside)
        lay_over(out, frame.box, inside * np.float32(np.iinfo(out.dtype).max), to_bytes(share))

    def _paint(self, frame: MouthFrame, shape: NDArray, head: Pose, shift: NDArray, gap: float) -> NDArray[np.float32]:
        jaw = (shape - self._shape)[list(_JAW)].mean(axis=0) * (1, 1, 0)
        scale = min(1.0, _PAINTED_SIDE / max(frame.box.size))
        width, height = (max(1, round(side * scale)) for side in frame.box.size)
        planes = (self._plane(self.closed + offset, head, shift, frame.box) for offset in (np.zeros(3), jaw))
        to_head, to_jaw = (scale * plane for plane in planes)
        across = cv2.resize(frame.across, (width, height), interpolation=cv2.INTER_AREA)
        painted = self.painted.paint((width, height), to_head, to_jaw, across, gap / self.arch)
        return cv2.resize(painted, frame.box.size, interpolation=cv2.INTER_CUBIC) if scale < 1 else painted

    def _plane(self, origin: NDArray, head: Pose, shift: NDArray, box: Box) -> NDArray[np.float64]:
        """Arches on a plane of the face to pixels of the box, (2, 3)."""
        points = head.to_image(np.stack((origin, origin + (self.arch, 0, 0), origin + (0, self.arch, 0)))) + shift
        points = points[:, :2] - (box.left, box.top)
        return np.column_stack((points[1] - points[0], points[2] - points[0], points[0]))


def actor_skin(texture: FaceTexture) -> NDArray[np.float32]:
    """Color of the actor's cheeks, (3,) RGB 0..1."""
    columns, rows = texture_points()[list(CHEEKS)].astype(int).T
    return (np.median(texture.face[rows, columns], axis=0) / 255).astype(np.float32)
