# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures side by side under their titles, so that an eye can judge what a loss cannot."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PAPER, INK = (250, 250, 248), (60, 60, 60)
GAP, LEAST_SIDE = 8, 96  # pixels


def draw_sheet(titles: Sequence[str], rows: Sequence[Sequence[NDArray[np.uint8]]]) -> NDArray[np.uint8]:
    """titles: one per column.   rows: of equally many (H, W, 3) uint8 RGB pictures, all of one size.

    (H, W, 3); small pictures are enlarged by a whole factor, pixel for pixel.
    """
    height, width = rows[0][0].shape[:2]
    factor = max(1, -(-LEAST_SIDE // width))
    font = ImageFont.load_default(max(11, min(22, factor * width // 9)))
    head = font.size + 2 * GAP
    size = (GAP + len(titles) * (factor * width + GAP), head + len(rows) * (factor * height + GAP))
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    for column, title in enumerate(titles):
        left = GAP + column * (factor * width + GAP)
        draw.text((left + factor * width / 2, head / 2), title, INK, font, anchor="mm")
        for row, pictures in enumerate(rows):
            picture = Image.fromarray(pictures[column]).resize((factor * width, factor * height), Image.NEAREST)
            sheet.paste(picture, (left, head + row * (factor * height + GAP)))
    return np.asarray(sheet)
