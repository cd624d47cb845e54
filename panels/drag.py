# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dragging in the sidebar of the image editor, and the sliders of kept expressions wherever the tab is."""

from math import dist

from ..bridge import starter
from ..bridge.channels import IMAGE, expression_channels
from ..bridge.drag_commands import arrival_distance
from ..bridge.drag_presets import PRESETS
from ..operators.drag_mask import PASTICHE_OT_drag_clear_mask, PASTICHE_OT_drag_paint_mask
from ..operators.drag_points import (
    PASTICHE_OT_drag_clear_points,
    PASTICHE_OT_drag_preset,
    PASTICHE_OT_drag_remove_point,
    card_in_sight,
)
from ..operators.drag_run import (
    PASTICHE_OT_drag_back,
    PASTICHE_OT_drag_reset,
    PASTICHE_OT_drag_run,
    PASTICHE_OT_drag_show,
)
from ..operators.drag_sample import PASTICHE_OT_drag_sample
from ..operators.drag_session import (
    PASTICHE_OT_card_from_network,
    PASTICHE_OT_card_from_starter,
    PASTICHE_OT_drag_close,
    PASTICHE_OT_drag_open,
)
from ..operators.invert import PASTICHE_OT_invert
from ..operators.keep_expression import PASTICHE_OT_keep_expression, PASTICHE_OT_remove_expression
from ..scene import cards
from ..scene.channels import data_path
from ..scene.drag import requests, session
from .card import CardPanel, InSidebar, in_every_space, split
from .drag_texts import quality_text
from .sentences import draw_sentence


class Drag(InSidebar):
    """Open a card for dragging, drag its points."""

    bl_label = "Drag"

    def draw(self, context):
        """Draw what can be done now."""
        card = card_in_sight(context)
        running = session.session_of(card) if card else None
        if running:
            self._draw_open(context, card, running)
            return
        if card:
            self._draw_closed(context, card)
        row = self.layout.row(align=True)
        row.operator(PASTICHE_OT_card_from_network.bl_idname, icon='FILE_NEW')
        if starter.FACES.is_file():
            row.operator(PASTICHE_OT_card_from_starter.bl_idname, icon='USER')

    def _draw_closed(self, context, card):
        layout, drag = self.layout, card.pastiche.drag
        layout.prop(drag, "network", text="", placeholder="Starter" if starter.FACES.is_file() else "Network")
        is_own = card.pastiche.image is not None and card.pastiche.image != drag.picture
        if is_own:
            self._draw_inversion(drag)
        elif not drag.use_latent:
            column = split(layout)
            column.prop(drag, "seed")
            column.prop(drag, "truncation")
        row = layout.row()
        row.scale_y = 1.4
        row.active = drag.is_inverted or not is_own
        row.operator(PASTICHE_OT_drag_open.bl_idname, icon='RESTRICT_SELECT_OFF')
        ended = session.current()
        missing = requests.missing_network(card)
        if missing:
            draw_sentence(layout.box(), context, missing, 'ERROR')
        elif ended and ended.card_uid == card.pastiche.uid and ended.error:
            draw_sentence(layout.box(), context, str(ended.error), 'ERROR')

    def _draw_inversion(self, drag):
        column = split(self.layout)
        column.prop(drag, "framing")
        column.prop(drag, "search_steps")
        column.prop(drag, "tuning_steps")
        column.prop(drag, "encoder")
        self.layout.operator(PASTICHE_OT_invert.bl_idname, icon='VIEWZOOM')
        if drag.is_inverted:
            self.layout.label(text=quality_text(drag), icon='CHECKMARK')

    def _draw_open(self, context, card, running):
        layout, drag = self.layout, card.pastiche.drag
        if running.standing is None:
            draw_sentence(layout, context, running.text, 'SORTTIME')
            layout.operator(PASTICHE_OT_drag_close.bl_idname, icon='CANCEL')
            return
        row = layout.row(align=True)
        row.scale_y = 1.5
        is_dragging = running.is_dragging
        row.operator(
            PASTICHE_OT_drag_run.bl_idname,
            text="Stop" if is_dragging else "Drag",
            icon='PAUSE' if is_dragging else 'PLAY',
            depress=is_dragging,
        )
        self._draw_history(drag, running)
        if running.refusal:
            draw_sentence(layout.box(), context, str(running.refusal), 'ERROR')
        self._draw_points(card, running)
        if drag.is_inverted:
            layout.prop(drag, "show_original")
        row = layout.row(align=True)
        row.operator(PASTICHE_OT_keep_expression.bl_idname, icon='ADD').as_animation = False
        row.operator(PASTICHE_OT_keep_expression.bl_idname, text="", icon='ANIM').as_animation = True
        layout.operator(PASTICHE_OT_drag_close.bl_idname, icon='CHECKMARK')

    def _draw_history(self, drag, running):
        column = self.layout.column(align=True)
        column.prop(drag, "strip", text=f"Step {running.standing.step}", slider=True)
        row = column.row(align=True)
        row.operator(PASTICHE_OT_drag_show.bl_idname, text="", icon='TRIA_LEFT').by = -1
        row.operator(PASTICHE_OT_drag_show.bl_idname, text="", icon='TRIA_RIGHT').by = 1
        row.operator(PASTICHE_OT_drag_back.bl_idname)
        row.operator(PASTICHE_OT_drag_reset.bl_idname, text="Reset")

    def _draw_points(self, card, running):
        drag = card.pastiche.drag
        if not drag.points:
            return
        box = self.layout.box()
        row = box.row()
        row.label(text="Points", icon='EMPTY_ARROWS')
        row.operator(PASTICHE_OT_drag_clear_points.bl_idname, text="", icon='TRASH', emboss=False)
        column = box.column(align=True)
        handles = running.handles(card)
        for index, point in enumerate(drag.points):
            row = column.row()
            at = handles[index] if index < len(handles) else point.handle
            left = dist(at, point.target)
            text = f"{left:.1f} px" if point.has_target else "Click its target"
            icon = 'RADIOBUT_ON' if index == drag.active_point else 'RADIOBUT_OFF'
            row.label(text=f"{index + 1}    {text}", icon=icon)
            if point.has_target and left <= arrival_distance(drag.picture.size[1]):
                row.label(text="", icon='CHECKMARK')
            row.operator(PASTICHE_OT_drag_remove_point.bl_idname, text="", icon='X', emboss=False).index = index


class OpenPanel(InSidebar):
    """A part that needs an open session."""

    bl_options = {'DEFAULT_CLOSED'}

    @classmethod
    def poll(cls, context):
        """Only while the card in sight is open for dragging."""
        card = card_in_sight(context)
        return card is not None and session.session_of(card) is not None


class DragPresets(OpenPanel):
    """Points for an emotion, placed with one click."""

    bl_label = "Drag Presets"
    bl_options = set()

    def draw(self, context):
        """Draw a button per preset."""
        drag = card_in_sight(context).pastiche.drag
        grid = self.layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for name in PRESETS:
            grid.operator(PASTICHE_OT_drag_preset.bl_idname, text=name.title()).preset = name
        column = split(self.layout)
        column.prop(drag, "strength")
        column.prop(drag, "snap")


class DragMask(OpenPanel):
    """Where the picture may move."""

    bl_label = "Drag Mask"

    def draw_header(self, context):
        """The switch."""
        self.layout.prop(card_in_sight(context).pastiche.drag, "use_mask", text="")

    def draw(self, context):
        """Draw the ways to make one."""
        drag = card_in_sight(context).pastiche.drag
        is_painting = drag.mask is not None and context.space_data.image == drag.mask
        row = self.layout.row(align=True)
        row.operator(
            PASTICHE_OT_drag_paint_mask.bl_idname,
            text="Back to the Picture" if is_painting else "Paint Mask",
            icon='BRUSH_DATA',
            depress=is_painting,
        )
        row.operator(PASTICHE_OT_drag_clear_mask.bl_idname, text="", icon='TRASH')
        text = "White may move, black is held." if is_painting else "Shift and drag: a lasso around what may move."
        draw_sentence(self.layout, context, text)
        split(self.layout).prop(drag, "mask_weight")


class DragOptions(OpenPanel):
    """How points are dragged, and which picture."""

    bl_label = "Drag Options"

    def draw(self, context):
        """Draw the numbers."""
        drag = card_in_sight(context).pastiche.drag
        column = split(self.layout)
        for name in ("step_size", "most_steps", "is_per_row"):
            column.prop(drag, name)
        column.separator()
        column.prop(drag, "truncation")
        column.label(text=f"Seed {drag.seed}")
        row = self.layout.row(align=True)
        row.operator(PASTICHE_OT_drag_sample.bl_idname, text="Random", icon='FILE_REFRESH')
        row.operator(PASTICHE_OT_drag_sample.bl_idname, text="Shape").rows = 'SHAPE'
        row.operator(PASTICHE_OT_drag_sample.bl_idname, text="Look").rows = 'LOOK'


class Expressions(CardPanel):
    """Kept drags as sliders."""

    bl_label = "Kept Expressions"
    bl_options = set()

    @classmethod
    def poll(cls, context):
        """Only with a card that has some."""
        card = cards.chosen_card(context)
        return card is not None and len(card.pastiche.drag.expressions) > 0

    def draw(self, context):
        """Draw two sliders per expression."""
        card = cards.chosen_card(context)
        missing = requests.missing_network(card)
        if missing:
            draw_sentence(self.layout.box(), context, missing, 'ERROR')
            self.layout.prop(card.pastiche.drag, "network", text="")
        for each in card.pastiche.drag.expressions:
            amount, path = (data_path(channel.name) for channel in expression_channels(each.name))
            column = self.layout.column(align=True)
            row = column.row(align=True)
            row.prop(card, amount, text=each.name, slider=True)
            row.operator(PASTICHE_OT_remove_expression.bl_idname, text="", icon='X').name = each.name
            column.prop(card, path, text="Along Its Way", slider=True)
        header, body = self.layout.panel("pastiche_image", default_closed=True)
        header.label(text="StyleGAN3 Picture")
        if body:
            column = body.column(align=True)
            for channel, text in zip(IMAGE, ("Move X", "Move Y", "Turn"), strict=True):
                if channel.name in card:
                    column.prop(card, data_path(channel.name), text=text)


classes = (
    *in_every_space(Expressions),
    *in_every_space(Drag, DragPresets, DragMask, DragOptions, spaces=('IMAGE_EDITOR',)),
)
