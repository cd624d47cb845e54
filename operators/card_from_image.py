# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a card from a picture: a file, the image being looked at, the active material's image, or an image strip."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty
from mathutils import Matrix, Vector

from ..bridge.errors import InputError, PasticheError
from ..scene import cards, compat, images, jobs, portrait, storage, ticking, viewports
from .live import live
from .reporting import Reporting

PLACES = (
    ('FRONT', "Front View", "Upright at the 3D cursor, facing the front view"),
    ('CAMERA', "Camera", "Facing the scene's camera and filling its view, as far away as the 3D cursor"),
)


def card_from_image(context, image, place: str = 'FRONT', height: float = 2.0):
    """Make a card of an image datablock, select it and keep its pixels in the card's folder; returns the object.

    place: an identifier of PLACES.   height: in scene units, for 'FRONT'. Raises InputError and StorageError.
    """
    pixels = images.read_pixels(image)
    size = (pixels.shape[1], pixels.shape[0])
    scene, matrix = context.scene, Matrix.Translation(context.scene.cursor.location)
    if place == 'CAMERA':
        if scene.camera is None:
            raise InputError("The scene has no camera.", "Add one, or face the card to the front view.")
        matrix, height = cards.before_camera(scene.camera, scene, Vector(scene.cursor.location), size)
    card = cards.make_card(image, size, context.collection, height, matrix)
    try:
        portrait.save_portrait(card, storage.card_folder(card))
    except Exception:
        cards.remove_card(card)
        raise
    cards.make_active(context.view_layer, card)
    viewports.show_textures()
    return card


def image_in_context(context):
    """The image a person looks at: of the image editor, the active image strip, or the active material. Or None."""
    space = context.space_data
    if space and space.type == 'IMAGE_EDITOR':
        return space.image
    if space and space.type == 'SEQUENCE_EDITOR':
        scene = compat.sequencer_scene(context)
        strip = compat.active_strip(scene)
        return images.load_image(_shown_file(strip, scene)) if strip and strip.type == 'IMAGE' else None
    thing = context.view_layer.objects.active
    material = thing.active_material if thing else None
    node = material.node_tree.nodes.active if material and material.node_tree else None
    return node.image if node and node.type == 'TEX_IMAGE' else None


def _shown_file(strip, scene) -> Path:
    row = scene.frame_current - int(compat.strip_content_start(strip))
    element = strip.elements[min(max(row, 0), len(strip.elements) - 1)]
    return storage.from_stored(strip.directory) / element.filename


class PASTICHE_OT_card_from_image(Reporting, bpy.types.Operator):
    """Make a card from a picture: an object with the picture's shape, shown without light, that footage can drive"""

    bl_idname = "pastiche.card_from_image"
    bl_label = "Card from Image"
    bl_options = {'REGISTER', 'UNDO'}

    filepath: StringProperty(
        name="File", subtype='FILE_PATH', options={'SKIP_SAVE'} | compat.RELATIVE_PATH, description="Picture to use"
    )
    image: StringProperty(name="Image", options={'SKIP_SAVE'}, description="Name of an image of this file to use")
    place: EnumProperty(name="Facing", items=PLACES, description="Where the card stands and faces")
    height: FloatProperty(
        name="Height", default=2.0, min=0.001, soft_max=10.0, subtype='DISTANCE', description="Height of the card"
    )
    filter_image: BoolProperty(default=True, options={'HIDDEN', 'SKIP_SAVE'})
    filter_folder: BoolProperty(default=True, options={'HIDDEN', 'SKIP_SAVE'})

    def invoke(self, context, _event):
        """Ask for a file when nothing in sight offers a picture."""
        if self.filepath or self.image or self._in_sight(context):
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def _in_sight(self, context) -> bool:
        try:
            return image_in_context(context) is not None
        except InputError:
            return False

    def run(self, context):
        """Make the card."""
        card = card_from_image(context, self._chosen_image(context), self.place, self.height)
        self.report({'INFO'}, f"Made the card {card.name}")
        if not compat.is_background():
            self._make_live(card)
        hides = viewports.what_hides(context.view_layer, card)
        if hides:
            jobs.notice = f"{hides.name} hides {card.name}: they stand in one place. Move or delete it."

    def _make_live(self, card) -> None:
        """Let the channels play it as soon as the worker has found the face."""
        try:
            live(card)
        except PasticheError as error:
            jobs.notice = str(error)
        ticking.start()

    def _chosen_image(self, context):
        if self.filepath:
            return images.load_image(storage.from_stored(self.filepath))
        image = bpy.data.images.get(self.image) if self.image else image_in_context(context)
        if image is None:
            missing = f"There is no image named {self.image}." if self.image else "There is no image in sight."
            raise InputError(missing, "Open one in the image editor, or choose a picture file.")
        return image
