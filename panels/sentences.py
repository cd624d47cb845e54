# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences in a panel: Blender's labels do not wrap, so the words are laid out line by line."""

import blf

INTERFACE_FONT = 0
MARGIN = 80  # of tabs, panel, box and icon, in pixels of an interface of scale 1


def draw_sentence(layout, context, text: str, icon: str = 'NONE') -> None:
    """Draw a text over as many lines as the region needs."""
    scale = context.preferences.system.ui_scale
    blf.size(INTERFACE_FONT, context.preferences.ui_styles[0].widget.points * scale)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(wrapped(text, max(120, context.region.width - MARGIN * scale), _pixels)):
        column.label(text=line, icon=icon if number == 0 else ('BLANK1' if icon != 'NONE' else 'NONE'))


def wrapped(text: str, width: float, measure) -> list[str]:
    """The words of a text in lines no wider than `width` as `measure(line)` says; a longer word has its own line."""
    lines: list[str] = []
    for word in text.split():
        if lines and measure(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _pixels(line: str) -> float:
    return blf.dimensions(INTERFACE_FONT, line)[0]
