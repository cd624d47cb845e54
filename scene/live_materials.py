# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The materials of a live card: what lies behind it, what is inside eyes and mouth, its skin, and lids over the eyes.

The solid view draws all faces that show one image as the first of them does, and an image that is clipped gets a dark
rim there: so no material that shows the card's image clips it.

Like the card's own they show pictures without light. The skin is the card's image itself, so paint shows at once; the
small pictures that the worker made are packed into the .blend.
"""

from pathlib import Path

import bpy

from . import compat
from .live_nodes import OPACITY
from .node_writer import NodeWriter

NAMES = ("Behind", "Inside", "Skin", "Over")  # materials after the card's own, in the order they are drawn
MADE = ("inside", "plate", "around")  # pictures of the worker
SOURCE = "Source"  # name of the image texture nodes that show the card's image


def make_live_materials(card, folder: Path) -> None:
    """Give a card its four materials, in place of those it may have."""
    forget_live_materials(card)
    pictures = {name: _open(card, folder / f"{name}.png") for name in MADE}
    for name in NAMES:
        material = bpy.data.materials.new(f"{card.name} {name}")
        compat.use_nodes(material)
        material.surface_render_method = 'BLENDED'
        material.node_tree.nodes.clear()
        writer = _Writer(material.node_tree, card.pastiche.image, pictures)
        getattr(writer, name.lower())()
        card.data.materials.append(material)


def forget_live_materials(card) -> None:
    """Take the four materials and their pictures away."""
    while len(card.data.materials) > 1:
        material = card.data.materials.pop(index=len(card.data.materials) - 1)
        if material and material.users == 0:
            bpy.data.materials.remove(material)


def show_source(card) -> None:
    """Let the live materials show the card's image: another one was chosen."""
    for slot in card.material_slots[1:]:
        if slot.material and slot.material.node_tree:
            for node in slot.material.node_tree.nodes:
                if node.name.startswith(SOURCE):
                    node.image = card.pastiche.image


def _open(card, path: Path):
    if not path.exists():
        return None
    image = bpy.data.images.load(str(path), check_existing=False)
    image.name = f"{card.name} {path.stem.title()}"
    image.pack()
    image.filepath = ""
    if path.stem == "around":
        image.colorspace_settings.name = 'Non-Color'
    return image


class _Writer(NodeWriter):
    """Writes one material."""

    def __init__(self, tree, source, pictures: dict) -> None:
        super().__init__(tree)
        self._source, self._pictures = source, pictures

    def behind(self) -> None:
        """The picture, and where the head was what lies behind it."""
        color, alpha = self.image(SOURCE, self._source, 'EXTEND')
        if self._pictures["plate"]:
            plate, plate_alpha = self.image("Plate", self._pictures["plate"])
            guessed = self.add("ShaderNodeSeparateColor", self.image("Around", self._pictures["around"])[0], output=1)
            share = self.math('MULTIPLY', guessed, self.opacity())
            color = self.mixed(share, color, plate)
            alpha = self.math('ADD', alpha, self.math('MULTIPLY', share, self.math('SUBTRACT', plate_alpha, alpha)))
        self.shown(color, alpha)

    def inside(self) -> None:
        """Eyes and mouth."""
        color, alpha = self.image("Inside", self._pictures["inside"])
        self.shown(color, self.math('MULTIPLY', alpha, self.opacity()))

    over = inside

    def skin(self) -> None:
        """The person, cut out of the picture; the solid view, which cannot cut out, shows all that moves along."""
        color, alpha = self.image(SOURCE, self._source, 'MIRROR')
        if self._pictures["around"]:
            around = self.image("Around", self._pictures["around"], 'EXTEND')[0]
            alpha = self.math('MULTIPLY', alpha, self.add("ShaderNodeSeparateColor", around))
        front = self.math('SUBTRACT', 1.0, self.add("ShaderNodeNewGeometry", output="Backfacing"))
        self.shown(color, self.math('MULTIPLY', self.math('MULTIPLY', alpha, front), self.opacity()))

    def image(self, name: str, image, extension: str = 'CLIP'):
        """Color and alpha of a picture."""
        node = self.node("ShaderNodeTexImage")
        node.name = node.label = name
        node.image, node.extension = image, extension
        self.tree.nodes.active = self.tree.nodes.active or node
        return node.outputs["Color"], node.outputs["Alpha"]

    def opacity(self):
        return self.add("ShaderNodeAttribute", attribute_name=OPACITY, output="Fac")

    def mixed(self, share, first, second):
        node = self.node("ShaderNodeMix", data_type='RGBA')
        for value, socket in ((share, node.inputs[0]), (first, node.inputs[6]), (second, node.inputs[7])):
            self.connect(value, socket)
        return node.outputs[2]

    def shown(self, color, alpha) -> None:
        """Show a color without light, as opaque as alpha says."""
        transparent = self.add("ShaderNodeBsdfTransparent")
        shader = self.add("ShaderNodeMixShader", alpha, transparent, self.add("ShaderNodeEmission", color))
        self.connect(shader, self.node("ShaderNodeOutputMaterial").inputs["Surface"])
