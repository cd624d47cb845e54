# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A card's takes: actions that play its channels, used, laid on the NLA, looped, retimed and blended there.

Everything ends in what Blender itself plays and shows: an active action, tracks and strips.
"""

import bpy
import numpy as np

from ..bridge.channels import CHANNELS, TAKE
from ..bridge.errors import InputError
from . import compat
from .channels import data_path, is_played
from .keyframes import OWNER

ADDED = " Added"


def takes(card) -> list:
    """The takes of a card by name: those it plays and those it played."""
    played = set(_played(card))
    uid = card.pastiche.uid
    own = (action for action in bpy.data.actions if action in played or action.get(OWNER) == uid)
    return sorted((action for action in own if not action.name.endswith(ADDED)), key=lambda action: action.name)


def claim(card, action) -> None:
    """Write down whose take an action is, and keep it although nothing plays it."""
    action[OWNER] = card.pastiche.uid
    action.use_fake_user = True


def find_take(card, name: str):
    """A card's take by name. Raises InputError."""
    for action in takes(card):
        if action.name == name:
            return action
    raise InputError(f"{card.name} has no take named {name}.", "Choose one of its takes.")


def use_take(card, action) -> None:
    """Let a take play the card, in the place of the one before, which stays a take."""
    animation = card.animation_data or card.animation_data_create()
    if animation.action and animation.action != action:
        claim(card, animation.action)
    animation.action = None
    compat.assign_action(card, action)


def push_take(card, action, start: int, repeat: float = 1.0, speed: float = 1.0, blend: int = 0, add: bool = False):
    """Lay a take on an NLA track of its own from frame `start`; returns the strip.

    repeat: how often it plays.   speed: 2 plays it twice as fast.   blend: frames of ease in and out.
    add: on top of what plays below, instead of in its place.
    """
    animation = card.animation_data or card.animation_data_create()
    claim(card, action)
    if animation.action == action:
        animation.action = None
    played = _as_addition(card, action) if add else action
    strip = compat.push_to_track(card, played, action.name, start)
    strip.repeat, strip.scale = repeat, 1 / speed
    strip.blend_type, strip.extrapolation = ('ADD', 'NOTHING') if add else ('REPLACE', 'HOLD_FORWARD')
    strip.blend_in = strip.blend_out = min(blend, (strip.frame_end - strip.frame_start) / 2)
    return strip


def delete_take(card, action) -> None:
    """Delete a take that nothing plays. Raises InputError for one that does."""
    if action in _played(card):
        raise InputError(f"{action.name} is playing.", "Use another take, or remove its strip, first.")
    bpy.data.actions.remove(action)


def _as_addition(card, action):
    """A copy of a take that is 0 where the face is at rest, and lends no footage."""
    addition = action.copy()
    addition.name = action.name + ADDED
    player = bpy.data.objects.new("Take", None)
    try:
        compat.assign_action(player, addition)
        for curve in compat.curves(player):
            name = curve.data_path[2:-2]
            if name in {channel.name for channel in TAKE}:
                compat.remove_curve(player, curve.data_path)
            elif name in CHANNELS and CHANNELS[name].rest:
                points = np.empty(len(curve.keyframe_points) * 2, np.float32)
                curve.keyframe_points.foreach_get("co", points)
                frames, values = points.reshape(-1, 2).T
                rest = CHANNELS[name].rest
                compat.write_curve(player, data_path(name), frames, values - rest, group=CHANNELS[name].group)
    finally:
        bpy.data.objects.remove(player)
    return addition


def _played(card) -> list:
    """The actions that play a card's channels."""
    animation = card.animation_data
    if animation is None:
        return []
    actions = [animation.action] if any(is_played(curve.data_path) for curve in compat.curves(card)) else []
    strips = [strip for track in animation.nla_tracks for strip in track.strips]
    return actions + [s.action for s in strips if any(is_played(c.data_path) for c in compat.strip_curves(s))]
