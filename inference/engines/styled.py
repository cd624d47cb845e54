# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A style under any engine: the portrait is stylized first, then the engine plays it.

The channels `structure`, `color` and `exemplarMix` play the look, so that keys on them make a morphing sequence; the
portrait is drawn anew only where they change. The pixels of a style hang on the portrait, not on the frame, so nothing
flickers. Not for: footage that is stylized itself (styles/clip.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from numpy.typing import NDArray

from ...bridge.channels import REST
from ...bridge.requests import Look
from ..motion.take import MotionFrame, Take
from ..portrait import Portrait, changed_portrait
from ..styles.stylist import Stylist, face_square
from .engine import Engine

VERSION = "1"


class StyledEngine:
    """See engine.py for what every engine promises."""

    def __init__(self, engine: Engine, stylist: Stylist, look: Look) -> None:
        self._engine, self._stylist, self._look = engine, stylist, look
        self.name, self.version = f"{engine.name} in style", f"{engine.version}.{VERSION}"
        self.device = str(stylist.device)
        self._worn: Look | None = None
        self._again: Callable[[], None] = lambda: None
        if hasattr(engine, "prepare"):
            self.prepare = self._prepare
        if hasattr(engine, "inputs"):
            self.inputs = engine.inputs

    @property
    def warnings(self) -> list[str]:
        """The engine's own."""
        return self._engine.warnings

    @property
    def batch(self) -> int:
        """How many frames the engine would like at a time."""
        return getattr(self._engine, "batch", 1)

    def set_source(self, portrait: Portrait) -> None:
        """Read the face of a source, and let the engine play it in its look at rest."""
        self._portrait, self._square = portrait, face_square(portrait.image, portrait.landmarks)
        self._latent = self._stylist.encode(portrait.image, self._square)
        self._again = lambda: None
        self._wear(played_look(self._look, REST))

    def render(self, frame: MotionFrame) -> NDArray:
        """One frame."""
        self._change(played_look(self._look, frame.channels))
        return self._engine.render(frame)

    def render_many(self, frames: Sequence[MotionFrame]) -> list[NDArray]:
        """Several frames, those of one look at a time."""
        images = []
        for look, group in groupby(frames, lambda frame: played_look(self._look, frame.channels)):
            self._change(look)
            alike = list(group)
            is_one = len(alike) == 1
            images += [self._engine.render(alike[0])] if is_one else self._engine.render_many(alike)
        return images

    def _change(self, look: Look) -> None:
        if look != self._worn:
            self._wear(look)
            self._again()

    def _prepare(self, take: Take | None, on_progress: Callable[[int, int], None]) -> None:
        self._again = lambda: self._engine.prepare(take, lambda done, total: None)
        self._engine.prepare(take, on_progress)

    def _wear(self, look: Look) -> None:
        image = self._stylist.draw(self._portrait.image, self._square, self._latent, look)
        self._engine.set_source(changed_portrait(self._portrait, image))
        self._worn = look


def played_look(look: Look, channels: Mapping[str, float]) -> Look:
    """A look as the channels play it: `structure` and `color` scale its weights, `exemplarMix` leads to the second.

    At rest it is the look itself.
    """
    mix = channels["exemplarMix"]
    return replace(
        look,
        structure=_scaled(look.structure, channels["structure"]),
        color=_scaled(look.color, channels["color"]),
        mix_structure=look.mix_structure + (1 - look.mix_structure) * mix,
        mix_color=look.mix_color + (1 - look.mix_color) * mix,
    )


def _scaled(weights: float | tuple[float, ...], factor: float) -> float | tuple[float, ...]:
    return tuple(weight * factor for weight in weights) if isinstance(weights, tuple) else weights * factor
