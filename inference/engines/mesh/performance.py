# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A motion frame -> what it asks of a card: the actor's shape, lids, gaze and head, with gains and limits applied.

Geometry is `E = decode(channels) + takeDetail * (E_take - decode(take's channels))` (ARCHITECTURE.md); lids follow the
same sum, so that a blink of 1 shuts the eye with or without a take.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ...faces import topology
from ...motion.expression import expression_model
from ...motion.gaze import gaze_of_channels
from ...motion.take import MotionFrame, Take
from . import lids
from .card_mesh import Performance
from .head_motion import HeadMotion, soft_limit
from .outer_mesh import smoothstep
from .settings import MeshSettings

_EYES = (lids.RIGHT, lids.LEFT)
_BLINKS = ("eyeBlinkRight", "eyeBlinkLeft")
# A tracker underrates how far irises are from the middle, most when lids hide them; with these the figures of
# benchmarks/mesh_quality.py come closest to a slope of 1. Sideways, and up and down; and how far at most, eye widths.
_TRAVEL = (1.3, 1.6)
_FURTHEST = ((-0.36, 0.36), (-0.26, 0.18))
_SAMPLED_FRAMES = 400  # of a take: enough to know how far its actor shuts the eyes


class Actor:
    """Who plays: the neutral shape and how shut shut is, of a take's actor or of the canonical face."""

    def __init__(self, take: Take | None) -> None:
        self.take = take
        self.neutral = topology.canonical_shape() if take is None else take.neutral
        if take is not None:
            frames = np.unique(np.linspace(0, len(take) - 1, min(len(take), _SAMPLED_FRAMES)).astype(int))
            shapes = np.stack([take.shape(int(frame)) for frame in frames])
            self._lids = tuple(_lid_scale(self.neutral, shapes, eye) for eye in _EYES)

    def lid_ratio(self, shape: NDArray) -> NDArray[np.float64]:
        """Right and left, (2,): 0 shut, 1 as neutral."""
        return np.array([_ratio(lids.openness(shape, eye), *ends) for eye, ends in zip(_EYES, self._lids, strict=True)])


class Interpreter:
    """Reads motion frames for one card."""

    def __init__(self, head: HeadMotion, settings: MeshSettings) -> None:
        self._head, self._settings = head, settings
        self._gain = _vertex_gain(settings)[:, None]
        self._actor = Actor(None)

    @property
    def actor(self) -> Actor:
        """The actor of the frame read last."""
        return self._actor

    def read(self, frame: MotionFrame) -> Performance:
        """What the frame asks for. `frame.channels` are finite numbers; missing ones are at rest."""
        channels, settings = frame.channels, self._settings
        if frame.take is not self._actor.take:
            self._actor = Actor(frame.take)
        actor = self._actor
        expression = expression_model().decode(channels).astype(np.float64)
        ratio = _channel_ratio(expression)
        if frame.take is not None:
            expression, ratio = self._with_detail(expression, ratio, channels, frame.take)
        ratio = 1 + (ratio - 1) * settings.expression * settings.eyes
        head, shift = self._head.pose(channels)
        return Performance(
            neutral=actor.neutral,
            shape=actor.neutral + self._gain * expression,
            lid_ratio=tuple(float(each) for each in np.clip(ratio, 0, lids.WIDEST)),
            gaze=_travel(gaze_of_channels(channels) * settings.gaze),
            head=head,
            yaw=float(self._head.angles(channels)[0]),
            shift=shift,
        )

    def _with_detail(
        self, expression: NDArray, ratio: NDArray, channels: Mapping[str, float], take: Take
    ) -> tuple[NDArray, NDArray]:
        number, detail = channels.get("takeFrame", 0.0), channels.get("takeDetail", 0.0)
        shape, captured = take.shape(number), take.channels(number)
        decoded = expression_model().decode(captured).astype(np.float64)
        expression = expression + detail * (shape - take.neutral - decoded)
        edited = np.array([abs(channels.get(name, 0.0) - captured.get(name, 0.0)) for name in _BLINKS])
        residual = self._actor.lid_ratio(shape) - _channel_ratio(decoded)
        return expression, ratio + detail * np.maximum(1 - edited, 0) * residual


def _travel(gaze: NDArray) -> NDArray[np.float64]:
    """How far irises travel for a gaze (2, 2) as tracked, eye widths, softly short of leaving the eye."""
    axes = [
        [soft_limit(each * further, *ends) for each in of_axis]
        for of_axis, further, ends in zip(gaze.T, _TRAVEL, _FURTHEST, strict=True)
    ]
    return np.array(axes).T


def _channel_ratio(expression: NDArray) -> NDArray[np.float64]:
    """Lid ratios (2,) of the canonical face with an expression."""
    shape = topology.canonical_shape() + expression
    ends = _canonical_lids()
    return np.array([_ratio(lids.openness(shape, eye), *each) for eye, each in zip(_EYES, ends, strict=True)])


def _ratio(openness: NDArray, shut: float, rest: float) -> float:
    return float(np.clip((openness - shut) / max(rest - shut, 1e-6), 0, lids.WIDEST))


@cache
def _canonical_lids() -> tuple[tuple[float, float], ...]:
    """Openness with the blink channel at 1 and at rest, right and left."""
    shape = topology.canonical_shape()
    shut = shape + expression_model().decode(dict.fromkeys(_BLINKS, 1.0))
    return tuple((float(lids.openness(shut, eye)), float(lids.openness(shape, eye))) for eye in _EYES)


def _lid_scale(neutral: NDArray, shapes: NDArray, eye: lids.Eye) -> tuple[float, float]:
    """Openness shut and at rest. An actor who never blinks in the take still has eyes that can shut."""
    rest = float(lids.openness(neutral, eye))
    seen = float(np.percentile(lids.openness(shapes, eye), 1))
    return max(min(seen, 0.45 * rest), 0.05 * rest), rest


def _vertex_gain(settings: MeshSettings) -> NDArray[np.float64]:
    """Gain of each landmark's displacement, (478,)."""
    y = topology.canonical_shape()[:, 1]
    mouth, brows = smoothstep(1.0, 3.0, y), smoothstep(3.0, 4.2, -y)
    return settings.expression * (1 + (settings.mouth - 1) * mouth + (settings.brows - 1) * brows)
