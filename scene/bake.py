# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A live card as a plain object: shape keys with keyframes, pictures packed; nothing of it needs the add-on.

For sending a .blend to somebody else. The keys keep their names, ARKit's, so other tools know them too.
"""

from pathlib import Path

import bpy
import numpy as np

from ..bridge.errors import InputError
from ..bridge.whole_file import storage_error
from . import compat, live_mesh, live_nodes, sequence
from .channels import is_played, own_channels
from .gains import GROUPS, gain_name, mute_name
from .key_reduction import reduce_keys
from .keyframes import TOLERANCES
from .motion import sample_channels

FINER = 0.25  # of the tolerances of captured keys: a baked mesh plays as the card does


def bake_mesh(card, first: int, last: int):
    """A plain object that plays frames `first`..`last` of a live card, in the card's collections; returns it.

    Raises InputError for a card that is not live.
    """
    if not live_mesh.has_live_mesh(card):
        raise InputError(f"{card.name} is not live yet.", "Press Make Live first.")
    table = sample_channels(card, first, last, with_gains=True)
    baked = card.copy()
    baked.name, baked.data = f"{card.name} Baked", card.data.copy()
    baked.data.name = baked.name
    _write_keys(baked.data.shape_keys, own_channels(card), table, first)
    _forget_the_card(baked, own_channels(card))
    _own_pictures(baked, card)
    live_mesh.set_state(baked, True)
    for collection in card.users_collection:
        collection.objects.link(baked)
    return baked


def write_blend(baked, path: Path) -> None:
    """Write a baked card into a .blend of its own. Raises StorageError."""
    try:
        bpy.data.libraries.write(str(path), {baked}, path_remap='ABSOLUTE', compress=True)
    except (RuntimeError, OSError) as error:
        raise storage_error(path, OSError(str(error))) from error


def _write_keys(keys, channels, table, first: int) -> None:
    """Keyframes in the place of drivers."""
    frames = np.arange(first, first + len(table))
    for column, channel in enumerate(channels.values()):
        block = keys.key_blocks.get(channel.name)
        if block is None:
            continue
        block.driver_remove("value")
        scale = 1 / live_nodes.DEGREES if channel.unit == 'DEGREES' else 1.0
        values = (table[:, column : column + 1] - channel.rest) * scale
        rows = reduce_keys(values, np.array([FINER * TOLERANCES[channel.unit] * scale]))[:, 0]
        path = f'key_blocks["{channel.name}"].value'
        compat.write_curve(keys, path, frames[rows], values[rows, 0], group=channel.group)
        block.value = float(values[0, 0])
    if keys.animation_data.action:
        keys.animation_data.action.name = f"{keys.user.name} Keys"


def _forget_the_card(baked, channels) -> None:
    """No channels, no memory of files; what moves the object in the scene stays."""
    if baked.animation_data:
        for track in list(baked.animation_data.nla_tracks):
            baked.animation_data.nla_tracks.remove(track)
        if baked.animation_data.action:
            action = baked.animation_data.action.copy()
            baked.animation_data.action = None
            compat.assign_action(baked, action)
        for curve in compat.curves(baked):
            if is_played(curve.data_path):
                compat.remove_curve(baked, curve.data_path)
        for driver in list(baked.animation_data.drivers):
            if is_played(driver.data_path):
                baked.animation_data.drivers.remove(driver)
        if baked.animation_data.action and not compat.curves(baked):
            empty = baked.animation_data.action
            baked.animation_data.action = None
            bpy.data.actions.remove(empty)
    gains = [name for group in GROUPS for name in (gain_name(group), mute_name(group))]
    for name in (*channels, *gains):
        if name in baked:
            del baked[name]
    baked.property_unset("pastiche")


def _own_pictures(baked, card) -> None:
    """Materials of its own that show a packed copy of the picture."""
    picture = _packed(card.pastiche.image)
    for index, material in enumerate(baked.data.materials):
        baked.data.materials[index] = material.copy()
    sequence.show_image(baked, picture)
    for material in baked.data.materials:
        for node in material.node_tree.nodes:
            if node.type == 'TEX_IMAGE' and node.image == card.pastiche.image:
                node.image = picture


def _packed(image):
    """An image whose pixels are in the .blend: a copy, or itself when only it holds them."""
    if image is None:
        return None
    if image.source == 'FILE' and not image.is_dirty:
        image = image.copy()
    if image.packed_file is None:
        image.pack()
    return image
