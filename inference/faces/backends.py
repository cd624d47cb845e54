# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which program finds faces and fits their landmarks: MediaPipe's networks, or the optional face-alignment package."""

from ...bridge.errors import InputError
from .face_alignment_backend import FaceAlignmentBackend
from .landmarks import FaceBackend, MediaPipeBackend

BACKENDS = {"mediapipe": MediaPipeBackend, "face-alignment": FaceAlignmentBackend}


def make_backend(name: str) -> FaceBackend:
    """A backend, ready to run; one per thread. Raises InputError for an unknown name, RuntimeMissingError."""
    if name not in BACKENDS:
        raise InputError(f"There is no face backend {name[:40]!r}.", f"Choose one of {', '.join(BACKENDS)}.")
    return BACKENDS[name]()
