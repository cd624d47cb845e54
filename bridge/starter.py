# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The starter pack: small networks of our own, shipped with Pastiche, so that every verb works without a download.

They are trained on rendered people alone (docs/starter.md) and are anybody's, CC0. What an artist or a request leaves
empty is filled in with them. Not for: published models (catalogue.py).
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "starter"
STYLES = FOLDER / "styles"  # style packs, of which PACK is one
PACK = STYLES / "starter"
FACES = PACK / "generator.safetensors"  # the StyleGAN2 in it draws faces, to be dragged
MOTION = FOLDER / "motion.safetensors"  # the First Order Motion Model
NAME = "starter"  # stands for PACK on the command line


def is_starter(path: Path | str) -> bool:
    """Whether a file or pack is one of these."""
    return FOLDER in Path(path).absolute().parents
