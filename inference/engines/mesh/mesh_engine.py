# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default engine: a portrait as a mesh that is bent, at the art's own resolution, without a network.

One frame: channels and take become a performance (performance.py), the performance moves the mesh (card_mesh.py), the
mesh says where each pixel comes from (raster.py), pixels are drawn (composite.py), and what a bent picture cannot show
is painted: eyeballs, closed lids, the inside of the mouth, wrinkles.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....bridge.errors import InputError
from ...motion.face_texture import FaceTexture, decode_texture
from ...motion.take import MotionFrame, Take
from ...portrait import Portrait
from .card import Card, straight
from .card_mesh import CardMesh
from .performance import Interpreter
from .settings import MeshSettings
from .wrinkles import ActorSkin


class MeshEngine:
    """See engines/engine.py for what every engine promises."""

    name = "mesh"
    version = "2"

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        """settings: of MeshSettings, by name. Raises InputError for what it does not know."""
        self._settings = MeshSettings.read(settings or {})
        self.warnings: list[str] = []
        self._portrait: Portrait | None = None
        self._skin: tuple[Take, ActorSkin] | None = None

    def set_source(self, portrait: Portrait) -> None:
        """Prepare a source: some tenths of a second."""
        self._portrait = portrait
        self._card = Card(portrait, self._settings)
        self._interpreter = Interpreter(self._card.head, self._settings)
        self._is_opaque = self._card.image is portrait.image
        head = self._card.head
        if head.is_turned:
            towards = min(-head.yaw_limits[0], head.yaw_limits[1])
            self._warn(
                f"The picture shows the face turned by {abs(head.own_yaw):.0f} degrees. Its far side is not in the "
                f"picture, so it turns towards the viewer by at most {towards:.0f} degrees."
            )

    def render(self, frame: MotionFrame) -> NDArray:
        """One frame. Raises InputError for channels that are not numbers."""
        if self._portrait is None:
            raise RuntimeError("set_source comes before render")
        bad = [name for name, value in frame.channels.items() if not np.isfinite(value)]
        if bad:
            raise InputError(f"The channel {bad[0]} is not a number in frame {frame.number}.", "Mend its keys.")
        self._warn_of_limits(frame)
        performance = self._interpreter.read(frame)
        texture = self._texture(frame)
        wrinkles = None if texture is None else self._wrinkles(frame, texture)
        share = frame.channels.get("takeDetail", 0.0) if texture and self._settings.mouth_interior != "PAINTED" else 0.0
        out = self._card.draw(performance, wrinkles, texture, share)
        return out if self._is_opaque else straight(out, self._portrait.image)

    def landmarks(self, frame: MotionFrame) -> NDArray[np.float64]:
        """What the frame asks of the landmarks a tracker sees, (478, 3), source pixels: for measuring the engine."""
        mesh = CardMesh(self._portrait.landmarks, self._portrait.pose, self._portrait.image.shape[0])
        return mesh.play(self._interpreter.read(frame)).landmarks

    def _texture(self, frame: MotionFrame) -> FaceTexture | None:
        """The actor's looks, where a take lends them."""
        if frame.take is None or frame.channels.get("takeDetail", 0.0) <= 0:
            return None
        jpeg = frame.take.texture_jpeg(frame.channels.get("takeFrame", 0.0))
        return decode_texture(jpeg) if jpeg else None

    def _wrinkles(self, frame: MotionFrame, texture: FaceTexture) -> tuple[NDArray, float] | None:
        amount = self._settings.wrinkles * frame.channels["takeDetail"]
        if amount <= 0:
            return None
        if self._skin is None or self._skin[0] is not frame.take:
            self._skin = (frame.take, ActorSkin(frame.take))
        ratio = self._skin[1].ratio(frame.channels.get("takeFrame", 0.0), texture.face)
        return None if ratio is None else (ratio, amount)

    def _warn_of_limits(self, frame: MotionFrame) -> None:
        yaw, pitch = (frame.channels.get(name, 0.0) * self._settings.head for name in ("headYaw", "headPitch"))
        if abs(yaw) > self._settings.turn_limit or abs(pitch) > self._settings.turn_limit:
            self._warn(
                f"The motion turns the head further than the {self._settings.turn_limit:.0f} degrees that a single "
                "picture can show; it is held softly at that limit."
            )

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)
