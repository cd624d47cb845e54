# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cards: a portrait standing in the scene as an object, upright, facing the front view (-Y) or the camera.

The mesh is a rectangle in the object's XZ plane with its origin in the middle; the material shows the picture as it
is, without light. A card is known by the uid it carries, never by a reference, which undo would break.
"""

import time
import uuid

import bpy
from mathutils import Matrix

from ..bridge.errors import InputError
from . import compat
from .channels import add_channels
from .gains import add_gains

CORNERS = 4  # vertices of a card's rectangle; what a live card has besides comes after them
TEXTURE = "Portrait"  # name of the image texture node of a card
LOOK_SECONDS = 0.2  # among 10,000 objects a look for cards takes 20 ms
Key = tuple[str, str | None]  # of an object: name and library file; a linked one and its override share the name
_looks: dict[int, tuple[float, list[Key]]] = {}  # scene -> when its cards were last looked for, and their keys
_names: dict[str, str] = {}  # uid -> name of a card when last seen: a guess that is checked


def make_card(image, size: tuple[int, int], collection, height: float = 2.0, placed: Matrix | None = None):
    """Make a card of an image datablock and link it to a collection.

    size: width and height of the picture in pixels.   height: of the card, in scene units.
    placed: world matrix; upright at the world's origin when None.   Returns the object.
    """
    name = image.name.rpartition(".")[0] or image.name
    card = bpy.data.objects.new(name, _rectangle(name, height * size[0] / size[1], height))
    card.data.materials.append(_material(name, image))
    if placed is not None:
        card.matrix_world = placed
    card.pastiche.uid = uuid.uuid4().hex
    card.pastiche.image = image
    add_channels(card)
    add_gains(card)
    collection.objects.link(card)
    _looks.clear()
    return card


def _rectangle(name: str, width: float, height: float):
    mesh = bpy.data.meshes.new(name)
    x, z = width / 2, height / 2
    mesh.from_pydata([(-x, 0, -z), (x, 0, -z), (x, 0, z), (-x, 0, z)], [], [(0, 1, 2, 3)])
    mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", (0, 0, 1, 0, 1, 1, 0, 1))
    return mesh


def _material(name: str, image):
    """Image -> emission, mixed with transparency by the image's alpha."""
    material = bpy.data.materials.new(name)
    compat.use_nodes(material)
    material.surface_render_method = 'BLENDED'
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    texture = nodes.new("ShaderNodeTexImage")
    texture.name = texture.label = TEXTURE
    texture.image, texture.extension = image, 'EXTEND'
    emission, transparent = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeBsdfTransparent")
    mix, output = nodes.new("ShaderNodeMixShader"), nodes.new("ShaderNodeOutputMaterial")
    links.new(texture.outputs["Color"], emission.inputs["Color"])
    links.new(texture.outputs["Alpha"], mix.inputs[0])
    links.new(transparent.outputs[0], mix.inputs[1])
    links.new(emission.outputs[0], mix.inputs[2])
    links.new(mix.outputs[0], output.inputs["Surface"])
    for node, place in ((texture, (-600, 0)), (transparent, (-250, 60)), (emission, (-250, -60)), (mix, (0, 60))):
        node.location = place
    output.location = (200, 60)
    return material


def show_portrait(card) -> None:
    """Show a card's picture itself, in the picture's shape: another one was chosen."""
    image, node = card.pastiche.image, texture_node(card)
    if image is None or not image.size[0]:
        return
    if node:
        node.image = image
    corners = [vertex.co for vertex in card.data.vertices[:CORNERS]]
    height, width = max(c.z for c in corners) - min(c.z for c in corners), max(c.x for c in corners) * 2
    wanted = height * image.size[0] / image.size[1]
    if width > 0 and abs(wanted - width) > 1e-6 * width:
        for corner in corners:
            corner.x *= wanted / width
        card.data.update()


def remove_card(card) -> None:
    """Take back a card that was just made, with its mesh and material."""
    mesh, material = card.data, card.data.materials[0]
    bpy.data.objects.remove(card)
    bpy.data.meshes.remove(mesh)
    bpy.data.materials.remove(material)


def make_active(layer, card) -> None:
    """Select a card alone and make it the active object of a view layer."""
    layer.update()
    if card.name not in layer.objects:  # its collection is excluded from this view layer
        return
    for other in layer.objects.selected:
        other.select_set(False, view_layer=layer)
    layer.objects.active = card
    card.select_set(True, view_layer=layer)


def before_camera(camera, scene, location, size: tuple[int, int]) -> tuple[Matrix, float]:
    """World matrix and height of a card that faces a camera and fits its view, as far away as `location`."""
    world = camera.matrix_world.normalized()
    depth = max(-(world.inverted() @ location).z, camera.data.clip_start * 2)
    corners = camera.data.view_frame(scene=scene)
    scale = depth / -corners[0].z if camera.data.type != 'ORTHO' else 1.0
    width, height = ((max(c[i] for c in corners) - min(c[i] for c in corners)) * scale for i in (0, 1))
    middle = Matrix.Translation((sum(c.x for c in corners) / 4 * scale, sum(c.y for c in corners) / 4 * scale, -depth))
    upright = Matrix.Rotation(-1.5707963267948966, 4, 'X')  # the card's -Y towards the camera's +Z
    return world @ middle @ upright, min(height, width * size[1] / size[0])


def is_card(thing) -> bool:
    """Whether an object is a card."""
    return thing is not None and bool(thing.pastiche.uid)


def cards_of(scene) -> list:
    """The cards of a scene, by name; a look that panels ask for several times per redraw serves them all."""
    looked, keys = _looks.get(scene.session_uid, (0.0, ()))
    if time.monotonic() - looked > LOOK_SECONDS:
        keys = sorted((_key(thing) for thing in scene.objects if is_card(thing)), key=str)
        _looks[scene.session_uid] = (time.monotonic(), keys)
    return [card for card in map(bpy.data.objects.get, keys) if is_card(card) and _holds(scene, card)]


def find_card(uid: str):
    """The card with this uid that stands in some scene, or None: deleted, undone, or of another file."""
    guess = bpy.data.objects.get(_names.get(uid, ""))
    for thing in (guess, *bpy.data.objects) if guess else bpy.data.objects:
        if thing.pastiche.uid == uid and is_in_a_scene(thing):
            _names[uid] = thing.name
            return thing
    return None


def is_in_a_scene(thing) -> bool:
    """Whether an object stands in a scene; deleting takes it out, but not always out of the file."""
    return any(_holds(scene, thing) for scene in bpy.data.scenes)


def _holds(scene, thing) -> bool:
    """Whether a scene holds an object. Of a linked one and its override, which share a name, `get` finds the first."""
    found = scene.objects.get(thing.name)
    return found == thing or (found is not None and thing in scene.objects.values())


def _key(thing) -> Key:
    return thing.name, thing.library.filepath if thing.library else None


def chosen_card(context):
    """The card a person means: the active strip's in the sequencer, else the active object, else the only one."""
    if getattr(context.space_data, "type", "") == 'SEQUENCE_EDITOR':
        strip = compat.active_strip(compat.sequencer_scene(context))
        card = find_card(strip.get("pastiche_card", "-")) if strip else None
        if card:
            return card
    active = context.view_layer.objects.active
    if is_card(active):
        return active
    cards = cards_of(context.scene)
    return cards[0] if len(cards) == 1 else None


def card_or_error(context, name: str = ""):
    """The card of that name, or the chosen one. Raises InputError with what to do."""
    _looks.clear()
    if name:
        named = [card for card in cards_of(context.scene) if card.name == name]
        card = next((card for card in named if card.library is None), named[0] if named else None)
        if card is None:
            raise InputError(
                f"There is no card named {name} in this scene.", "Choose a card, or make one from an image."
            )
    else:
        card = chosen_card(context)
    if card is None:
        raise InputError("No card is chosen.", "Select a card, or make one from an image.")
    if not card.is_editable:
        raise InputError(f"The card {card.name} is linked from another file.", "Make a library override of it first.")
    return card


def make_own(card) -> None:
    """Part a duplicated or overridden card from its twin, so that neither overwrites the other's files and material."""
    _own_linked_material(card)
    twins = [thing for thing in bpy.data.objects if thing.pastiche.uid == card.pastiche.uid and thing != card]
    if not any(map(is_in_a_scene, twins)):
        return
    settings = card.pastiche
    settings.uid = uuid.uuid4().hex
    settings.folder = settings.folder_absolute = settings.recipe = ""
    settings.rendered_first, settings.rendered_last = 0, -1
    if card.data.users > 1:
        card.data = card.data.copy()
        _drive_own_keys(card)
    card.data.materials[0] = card.data.materials[0].copy()
    settings.frames, settings.rendered_mark = None, ""


def _own_linked_material(card) -> None:
    """Give an overridden card, whose mesh stays in the other file, a material that can show its frames."""
    for slot in card.material_slots[:1]:
        linked = slot.material
        if linked and linked.library:
            slot.link = 'OBJECT'
            slot.material = linked.copy()


def _drive_own_keys(card) -> None:
    """Let the keys of a copied live mesh follow their own card, not the one that they were copied from."""
    keys = card.data.shape_keys
    for curve in keys.animation_data.drivers if keys and keys.animation_data else ():
        for variable in curve.driver.variables:
            if is_card(variable.targets[0].id):
                variable.targets[0].id = card


def texture_node(card):
    """The image texture node of a card's material, or None when the artist took it away."""
    for slot in card.material_slots:
        if slot.material and slot.material.node_tree:
            node = slot.material.node_tree.nodes.get(TEXTURE)
            if node:
                return node
    return None
