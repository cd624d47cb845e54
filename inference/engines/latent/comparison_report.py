# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A comparison of drags as a table for people, one for programs, and a sheet of pictures."""

import csv
import io
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ....bridge.whole_file import write_whole
from ...media.pictures import encode_png
from .comparison import Outcome

COLUMNS = (
    "network", "way", "seed", "steps", "arrived", "distance_percent", "seconds_per_step", "psnr", "handle", "target",
)  # fmt: skip
MOST_ROWS = 10  # tasks on the sheet
CELL, GAP, HEAD = 192, 8, 26  # pixels
GROUND, INK, HANDLE, TARGET, HELD = (29, 29, 29), (224, 224, 224), (255, 92, 80), (80, 170, 255), (255, 255, 255)


def summary(outcomes: list[Outcome]) -> list[dict[str, str | int | float | None]]:
    """One row per network and way: means over its tasks; `psnr` None without masks."""
    rows = []
    for network, way in dict.fromkeys((outcome.network, outcome.way) for outcome in outcomes):
        own = [outcome for outcome in outcomes if (outcome.network, outcome.way) == (network, way)]
        psnr = [outcome.psnr for outcome in own if math.isfinite(outcome.psnr)]
        rows.append({
            "network": network, "way": way, "tasks": len(own), "arrived": sum(outcome.is_arrived for outcome in own),
            "distance_percent": round(float(np.mean([outcome.distance for outcome in own])), 3),
            "steps": round(float(np.mean([outcome.steps for outcome in own])), 1),
            "seconds_per_step": round(float(np.median([outcome.seconds_per_step for outcome in own])), 4),
            "psnr": round(float(np.mean(psnr)), 2) if psnr else None,
        })  # fmt: skip
    return rows


def write_report(folder: Path, outcomes: list[Outcome]) -> None:
    """`table.md`, `table.csv` (a row per task) and `sheet.png`. Raises StorageError."""
    write_whole(folder / "table.md", _table(outcomes).encode())
    write_whole(folder / "table.csv", _rows(outcomes).encode())
    write_whole(folder / "sheet.png", encode_png(sheet(outcomes)))


def sheet(outcomes: list[Outcome]) -> np.ndarray:
    """(H, W, 3): a row per task; for each network its start, with handle and target, and where each way led."""
    tasks = list(dict.fromkeys(outcome.task for outcome in outcomes))[:MOST_ROWS]
    columns = list(dict.fromkeys((outcome.network, outcome.way) for outcome in outcomes))
    networks = list(dict.fromkeys(network for network, _ in columns))
    width = (len(columns) + len(networks)) * (CELL + GAP) + GAP
    page = Image.new("RGB", (width, HEAD + GAP + len(tasks) * (CELL + GAP)), GROUND)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(13)
    left = GAP
    for network in networks:
        ways = [way for name, way in columns if name == network]
        for way in ("", *ways):
            title = way or network
            while title and draw.textlength(title, font) > CELL:
                title = title[:-1]
            draw.text((left, GAP), title, INK, font)
            for row, task in enumerate(tasks):
                found = [each for each in outcomes if each.network == network and each.task == task]
                own = next((each for each in found if each.way == way), None) if way else (found or [None])[0]
                if own:
                    page.paste(_cell(own, is_start=not way), (left, HEAD + GAP + row * (CELL + GAP)))
            left += CELL + GAP
    return np.asarray(page)


def _cell(outcome: Outcome, is_start: bool) -> Image.Image:
    pixels = outcome.start if is_start else outcome.end
    height, width = pixels.shape[:2]
    scale = CELL / max(height, width)
    cell = Image.new("RGB", (CELL, CELL), GROUND)
    size = (round(width * scale), round(height * scale))
    cell.paste(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    draw, task = ImageDraw.Draw(cell), outcome.task
    first, last = ((x * (size[0] - 1), y * (size[1] - 1)) for x, y in (task.handle, task.target))
    if is_start and task.radius:
        for center in (first, last):
            _ring(draw, center, task.radius * size[1], HELD, 1)
    handle = first if is_start else tuple((value + 0.5) * scale for value in outcome.handle)
    draw.line([handle, last], INK, 2)
    _dot(draw, last, TARGET)
    _dot(draw, handle, HANDLE)
    return cell


def _ring(draw: ImageDraw.ImageDraw, center: tuple[float, float], radius: float, color: tuple, width: int) -> None:
    x, y = center
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=color, width=width)


def _dot(draw: ImageDraw.ImageDraw, center: tuple[float, float], color: tuple[int, int, int]) -> None:
    x, y = center
    draw.ellipse((x - 4, y - 4, x + 4, y + 4), color, GROUND)


def _table(outcomes: list[Outcome]) -> str:
    lines = [
        "| network | way | distance left, % | arrived | steps | s/step | PSNR of what stays, dB |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in summary(outcomes):
        psnr = "" if row["psnr"] is None else f"{row['psnr']:.1f}"
        lines.append(
            f"| {row['network']} | {row['way']} | {row['distance_percent']:.2f} | {row['arrived']} of {row['tasks']} | "
            f"{row['steps']:.1f} | {row['seconds_per_step']:.3f} | {psnr} |"
        )
    return "\n".join(lines) + "\n"


def _rows(outcomes: list[Outcome]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for each in outcomes:
        places = [f"{x:.4f} {y:.4f}" for x, y in (each.task.handle, each.task.target)]
        numbers = [f"{value:.4f}" for value in (each.distance, each.seconds_per_step, each.psnr)]
        writer.writerow([each.network, each.way, each.task.seed, each.steps, int(each.is_arrived), *numbers, *places])
    return out.getvalue()
