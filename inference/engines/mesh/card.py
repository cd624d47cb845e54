# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One source, prepared: its mesh, its texture, its background, and its eyes and mouth taken apart."""

import numpy as np
from numpy.typing import NDArray

from ...faces import topology
from ...motion.face_texture import FaceTexture
from ...portrait import Portrait
from .background_plate import background_plate
from .card_mesh import CardMesh, Performance, PlayedMesh, face_unit_px
from .composite import Compositor
from .coverage import person_coverage
from .eye_art import take_apart
from .eye_opening import lids_of_the_art
from .eyes import draw_eye, opening
from .far_side import FarSide
from .head_motion import HeadMotion, Room
from .lid_skin import LidSkin
from .lids import LEFT, RIGHT, Eye
from .mouth import Mouth
from .palette import palette_of
from .raster import Raster
from .settings import MeshSettings
from .silhouette import onto_person
from .wrinkles import CardSkin

_ROUNDING = 0.02  # eye distances: lids and lips are not softened more


class Card:
    """Everything computed once per source.

    image: (H, W, 4), premultiplied.   landmarks: (478, 3), on the art's own lids and edge.   coverage: (H, W), 0
    background .. 1 person, and plate: what lies behind, or None.   eyes, lids: right and left.
    far_side: of a face that is turned in the picture.
    """

    def __init__(self, portrait: Portrait, settings: MeshSettings) -> None:
        self.image = premultiplied(portrait.image)
        height, width = self.image.shape[:2]
        unit_px = face_unit_px(portrait.landmarks)
        self.coverage = coverage = person_coverage(portrait, unit_px)
        landmarks = portrait.landmarks if coverage is None else onto_person(portrait.landmarks, coverage)
        self.landmarks = lids_of_the_art(self.image, landmarks)
        self.mesh = CardMesh(self.landmarks, portrait.pose, height)
        self.head = HeadMotion(
            portrait.pose, self.mesh.eye_distance_px, self._room(coverage), settings.turn_limit, settings.head
        )
        grid = self.mesh.grid(width, height)
        rounding_px = _ROUNDING * self.mesh.eye_distance_px
        self._raster = Raster(self.mesh.vertices[:, :2], self.mesh.triangles, self.mesh.layer, grid, rounding_px)
        self.far_side = FarSide(self.landmarks, portrait.pose, self.mesh.eye_distance_px)
        has_plate = coverage is not None and settings.background == "PLATE"
        self.plate = background_plate(self.image, coverage, unit_px) if has_plate else None
        self._compositor = Compositor(self.image, coverage, self.plate, grid, unit_px)
        self.eyes = take_apart(self.image, self.landmarks)
        textures = (self._compositor.texture, self._compositor.soft_texture)
        self.lids = tuple(LidSkin(textures, self.landmarks, eye) for eye in (RIGHT, LEFT))
        palette = palette_of(self.image, self.landmarks)
        self._skin = CardSkin(self.mesh, grid, palette.color)
        self._grain = palette.grain
        self.mouth = Mouth(palette, self.mesh.shape)

    def _room(self, coverage: NDArray | None) -> Room:
        """How far the head can shift before a border that cuts the person off comes into view."""
        oval = self.landmarks[list(topology.FACE_OVAL), :2]
        columns = slice(
            *np.clip(oval[:, 0], 0, self.image.shape[1])[[oval[:, 0].argmin(), oval[:, 0].argmax()]].astype(int)
        )
        is_cut_above = coverage is not None and columns.start < columns.stop and coverage[0, columns].mean() > 0.5
        return Room(float(self.image.shape[0] - oval[:, 1].max()), is_cut_above)

    def draw(
        self, performance: Performance, wrinkles: tuple[NDArray, float] | None, mouth: FaceTexture | None, share: float
    ) -> NDArray:
        """One frame, (H, W, 4), premultiplied.

        wrinkles: the actor's skin (wrinkles.ActorSkin.ratio) and how much of it.   mouth: the actor's, and its share.
        """
        played = self.mesh.play(performance)
        for lid, ratio in zip(self.lids, performance.lid_ratio, strict=True):
            lid.close(ratio)
        source = np.concatenate((self.far_side.source(performance.yaw), self.mesh.vertices[topology.N_SKIN :, :2]))
        motion = self._raster.motion(played.vertices, source)
        oval = played.landmarks[list(topology.FACE_OVAL), :2]
        shading = None if wrinkles is None else self._skin.shading(*wrinkles, motion, oval)
        out = self.image.copy()
        self._compositor.compose(motion, shading, out)
        self._draw_eye(out, 0, RIGHT, played, performance)
        self._draw_eye(out, 1, LEFT, played, performance)
        self.mouth.draw(out, played.landmarks, played.shape, performance.head, performance.shift, mouth, share)
        return out

    def _draw_eye(self, out: NDArray, i: int, eye: Eye, played: PlayedMesh, performance: Performance) -> None:
        ratio = performance.lid_ratio[i]
        draw_eye(out, self.eyes[i], opening(played.landmarks, eye, played.turn, ratio, performance.gaze[i]))
        self.lids[i].draw_grain(out, played.landmarks, eye, ratio, self._grain)
        self.lids[i].draw_lashes(out, played.landmarks, eye, ratio)


def premultiplied(image: NDArray) -> NDArray:
    """Colors times alpha; the image itself where it is opaque."""
    peak = np.iinfo(image.dtype).max
    if image[..., 3].min() == peak:
        return image
    result = image.copy()
    result[..., :3] = np.rint(image[..., :3] * (image[..., 3:].astype(np.float32) / peak))
    return result


def straight(image: NDArray, original: NDArray) -> NDArray:
    """Undo `premultiplied`, in place; pixels equal to the premultiplied original's get the original's own colors."""
    peak = np.iinfo(image.dtype).max
    alpha = image[..., 3:]
    partial = (alpha[..., 0] < peak) & (alpha[..., 0] > 0)
    colors = image[partial][:, :3].astype(np.float32) * peak / image[partial][:, 3:]
    image[partial, :3] = np.rint(np.minimum(colors, peak))
    unchanged = (image[..., 3] == original[..., 3]) & (image[..., 3] < peak)
    near = (
        np.abs(image[..., :3].astype(np.int32) - original[..., :3]).max(axis=2) * image[..., 3].astype(np.int64) <= peak
    )
    image[unchanged & near] = original[unchanged & near]
    return image
