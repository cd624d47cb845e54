# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences in a panel: Blender's labels do not wrap, so the words are laid out line by line, translated before."""

import blf
import bpy

INTERFACE_FONT = 0
MARGIN = 80  # of tabs, panel, box and icon, in pixels of an interface of scale 1


def draw_sentence(layout, context, text: str, icon: str = 'NONE') -> None:
    """Draw a text over as many lines as the region needs."""
    scale = context.preferences.system.ui_scale
    blf.size(INTERFACE_FONT, context.preferences.ui_styles[0].widget.points * scale)
    column = layout.column(align=True)
    column.scale_y = 0.8
    text = bpy.app.translations.pgettext_iface(text)
    for number, line in enumerate(wrapped(text, max(120, context.region.width - MARGIN * scale), _pixels)):
        shown = icon if number == 0 else ('BLANK1' if icon != 'NONE' else 'NONE')
        column.label(text=line, icon=shown, translate=False)


def wrapped(text: str, width: float, measure) -> list[str]:
    """The words of a text in lines no wider than `width` as `measure(line)` says; a longer word is broken.

    Japanese sentences and paths are such words: they have no spaces.
    """
    lines: list[str] = []
    for word in text.split():
        if lines and measure(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines += _broken(word, width, measure)
    return lines


def _broken(word: str, width: float, measure) -> list[str]:
    """A word in pieces no wider than `width`, each of one letter at least."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and measure(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _pixels(line: str) -> float:
    return blf.dimensions(INTERFACE_FONT, line)[0]
