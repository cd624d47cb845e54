# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a card shows: the live mesh that its channels deform, the rendered frames, or the picture itself.

The artist chooses (`card.pastiche.shown`); rendered frames that no longer fit the keys give way to the live mesh until
they are rendered again, or the change is undone.
"""

import time
from pathlib import Path

import bpy
from bpy.app.handlers import persistent

from . import cards, live_materials, live_mesh, sequence
from .freshness import fingerprint
from .gains import add_gains
from .live_nodes import live_nodes

MODIFIER = "Live Card"
LOOK_AGAIN_SECONDS = 0.25  # a slider moves 60 times a second; whether it was put back is looked at less often
_looked: dict[str, float] = {}  # card uid -> when it was last seen to be stale


def make_live(card, folder: Path) -> None:
    """Turn a card into a live one with what the worker left in `folder`. Raises InputError when that is damaged."""
    data = live_mesh.read_live(folder / "card.live")
    add_gains(card)
    live_mesh.make_live_mesh(card, data)
    live_materials.make_live_materials(card, folder)
    modifier = card.modifiers.get(MODIFIER) or card.modifiers.new(MODIFIER, 'NODES')
    modifier.node_group = live_nodes()
    modifier.show_in_editmode = False
    live_mesh.set_state(card, False, card.pastiche.relief)
    show(card)


def forget_live(card) -> None:
    """Take the live mesh away: the card has another picture, of which nothing is known."""
    if not live_mesh.has_live_mesh(card):
        return
    if card.modifiers.get(MODIFIER):
        card.modifiers.remove(card.modifiers[MODIFIER])
    live_mesh.forget_live_mesh(card)
    live_materials.forget_live_materials(card)


def change_portrait(card) -> None:
    """Show another picture on a card, in its shape."""
    forget_live(card)
    cards.show_portrait(card)
    if card.pastiche.shown == 'LIVE':
        card.pastiche.shown = 'SOURCE'


def show(card) -> None:
    """Let a card show what it should; does nothing when it does already."""
    seen = what_is_shown(card)
    if live_mesh.has_live_mesh(card) and live_mesh.state(card)[0] != (seen == 'LIVE'):
        live_mesh.set_state(card, seen == 'LIVE')
    if seen == 'RENDERED':
        sequence.show_frames(card)
    elif seen == 'SOURCE':
        sequence.show_picture(card)


def set_relief(card) -> None:
    """Make the live face as deep as the artist wants."""
    if live_mesh.has_live_mesh(card):
        live_mesh.set_state(card, live_mesh.state(card)[0], card.pastiche.relief)


def what_is_shown(card) -> str:
    """'LIVE', 'RENDERED' or 'SOURCE': the artist's choice, as far as it can be had."""
    chosen, can_live = card.pastiche.shown, live_mesh.has_live_mesh(card)
    if chosen == 'RENDERED':
        if not sequence.has_frames(card):
            return 'LIVE' if can_live else 'SOURCE'
        return 'LIVE' if can_live and is_stale(card) else 'RENDERED'
    return chosen if chosen == 'SOURCE' or can_live else 'SOURCE'


def is_stale(card) -> bool:
    """Whether the card's keys or settings have changed since its frames were rendered."""
    mark = card.pastiche.rendered_mark
    return bool(mark) and mark != fingerprint(card)


@persistent
def after_change(scene, depsgraph) -> None:
    """Something was edited: a card whose frames no longer fit shows itself live. Not called while frames play."""
    if not any(isinstance(update.id, bpy.types.Object | bpy.types.Action) for update in depsgraph.updates):
        return
    _look_at_all(scene)


def replay(scene) -> None:
    """Let keys that were just written play on the current frame; cards whose frames no longer fit show themselves live.

    Setting a frame uses up the changes that `after_change` would be told of.
    """
    scene.frame_set(scene.frame_current)
    _look_at_all(scene)


def _look_at_all(scene) -> None:
    for card in cards.cards_of(scene):
        if card.pastiche.shown == 'RENDERED' and card.is_editable and live_mesh.has_live_mesh(card):
            _look_at(card)


def _look_at(card) -> None:
    now, uid = time.monotonic(), card.pastiche.uid
    if live_mesh.state(card)[0] and now - _looked.get(uid, 0.0) < LOOK_AGAIN_SECONDS:
        return
    _looked[uid] = now
    show(card)


def register():
    """Listen to edits."""
    bpy.app.handlers.depsgraph_update_post.append(after_change)


def unregister():
    """Leave no handler behind."""
    bpy.app.handlers.depsgraph_update_post.remove(after_change)
    _looked.clear()
