# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style in hand: which, which exemplar, how much of it, and what it is put on."""

from pathlib import Path

import bpy

from ..bridge import starter
from ..bridge.catalogue import MODELS
from ..bridge.errors import InputError
from ..bridge.requests import StyledFace
from ..operators.add_style import PASTICHE_OT_add_style, PASTICHE_OT_find_styles
from ..operators.compare import PASTICHE_OT_compare, other_side
from ..operators.get_model import PASTICHE_OT_cancel_model, PASTICHE_OT_get_model, is_downloadable
from ..operators.style_assets import PASTICHE_OT_style_assets
from ..operators.stylize import PASTICHE_OT_leave_face, PASTICHE_OT_stylize, in_sight, strip_in_context
from ..operators.wear_style import PASTICHE_OT_take_style_off, PASTICHE_OT_wear_style
from ..scene import cards, compat, jobs, model_download, style_packs, styled_image
from ..scene.look_settings import color_layers
from .card import in_every_space, split
from .sentences import draw_sentence


class Style:
    """Choose a style, choose how much, stylize."""

    bl_region_type = 'UI'
    bl_category = "Pastiche"
    bl_label = "Style"
    bl_options = {'DEFAULT_CLOSED'}

    def draw(self, context):
        """Draw the choice, the two sliders, and the button."""
        layout = self.layout
        scene = compat.sequencer_scene(context) if strip_in_context(context) else context.scene
        look, pack = scene.pastiche_look, style_packs.packs().get(scene.pastiche_look.style)
        row = layout.row(align=True)
        row.prop(look, "style", text="")
        row.operator(PASTICHE_OT_add_style.bl_idname, text="", icon='ADD')
        row.operator(PASTICHE_OT_find_styles.bl_idname, text="", icon='FILE_REFRESH')
        row.menu(PASTICHE_MT_models.bl_idname, text="", icon='URL')
        row.operator(PASTICHE_OT_style_assets.bl_idname, text="", icon='ASSET_MANAGER')
        if pack is None:
            draw_sentence(layout, context, "Add a style pack, or the files that a style's authors publish.", 'INFO')
            _draw_outcome(layout, context)
            return
        if starter.is_starter(pack.folder):
            draw_sentence(layout, context, "Starter: small, at 256 pixels. The globe shows larger styles.", 'INFO')
        if pack.facts.noncommercial:
            draw_sentence(layout, context, f"Non-commercial: {pack.facts.license or 'see its authors'}", 'INFO')
        self._draw_exemplar(layout, look)
        self._draw_amount(layout, look, pack)
        self._draw_more(layout, look)
        self._draw_faces(layout, context, look)
        self._draw_buttons(layout, context)
        _draw_outcome(layout, context)

    def _draw_exemplar(self, layout, look):
        column = layout.column()
        row = column.row()
        row.active = not look.use_random
        row.template_icon_view(look, "exemplar", show_labels=True, scale=6.0)
        if look.use_second and not look.use_random:
            row.template_icon_view(look, "second", show_labels=True, scale=6.0)
        row = column.row(align=True)
        row.prop(look, "exemplar", text="")
        row.prop(look, "use_second", text="", icon='ADD', toggle=True)
        if look.use_second and not look.use_random:
            row.prop(look, "second", text="")
            column.prop(look, "mix", slider=True)
        row = column.row(align=True)
        row.prop(look, "use_random")
        if look.use_random:
            row.prop(look, "random_seed", text="Seed")

    def _draw_amount(self, layout, look, pack):
        column = layout.column(align=True)
        column.prop(look, "structure", slider=True)
        column.prop(look, "color", slider=True)
        layout.prop(look, "keep_color")
        header, body = layout.panel("pastiche_style_layers", default_closed=True)
        header.label(text="Layers")
        if body:
            row = body.row()
            column = row.column(align=True)
            column.label(text="Structure")
            for index in range(len(look.structure_layers)):
                column.prop(look, "structure_layers", index=index, text=str(index + 1), slider=True)
            column = row.column(align=True)
            column.label(text="Color")
            for index in range(color_layers(pack)):
                text = str(index + 1 + len(look.structure_layers))
                column.prop(look, "color_layers", index=index, text=text, slider=True)

    def _draw_more(self, layout, look):
        header, body = layout.panel("pastiche_style_more", default_closed=True)
        header.label(text="More")
        if body:
            column = split(body)
            column.prop(look, "truncation", slider=True)
            column.prop(look, "surroundings")
            column.prop(look, "matting")
            row = column.row(heading="Grain Seed")
            row.prop(look, "use_grain", text="")
            row = row.row()
            row.active = look.use_grain
            row.prop(look, "grain_seed", text="")
            column.prop(look, "live")

    def _draw_faces(self, layout, context, look):
        """Which face is in hand, and of a picture of several those that wear a style."""
        column = layout.column(align=True)
        split(column).prop(look, "face")
        faces = _styled_faces(context)
        for each in faces if len(faces) > 1 or any(face.face != look.face for face in faces) else ():
            row = column.row(align=True)
            icon = 'RADIOBUT_ON' if each.face == look.face else 'RADIOBUT_OFF'
            row.label(text=f"{each.face}: {Path(each.styling.style).name}, {each.styling.look.exemplar}", icon=icon)
            if len(faces) > 1:
                row.operator(PASTICHE_OT_leave_face.bl_idname, text="", icon='X', emboss=False).face = each.face

    def _draw_buttons(self, layout, context):
        row = layout.row(align=True)
        row.scale_y = 1.4
        row.operator(PASTICHE_OT_stylize.bl_idname, icon='BRUSH_DATA')
        space = context.space_data
        if space.type == 'IMAGE_EDITOR' and other_side(space.image):
            is_after = styled_image.original_of(space.image) != space.image
            row.operator(PASTICHE_OT_compare.bl_idname, text="", icon='HIDE_OFF' if is_after else 'HIDE_ON')
        card = cards.chosen_card(context)
        if card and space.type != 'IMAGE_EDITOR':
            row = layout.row(align=True)
            row.operator(PASTICHE_OT_wear_style.bl_idname, icon='USER')
            if card.pastiche.styling:
                row.operator(PASTICHE_OT_take_style_off.bl_idname, text="", icon='X')


def _styled_faces(context) -> list[StyledFace]:
    """Those of the image in sight."""
    if strip_in_context(context):
        return []
    try:
        return styled_image.faces_of(in_sight(context)[0])
    except InputError:  # drawing is no place to complain: the operator will
        return []


def _draw_outcome(layout, context) -> None:
    """The model on its way, and the error of the latest job that was no card's."""
    coming = model_download.latest
    if coming and coming.is_running:
        row = layout.box().row()
        share = coming.done / coming.total if coming.total else 0.0
        row.progress(factor=share, text=f"{coming.model.label}, {coming.done / 1e6:.0f} MB")
        row.operator(PASTICHE_OT_cancel_model.bl_idname, text="", icon='CANCEL', emboss=False)
    elif coming and (coming.error or coming.warnings):
        draw_sentence(layout.box(), context, str(coming.error or coming.warnings[0]), 'ERROR')
    job = jobs.latest_of(("image ", "strip ", "styles"))
    if job and job.error and not job.is_open:
        draw_sentence(layout.box(), context, str(job.error), 'ERROR')
    for text in job.warnings if job and not job.is_open else ():
        draw_sentence(layout.box(), context, text, 'INFO')


class PASTICHE_MT_models(bpy.types.Menu):
    """Where the authors of published styles offer them"""

    bl_idname = "PASTICHE_MT_models"
    bl_label = "Published Styles"

    def draw(self, _context):
        """One line per model of the catalogue."""
        for model in MODELS.values():
            size = sum(file.megabytes for file in model.files)
            text, icon = f"{model.label}, about {size} MB", 'IMPORT' if is_downloadable(model) else 'URL'
            self.layout.operator(PASTICHE_OT_get_model.bl_idname, text=text, icon=icon).model = model.name


classes = (PASTICHE_MT_models, *in_every_space(Style))
