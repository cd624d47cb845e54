# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar tab `Pastiche`, the same in 3D view, image editor and sequencer."""

import bpy

from ..operators.apply_recipe import PASTICHE_OT_apply_recipe, PASTICHE_OT_copy_recipe
from ..operators.bake_mesh import PASTICHE_OT_bake_mesh
from ..operators.capture import PASTICHE_OT_capture, active_movie_strip
from ..operators.card_from_image import PASTICHE_OT_card_from_image
from ..operators.choose_weights import PASTICHE_OT_choose_weights, PASTICHE_OT_find_weights
from ..operators.drive import PASTICHE_OT_drive
from ..operators.drive_rig import PASTICHE_OT_drive_rig
from ..operators.export_loop import PASTICHE_OT_export_loop
from ..operators.live import PASTICHE_OT_live
from ..operators.live_link_face import PASTICHE_OT_export_face_csv, PASTICHE_OT_import_face_csv
from ..operators.move_face import PASTICHE_OT_place_on_picture, PASTICHE_OT_refine_face
from ..operators.open_places import PASTICHE_OT_open_folder, PASTICHE_OT_open_preferences
from ..operators.place_face import PASTICHE_OT_forget_face, PASTICHE_OT_place_face
from ..operators.record import PASTICHE_OT_record, PASTICHE_OT_stop_recording, recording_of
from ..operators.render import PASTICHE_OT_render
from ..operators.render_again import PASTICHE_OT_render_again
from ..operators.select_card import PASTICHE_OT_select_card
from ..operators.show_as_painted import PASTICHE_OT_show_as_painted, shows_as_painted
from ..operators.show_recipe import PASTICHE_OT_show_recipe
from ..scene import cards, jobs, requests
from ..scene.engine_settings import has_starter, lacks_weights, settings_of
from ..scene.live_mesh import has_live_mesh
from ..scene.placement import face_points, is_refined
from .card_list import draw_cards
from .channels import draw_channels, draw_takes
from .poses import draw_poses
from .progress import draw_outcome, draw_progress
from .sentences import draw_sentence

SPACES = ('VIEW_3D', 'IMAGE_EDITOR', 'SEQUENCE_EDITOR')


class InSidebar:
    """Where all our panels are."""

    bl_region_type = 'UI'
    bl_category = "Pastiche"
    bl_translation_context = "Pastiche"  # Blender's own "Face" is that of a mesh


class CardPanel(InSidebar):
    """A part of the tab that needs a card."""

    bl_options = {'DEFAULT_CLOSED'}

    @classmethod
    def poll(cls, context):
        """Only with a card."""
        return cards.chosen_card(context) is not None


class Main(InSidebar):
    """Choose or make a card, choose its footage, drive it."""

    bl_label = "Pastiche"

    def draw_header_preset(self, _context):
        """The way to the preferences."""
        self.layout.operator(PASTICHE_OT_open_preferences.bl_idname, text="", icon='PREFERENCES', emboss=False)

    def draw(self, context):
        """Draw from top to bottom what is done from first to last."""
        layout = self.layout
        card = cards.chosen_card(context)
        row = layout.row(align=True)
        if card or cards.cards_of(context.scene):
            row.menu(PASTICHE_MT_cards.bl_idname, text=card.name if card else "Choose a Card", icon='IMAGE_PLANE')
            row.operator(PASTICHE_OT_card_from_image.bl_idname, text="", icon='ADD')
        else:
            row.scale_y = 1.4
            row.operator(PASTICHE_OT_card_from_image.bl_idname, icon='IMAGE_PLANE')
        if card:
            self._draw_card(context, card)
        draw_progress(layout, context)
        if card:
            draw_outcome(layout, context, card)
        if jobs.notice:
            draw_sentence(layout.box(), context, jobs.notice, 'INFO')

    def _draw_card(self, context, card):
        layout, settings = self.layout, card.pastiche
        column = layout.column()
        column.prop(settings, "image", text="")
        if has_live_mesh(card):
            column.row(align=True).prop(settings, "shown", expand=True)
        else:
            column.operator(PASTICHE_OT_live.bl_idname, icon='OUTLINER_OB_MESH')
        strip = active_movie_strip(context)
        if strip:
            column.label(text=strip.name, icon='FILE_MOVIE')
        else:
            row = column.row(align=True)
            row.prop(settings, "footage", text="", placeholder="Footage", icon='FILE_MOVIE')
            row.operator(PASTICHE_OT_record.bl_idname, text="", icon='OUTLINER_OB_CAMERA')
        if recording_of(card):
            column.operator(PASTICHE_OT_stop_recording.bl_idname, icon='SNAP_FACE')
        column = layout.column(align=True)
        row = column.row(align=True)
        row.scale_y = 1.5
        row.operator(PASTICHE_OT_drive.bl_idname, icon='PLAY')
        row = column.row(align=True)
        row.operator(PASTICHE_OT_capture.bl_idname, icon='REC')
        row.operator(PASTICHE_OT_render.bl_idname, text="Render", icon='RENDER_ANIMATION')
        if settings.recipe:
            column.operator(PASTICHE_OT_export_loop.bl_idname, icon='EXPORT')
        if not shows_as_painted(context):
            layout.operator(PASTICHE_OT_show_as_painted.bl_idname, icon='COLOR')


class Cards(CardPanel):
    """The cards of the scene, when there are several."""

    bl_label = "Cards"

    @classmethod
    def poll(cls, context):
        """Only with a choice."""
        return len(cards.cards_of(context.scene)) > 1

    def draw(self, context):
        """Draw the list."""
        draw_cards(self.layout, context)


class Capturing(CardPanel):
    """How footage becomes keys."""

    bl_label = "Capture"

    def draw(self, context):
        """Draw what is asked of the footage."""
        column, settings = split(self.layout), cards.chosen_card(context).pastiche
        column.prop(settings, "start_frame")
        column.prop(settings, "smoothing")
        column.prop(settings, "footage_face", text="Face")
        column.prop(settings, "mirror")
        column.prop(settings, "lock_head")
        row = column.row()
        row.active = not settings.lock_head
        row.prop(settings, "lock_scale")
        row = column.row(heading="Neutral")
        row.prop(settings, "use_neutral", text="")
        row = row.row()
        row.active = settings.use_neutral
        row.prop(settings, "neutral_frame", text="")
        column.prop(settings, "detail")
        self.layout.operator(PASTICHE_OT_capture.bl_idname, text="Capture to NLA Track", icon='NLA').in_track = True


class Rendering(CardPanel):
    """How keys become frames."""

    bl_label = "Render"

    def draw(self, context):
        """Draw engine, range and output."""
        card = cards.chosen_card(context)
        column, settings = split(self.layout), card.pastiche
        column.prop(settings, "engine")
        if hasattr(settings, settings.engine):
            self._draw_engine(context, column, getattr(settings, settings.engine))
        column.separator()
        column.prop(settings, "use_range")
        if settings.use_range:
            column.prop(settings, "first")
            column.prop(settings, "last")
        else:
            first, last = requests.render_range(card, context.scene)
            row = column.split(factor=0.4)
            row.label()
            row.label(text=f"Frames {first} to {last}")
        column.prop(settings, "use_strips")
        column.prop(settings, "use_film")
        if hasattr(settings, settings.engine):
            self._draw_advanced(settings.engine, getattr(settings, settings.engine))

    def _draw_engine(self, context, column, group):
        if lacks_weights(group) or has_starter(group):
            box = column.box()
            text = "Starter weights: small. Better ones:" if has_starter(group) else "Its weights are not chosen."
            draw_sentence(box, context, text, 'INFO')
            row = box.row(align=True)
            row.operator(PASTICHE_OT_choose_weights.bl_idname, icon='FILEBROWSER')
            row.operator(PASTICHE_OT_find_weights.bl_idname, text="", icon='URL')
        for name in settings_of(group, is_advanced=False):
            column.prop(group, name)

    def _draw_advanced(self, engine, group):
        names = settings_of(group, is_advanced=True)
        if names:
            header, body = self.layout.panel(f"pastiche_{engine}_advanced", default_closed=True)
            header.label(text="Advanced")
            if body:
                column = split(body)
                for name in names:
                    column.prop(group, name)


class Face(CardPanel):
    """Which face of the picture is driven, and where it is when none is found."""

    bl_label = "Face"

    def draw(self, context):
        """Draw the number, or the way to place it."""
        card = cards.chosen_card(context)
        layout, is_placed = self.layout, bool(face_points(card))
        if is_placed:
            draw_sentence(layout, context, "Move the five points onto eyes, nose tip and mouth corners.", 'INFO')
        else:
            split(layout).prop(card.pastiche, "portrait_face", text="Face")
        column = layout.column(align=True)
        if context.space_data.type == 'IMAGE_EDITOR':
            column.operator(PASTICHE_OT_place_on_picture.bl_idname, icon='EMPTY_AXIS')
        elif not is_placed:
            column.operator(PASTICHE_OT_place_face.bl_idname, icon='EMPTY_AXIS')
        if is_placed and not is_refined(card):
            column.operator(PASTICHE_OT_refine_face.bl_idname, icon='HIDE_OFF')
        if is_placed:
            column.operator(PASTICHE_OT_forget_face.bl_idname, icon='VIEWZOOM')
        if has_live_mesh(card):
            column.operator(PASTICHE_OT_live.bl_idname, text="Update Live Card", icon='FILE_REFRESH')
            split(layout).prop(card.pastiche, "relief")


class Channels(CardPanel):
    """Every channel as a slider, in groups."""

    bl_label = "Channels"

    def draw(self, context):
        """Draw one foldable part per group."""
        draw_channels(self.layout, cards.chosen_card(context))


class Takes(CardPanel):
    """What played the card and can play it again."""

    bl_label = "Takes"

    def draw(self, context):
        """Draw the list, the strips, and edits of keys."""
        draw_takes(self.layout, cards.chosen_card(context))


class Exchange(CardPanel):
    """Takes from elsewhere, and takes for elsewhere."""

    bl_label = "Exchange"

    def draw(self, context):
        """Draw what comes in and what goes out."""
        column = self.layout.column(align=True)
        column.operator(PASTICHE_OT_import_face_csv.bl_idname, icon='IMPORT')
        column.operator(PASTICHE_OT_export_face_csv.bl_idname, icon='EXPORT')
        column = self.layout.column(align=True)
        column.operator(PASTICHE_OT_drive_rig.bl_idname, icon='DRIVER')
        column.operator(PASTICHE_OT_bake_mesh.bl_idname, icon='MESH_DATA')


class Poses(CardPanel):
    """What a face does, at a click."""

    bl_label = "Poses"

    def draw(self, context):
        """Draw the library."""
        draw_poses(self.layout, context)


class Recipe(CardPanel):
    """What made the frames, and making them again."""

    bl_label = "Recipe"

    def draw(self, context):
        """Draw what there is and what can be done with it."""
        layout, settings = self.layout, cards.chosen_card(context).pastiche
        if settings.recipe:
            layout.label(text=f"Shows frames {settings.rendered_first} to {settings.rendered_last}")
        column = layout.column(align=True)
        column.enabled = bool(settings.recipe)
        column.operator(PASTICHE_OT_render_again.bl_idname, icon='FILE_REFRESH')
        row = column.row(align=True)
        row.operator(PASTICHE_OT_show_recipe.bl_idname, icon='TEXT')
        row.operator(PASTICHE_OT_copy_recipe.bl_idname, text="", icon='COPYDOWN')
        column.operator(PASTICHE_OT_apply_recipe.bl_idname, icon='PASTEDOWN')
        layout.operator(PASTICHE_OT_open_folder.bl_idname, icon='FILE_FOLDER')


class PASTICHE_MT_cards(bpy.types.Menu):
    """The cards of the scene"""

    bl_idname = "PASTICHE_MT_cards"
    bl_label = "Cards"

    def draw(self, context):
        """One line per card."""
        for card in cards.cards_of(context.scene):
            self.layout.operator(PASTICHE_OT_select_card.bl_idname, text=card.name, icon='IMAGE_PLANE').card = card.name


def split(layout):
    """A column with names left and values right."""
    layout.use_property_split = True
    layout.use_property_decorate = False
    return layout.column()


def in_every_space(*parts: type, spaces: tuple[str, ...] = SPACES) -> tuple:
    """The panels, once per space: Blender ties a panel's class to one."""
    made = []
    for space in spaces:
        parent = f"PASTICHE_PT_main_{space.lower()}"
        for part in parts:
            name = f"PASTICHE_PT_{part.__name__.lower()}_{space.lower()}"
            data = {"__doc__": part.__doc__, "bl_idname": name, "bl_space_type": space}
            if part is not Main:
                data["bl_parent_id"] = parent
            made.append(type(name, (part, bpy.types.Panel), data))
    return tuple(made)


classes = (
    PASTICHE_MT_cards,
    *in_every_space(Main, Cards, Capturing, Rendering, Face, Channels, Takes, Poses, Exchange, Recipe),
)
