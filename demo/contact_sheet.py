# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures for people: driving frames above the frames they became, and a looping GIF of the two side by side."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

MARGIN = 8
PAPER = (245, 243, 238)
INK = (40, 40, 40)


def write_sheet(path: Path, rows: Sequence[tuple[str, Sequence[Image.Image]]], height: int = 320) -> None:
    """Write `rows` of (label, pictures) as one PNG; every picture is shown `height` pixels high."""
    scaled = [(label, [_to_height(picture, height) for picture in pictures]) for label, pictures in rows]
    widths = [max(column) for column in zip(*([p.width for p in pictures] for _, pictures in scaled), strict=True)]
    line = height + MARGIN + 18
    sheet = Image.new("RGB", (sum(widths) + MARGIN * (len(widths) + 1), line * len(scaled) + MARGIN), PAPER)
    draw = ImageDraw.Draw(sheet)
    for row, (label, pictures) in enumerate(scaled):
        top = row * line + 18
        draw.text((MARGIN, top - 14), label, INK)
        left = MARGIN
        for picture, width in zip(pictures, widths, strict=True):
            sheet.paste(picture, (left + (width - picture.width) // 2, top))
            left += width + MARGIN
    sheet.save(path)


def write_pair_gif(
    path: Path, left: Sequence[Image.Image], right: Sequence[Image.Image], fps: float, height: int
) -> None:
    """Write a looping GIF of two equally long sequences side by side, at `fps`, `height` pixels high."""
    frames = []
    for a, b in zip(left, right, strict=True):
        a, b = _to_height(a, height), _to_height(b, height)
        frame = Image.new("RGB", (a.width + MARGIN + b.width, height), PAPER)
        frame.paste(a, (0, 0))
        frame.paste(b, (a.width + MARGIN, 0))
        frames.append(frame)
    palette = frames[len(frames) // 2].quantize(255, method=Image.Quantize.MEDIANCUT)
    indexed = [frame.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for frame in frames]
    indexed[0].save(path, save_all=True, append_images=indexed[1:], duration=round(1000 / fps), loop=0, optimize=True)


def _to_height(picture: Image.Image, height: int) -> Image.Image:
    flat = Image.new("RGB", picture.size, PAPER)
    flat.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    return flat.resize((round(picture.width * height / picture.height), height), Image.Resampling.LANCZOS)
