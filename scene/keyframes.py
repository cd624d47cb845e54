# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Captured motion as keyframes on a card's channels: an action like any other, with few keys, ready for the NLA.

Keys are linear between the kept frames (key_reduction.py). A card that moves in the scene keeps that movement: its
curves of other properties stay, only the channels' are replaced. What was there before survives as an action.
"""

from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from ..bridge.channels import CHANNELS
from . import compat
from .channels import data_path, is_channel_path, is_played
from .key_reduction import reduce_keys
from .storage import first_existing, to_stored

# Largest error of the curve between its keys, per unit. On captured speech at 24 frames per second this halves the
# keys; the face moves by 0.02 % of the distance between the eyes in the mean, 0.3 % at most.
TOLERANCES = {'FACTOR': 0.01, 'DEGREES': 0.1, 'EYE_DISTANCES': 0.002, 'RATIO': 0.001, 'FRAMES': 0.01}
OWNER = "pastiche_card"  # custom property of an action: uid of the card whose take it is
TAKE, TAKE_ABSOLUTE = "pastiche_take", "pastiche_take_absolute"  # of an action: the motion file it was captured into


def write_action(card, name: str, frames: NDArray, values: dict[str, NDArray], take: Path | None, in_track=False):
    """Key a card's channels.

    frames: (T,) frame numbers.   values: channel name -> (T,).   take: the captured motion file, or None.
    in_track: put the new action on an NLA track of that name instead of making it the active one.
    Returns the action.
    """
    _set_aside(card)
    animation = card.animation_data or card.animation_data_create()
    stays = animation.action
    if in_track or stays is None:
        compat.assign_action(card, bpy.data.actions.new(name))
    action = animation.action
    remember_take(action, take)
    action[OWNER] = card.pastiche.uid
    _write_channels(card, frames, values)
    if in_track:
        _to_track(card, action, name, int(frames[0]), stays)
    return action


def _write_channels(card, frames: NDArray, values: dict[str, NDArray]) -> None:
    known = [name for name in CHANNELS if name in values]
    table = np.stack([values[name] for name in known], axis=1)
    kept = reduce_keys(table, np.array([TOLERANCES[CHANNELS[name].unit] for name in known]))
    for column, name in enumerate(known):
        rows = kept[:, column]
        compat.write_curve(card, data_path(name), frames[rows], table[rows, column], group=CHANNELS[name].group)
        card[name] = float(table[0, column])


def _set_aside(card) -> None:
    """Take the channels' curves out of the active action, and keep them: as that action or as a copy of it."""
    animation = card.animation_data
    played = compat.curves(card)
    channels = [curve.data_path for curve in played if is_channel_path(curve.data_path)]
    if not channels:
        return
    if len(channels) == len(played):
        _keep(card, animation.action)
        animation.action = None
        return
    _keep(card, animation.action.copy())
    for path in channels:
        compat.remove_curve(card, path)


def _keep(card, action) -> None:
    """Keep an action as a take of the card although nothing plays it."""
    action[OWNER] = card.pastiche.uid
    action.use_fake_user = True


def _to_track(card, action, name: str, start: int, stays) -> None:
    animation = card.animation_data
    animation.action = None
    compat.push_to_track(card, action, name, start)
    if stays:
        compat.assign_action(card, stays)


def replace_take(card, old, frames: NDArray, values: dict[str, NDArray], take: Path):
    """Put new keys in the place of a take's wherever it plays on a card; those of before stay as an action.

    frames, values, take: as for `write_action`. Returns the action that plays now.
    """
    animation, old_name = card.animation_data, old.name
    if animation.action == old:
        action = write_action(card, old_name, frames, values, take)
        if action == old:  # it moves the card in the scene as well
            return action
    else:
        action = bpy.data.actions.new(old_name)
        player = bpy.data.objects.new("Take", None)
        try:
            compat.assign_action(player, action)
            remember_take(action, take)
            action[OWNER] = card.pastiche.uid
            _write_channels(player, frames, values)
        finally:
            bpy.data.objects.remove(player)
    old.name, action.name = f"{old_name} Before", old_name
    old.use_fake_user = True
    for track in animation.nla_tracks:
        for strip in track.strips:
            if strip.action == old:
                compat.play_in_strip(strip, action)
    return action


def first_frame(action) -> int:
    """The first frame that a take keys, on its own time."""
    return int(np.floor(action.frame_range[0]))


def captured_range(card) -> tuple[int, int] | None:
    """First and last frame on which the card's channels are keyed, its NLA included; None when nothing is keyed."""
    animation = card.animation_data
    if animation is None:
        return None
    keyed = [curve.range() for curve in compat.curves(card) if is_played(curve.data_path)]
    keyed += [(s.frame_start, s.frame_end) for track in animation.nla_tracks for s in track.strips]
    if not keyed:
        return None
    return int(np.floor(min(start for start, _ in keyed))), int(np.ceil(max(end for _, end in keyed)))


def remember_take(action, take: Path | None) -> None:
    """Write down which motion file an action was captured into; None: no file stands behind its keys."""
    if take is None:
        action.pop(TAKE, None)
        action.pop(TAKE_ABSOLUTE, None)
    else:
        action[TAKE], action[TAKE_ABSOLUTE] = to_stored(take), str(take)


def takes_of(card) -> list[tuple]:
    """The captured actions that a card plays, the uppermost first, each with its motion file (None: it is gone)."""
    animation = card.animation_data
    if animation is None:
        return []
    played = [animation.action] + [s.action for track in reversed(animation.nla_tracks) for s in track.strips]
    return [
        (action, first_existing(action[TAKE], action.get(TAKE_ABSOLUTE, "")))
        for action in played
        if action and action.get(TAKE)
    ]


def repoint_takes(card, old: Path, new: Path) -> None:
    """Follow a card's captures from one folder to another."""
    for action, _ in takes_of(card):
        take = Path(action[TAKE_ABSOLUTE])
        if take.is_relative_to(old):
            remember_take(action, new / take.relative_to(old))
