# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cards of the scene with their pictures, and how each of them is."""

from ..operators.select_card import PASTICHE_OT_select_card
from ..scene import cards, jobs, keyframes


def draw_cards(layout, context) -> None:
    """One row per card: its picture, its name to choose it, its state."""
    chosen = cards.chosen_card(context)
    column = layout.column(align=True)
    for card in cards.cards_of(context.scene):
        row = column.row(align=True)
        image = card.pastiche.image
        if image:
            row.template_icon(icon_value=image.preview_ensure().icon_id, scale=2.0)
        texts = row.column(align=True)
        button = texts.operator(PASTICHE_OT_select_card.bl_idname, text=card.name, depress=card == chosen)
        button.card = card.name
        text, icon = state_of(card)
        texts.label(text=text, icon=icon)


def state_of(card) -> tuple[str, str]:
    """How a card is, as words and icon."""
    settings = card.pastiche
    job = jobs.last_job(settings.uid)
    if job and job.is_open:
        return (f"{job.done} of {job.total} {job.unit}" if job.total else job.text or "Starting"), 'SORTTIME'
    if job and job.error:
        return "Stopped by an error", 'ERROR'
    if settings.rendered_last >= settings.rendered_first and settings.recipe:
        return f"Frames {settings.rendered_first} to {settings.rendered_last}", 'CHECKMARK'
    if keyframes.captured_range(card):
        return "Keyed, not rendered", 'KEYFRAME'
    return "Not driven yet", 'DOT'
