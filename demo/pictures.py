# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's results for people: a contact sheet and a GIF, footage and card side by side."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from ..inference.media.footage import Footage
from .contact_sheet import write_pair_gif, write_sheet

COLUMNS = 7
GIF_SECONDS = 5.0
GIF_FPS = 12.5


def write_pictures(card: Path, footage: Path, frames: Sequence[Path], out: Path) -> dict[str, Path]:
    """Write `contact_sheet.png` and `driven_card.gif` into `out`; returns them by name.

    frames: the card's frames, one per footage frame of the same rate.
    """
    film = Footage.open(footage)
    fps = float(film.fps)
    count = min(len(frames), int(GIF_SECONDS * fps))
    columns = [int(i) for i in np.linspace(0, len(frames) - 1, COLUMNS)]
    played = [int(i) for i in np.arange(0, count, fps / GIF_FPS)]
    wanted = set(columns) | set(played)
    seen = {}
    for index, (_, picture) in enumerate(film.frames()):
        if index in wanted:
            seen[index] = Image.fromarray(picture)
    last = max(seen)
    driving = {index: seen.get(index, seen[last]) for index in wanted}
    driven = {index: Image.open(frames[index]).copy() for index in wanted}
    sheet, gif = out / "contact_sheet.png", out / "driven_card.gif"
    source = Image.open(card).convert("RGBA")
    write_sheet(
        sheet,
        [
            ("the card's picture, and driving frames", [source, *(driving[i] for i in columns)]),
            ("the picture, driven by them", [source, *(driven[i] for i in columns)]),
        ],
    )
    write_pair_gif(gif, [driving[i] for i in played], [driven[i] for i in played], GIF_FPS, height=200)
    return {"sheet": sheet, "gif": gif}
