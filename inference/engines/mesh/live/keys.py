# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each expression channel adds to a card's landmarks and surroundings: the engine's own motion, made additive.

The engine plays each channel alone, at 1. Lids and lips that touch are left to cross, because displacements are summed
later; whoever plays the keys keeps them apart (Part.pairs). Not for: the head, which turns and does not add up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .....bridge.channels import EXPRESSIONS, REST
from ....faces import topology
from ....motion.take import MotionFrame
from ..card_mesh import CardMesh, PlayedMesh
from ..performance import Interpreter

_JAW = (152, 148, 377)


@dataclass(frozen=True)
class Moves:
    """names: (K) channels.   landmarks: (K, 478, 3), around: (K, n, 3), jaw: (K, 3), source pixels at 1."""

    names: tuple[str, ...]
    landmarks: NDArray[np.float64]
    around: NDArray[np.float64]
    jaw: NDArray[np.float64]


def moves_of(mesh: CardMesh, interpreter: Interpreter) -> Moves:
    """The additive motion of a card's mesh."""
    names = tuple(channel.name for channel in EXPRESSIONS)
    rest = _played(mesh, interpreter, {})
    played = [_played(mesh, interpreter, {name: 1.0}) for name in names]
    landmarks = np.stack([each.landmarks - rest.landmarks for each in played])
    around = np.stack([(each.vertices - rest.vertices)[topology.N_SKIN :] for each in played])
    pose = mesh.pose
    opened = np.stack([(each.shape - rest.shape)[list(_JAW)].mean(axis=0) for each in played]) * (1, 1, 0)
    return Moves(names, landmarks, around, pose.scale * opened @ pose.rotation.T)


def _played(mesh: CardMesh, interpreter: Interpreter, channels: dict[str, float]) -> PlayedMesh:
    return mesh.play(interpreter.read(MotionFrame(0, {**REST, **channels}, None)), may_cross=True)
