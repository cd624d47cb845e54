# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Left and right: a face mirrored, one side copied to the other, and both sides edited at once.

Blender tells nobody that a custom property was changed, so mirrored editing compares: after an edit on one and the same
frame, a channel that changed takes its partner along.
"""

import bpy
from bpy.app.handlers import persistent

from ..bridge.channels import CHANNELS
from . import cards, compat
from .channels import data_path

TURNED = ("headYaw", "headRoll", "headX")  # channels of which the mirror image is the opposite
_seen: dict[str, tuple[int, dict[str, float]]] = {}  # card uid -> frame, and values when last looked at


def partner(name: str) -> str:
    """The channel of the other side; itself where there is none: `mouthSmileLeft` <-> `mouthSmileRight`."""
    if "Left" in name:
        return name.replace("Left", "Right")
    return name.replace("Right", "Left")


def mirror_channels(card) -> None:
    """Swap the sides of the face as it is now."""
    values = {name: float(card[name]) for name in CHANNELS if name in card}
    for name, value in values.items():
        other = partner(name)
        if other != name:
            card[name] = values.get(other, value)
        elif name in TURNED:
            card[name] = -value
    card.update_tag()


def copy_side(card, side: str) -> None:
    """Let the other side do what `side`, 'Left' or 'Right' of the subject, does."""
    for name in CHANNELS:
        if name.endswith(side) and partner(name) in card and name in card and name not in ("jawLeft", "jawRight"):
            card[partner(name)] = float(card[name])
    card.update_tag()


def is_sided(name: str) -> bool:
    """Whether a channel has a partner that should do the same: not jaw and mouth going to one side."""
    return partner(name) != name and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight")


@persistent
def after_change(scene, depsgraph) -> None:
    """Take partners along on cards that are edited on both sides at once."""
    if not any(isinstance(update.id, bpy.types.Object) for update in depsgraph.updates):
        return
    for card in cards.cards_of(scene):
        if card.pastiche.use_mirror and card.is_editable:
            _take_along(card, scene)


def _take_along(card, scene) -> None:
    values = {name: float(card[name]) for name in CHANNELS if name in card and is_sided(name)}
    frame, before = _seen.get(card.pastiche.uid, (None, values))
    changed = {name for name, value in values.items() if abs(value - before.get(name, value)) > 1e-6}
    alone = [name for name in changed if partner(name) not in changed] if frame == scene.frame_current else []
    for name in alone:
        other = partner(name)
        card[other] = values[other] = values[name]
        if scene.tool_settings.use_keyframe_insert_auto and compat.find_curve(card, data_path(name)):
            card.keyframe_insert(data_path(other), group=CHANNELS[other].group)
    _seen[card.pastiche.uid] = (scene.frame_current, values)
    if alone:
        card.update_tag()


def register():
    """Listen to edits."""
    bpy.app.handlers.depsgraph_update_post.append(after_change)


def unregister():
    """Leave no handler behind."""
    bpy.app.handlers.depsgraph_update_post.remove(after_change)
    _seen.clear()
