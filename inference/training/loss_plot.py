# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The losses of a training as small curves, one panel each: they differ in scale, and all matter."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PANEL, GAP, HEAD = (360, 200), 16, 40  # pixels; the panel with its labels
MARGIN = (58, 30, 14, 24)  # of a panel: left, top, right, bottom
FINER = 2  # drawn larger and reduced, for smooth lines
MOST_POINTS = 600  # per curve
PAPER, INK, GRID, RAW, CURVE = (250, 250, 248), (60, 60, 60), (226, 226, 222), (187, 205, 226), (38, 92, 160)


def draw_losses(lines: Sequence[dict[str, Any]], title: str) -> NDArray[np.uint8]:
    """lines: {"step": number, "losses": {name: value}}, at least one.   (H, W, 3) uint8 RGB.

    Pale: every step, or the mean of neighbors where there are many.   Dark: the trend.   A loss that falls by more than
    a factor of ten gets a logarithmic axis.
    """
    names = list(dict.fromkeys(name for line in lines for name in line["losses"]))
    columns = min(len(names), max(1, math.ceil(math.sqrt(len(names)))))
    rows = math.ceil(len(names) / columns)
    width, height = GAP + columns * (PANEL[0] + GAP), HEAD + rows * (PANEL[1] + GAP)
    plot = Image.new("RGB", (FINER * width, FINER * height), PAPER)
    draw = ImageDraw.Draw(plot)
    draw.text((FINER * GAP, FINER * HEAD / 2), title, INK, _font(16), anchor="lm")
    for index, name in enumerate(names):
        left, top = GAP + index % columns * (PANEL[0] + GAP), HEAD + index // columns * (PANEL[1] + GAP)
        points = [(line["step"], line["losses"][name]) for line in lines if name in line["losses"]]
        _draw_panel(draw, FINER * left, FINER * top, name, np.array(points, np.float64))
    return np.asarray(plot.resize((width, height), Image.LANCZOS))


def _draw_panel(draw: ImageDraw.ImageDraw, left: float, top: float, name: str, points: NDArray[np.float64]) -> None:
    steps, values = _thinned(points).T
    is_logarithmic = values.min() > 0 and values.max() > 10 * values.min()
    shown = np.log10(values) if is_logarithmic else values
    low, high = float(shown.min()), float(shown.max())
    room = 0.06 * (high - low) or 0.5 * abs(high) or 0.5
    low, high = low - room, high + room
    x0, y0 = left + FINER * MARGIN[0], top + FINER * MARGIN[1]
    x1, y1 = left + FINER * (PANEL[0] - MARGIN[2]), top + FINER * (PANEL[1] - MARGIN[3])

    def place(step: NDArray, value: NDArray) -> list[tuple[float, float]]:
        x = x0 + (step - steps[0]) / max(steps[-1] - steps[0], 1) * (x1 - x0)
        y = y1 - (value - low) / (high - low) * (y1 - y0)
        return list(zip(x.tolist(), y.tolist(), strict=True))

    draw.text((x0, top + FINER * 12), name, INK, _font(13), anchor="lm")
    draw.text((x1, top + FINER * 12), f"{values[-1]:.4g}", CURVE, _font(13), anchor="rm")
    for tick in _ticks(low, high):
        ((_, y),) = place(steps[:1], np.array([tick]))
        draw.line((x0, y, x1, y), GRID, FINER)
        label = f"{10**tick if is_logarithmic else tick:.3g}"
        draw.text((x0 - FINER * 6, y), label, INK, _font(11), anchor="rm")
    for step, anchor in ((points[0, 0], "la"), (points[-1, 0], "ra")):
        draw.text((x0 if anchor == "la" else x1, y1 + FINER * 6), f"{step:,.0f}", INK, _font(11), anchor=anchor)
    if len(steps) > 1:
        draw.line(place(steps, shown), RAW, FINER, joint="curve")
        draw.line(place(steps, _trend(shown)), CURVE, 2 * FINER, joint="curve")


def _thinned(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of neighbors, MOST_POINTS at most."""
    parts = np.array_split(points, min(len(points), MOST_POINTS))
    return np.array([part.mean(axis=0) for part in parts])


def _trend(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A running mean with a Gaussian window, the ends held."""
    sigma = max(len(values) / 40, 0.5)
    reach = math.ceil(3 * sigma)
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    held = np.pad(values, reach, mode="edge")
    return np.convolve(held, window / window.sum(), mode="valid")


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round values between."""
    step = 10 ** math.floor(math.log10((high - low) / 3))
    step = next(step * factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 6)
    return [float(tick * step) for tick in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(FINER * size)
