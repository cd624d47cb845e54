# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every engine can do, and how one is opened by the name a request gives.

An engine is opened once per job, gets its source once and then frames in any order; the same frame gives the same
pixels, up to rounding, whatever came before. Not for: finding faces (portrait.py), reading motion (motion/take.py),
writing frames.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from ...bridge.errors import InputError
from ..motion.take import MotionFrame
from ..portrait import Portrait
from ..torch_needed import importing_torch


class Engine(Protocol):
    """name, version: as the recipe records them; a new version means other pixels.

    warnings: what the artist should know about the source and the frames so far, a sentence each; it may grow.
    An engine that reads the footage itself also has `prepare(take, on_progress)`, called after `set_source`: it may
    take a while, and `on_progress(done, total)` may raise to stop it. An engine not on the processor has a `device`.
    One that plays any picture has `needs_face` False: its portrait comes without landmarks. One with settings that name
    files, or that change how fast a frame is made but not the frame, has `inputs`: plain data that stands for its
    settings, files by hash. One that is faster with several frames at a time has `render_many(frames)` and `batch`, how
    many it would like.
    """

    name: str
    version: str
    warnings: list[str]

    def set_source(self, portrait: Portrait) -> None:
        """Prepare a source; replaces the one before."""

    def render(self, frame: MotionFrame) -> NDArray:
        """The frame: (H, W, 4) RGBA, sRGB, straight alpha, the source's size and dtype. A new array each time."""


def _mesh(settings: Mapping[str, Any]) -> Engine:
    from .mesh import MeshEngine

    return MeshEngine(settings)


def _fomm(settings: Mapping[str, Any]) -> Engine:
    with importing_torch("The engine fomm"):
        from .fomm import FommEngine
    return FommEngine(settings)


def _latent(settings: Mapping[str, Any]) -> Engine:
    with importing_torch("The engine latent"):
        from .latent.latent_engine import LatentEngine
    return LatentEngine(settings)


_Opener = Callable[[Mapping[str, Any]], Engine]
# imported when opened: some need torch
_ENGINES: dict[str, _Opener] = {"mesh": _mesh, "fomm": _fomm, "latent": _latent}


def open_engine(name: str, settings: Mapping[str, Any]) -> Engine:
    """The engine of that name. Raises InputError for an unknown engine or setting."""
    if name not in _ENGINES:
        raise InputError(f"There is no engine {name!r}.", f"Choose one of: {', '.join(_ENGINES)}.")
    return _ENGINES[name](settings)
