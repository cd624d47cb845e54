# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether rendered frames still show what a card's keys say: a fingerprint of all that a render reads from Blender.

Not the pictures' own hashes, which the worker keeps per frame: this one must be had between two redraws.
"""

import hashlib

import numpy as np

from . import compat
from .channels import is_played, own_channels
from .engine_settings import changed_settings
from .gains import GROUPS, gain_name, mute_name
from .placement import face_points

_STRIP = (
    "mute", "frame_start", "frame_end", "action_frame_start", "action_frame_end", "scale", "repeat", "blend_type",
    "influence", "use_reverse", "blend_in", "blend_out", "extrapolation", "use_animated_influence",
    "use_animated_time",
)  # fmt: skip


def fingerprint(card) -> str:
    """A hash of the card's keys, NLA, free channels, gains, engine settings, worn style and face placed by hand."""
    digest, settings = hashlib.sha256(), card.pastiche
    animated = _add_animation(digest, card.animation_data) if card.animation_data else set()
    names = [*own_channels(card), *(name for group in GROUPS for name in (gain_name(group), mute_name(group)))]
    free = [round(float(card.get(name, 0.0)), 6) for name in names if f'["{name}"]' not in animated]
    engine = changed_settings(getattr(settings, settings.engine)) if hasattr(settings, settings.engine) else {}
    image = settings.image.name if settings.image else ""
    drawn = (settings.drag.latent, *((kept.name, kept.file) for kept in settings.drag.expressions))
    chosen = (settings.engine, settings.portrait_face, image, settings.styling, drawn)
    placed = [(index, [round(x, 5) for x in empty.location]) for index, empty in sorted(face_points(card).items())]
    digest.update(repr((free, chosen, sorted(engine.items()), placed)).encode())
    return digest.hexdigest()[:16]


def _add_animation(digest, animation) -> set[str]:
    """Add curves, NLA strips and drivers; returns the data paths they play."""
    paths = {driver.data_path for driver in animation.drivers}
    digest.update(repr((animation.use_nla, sorted(paths))).encode())
    if animation.action:
        blend = (animation.action_blend_type, animation.action_influence, animation.action_extrapolation)
        digest.update(repr(blend).encode())
        paths |= _add_curves(digest, compat.curves(animation.id_data))
    for track in animation.nla_tracks:
        digest.update(repr((track.mute, track.is_solo)).encode())
        for strip in track.strips:
            digest.update(repr([getattr(strip, name) for name in _STRIP]).encode())
            paths |= _add_curves(digest, compat.strip_curves(strip))
            paths |= _add_curves(digest, strip.fcurves)
    return paths


def _add_curves(digest, curves) -> set[str]:
    paths = set()
    for curve in curves:
        if not (is_played(curve.data_path) or curve.data_path.startswith(('["gain', '["mute', "influence", "st"))):
            continue
        paths.add(curve.data_path)
        points = curve.keyframe_points
        numbers = np.empty((3, len(points) * 2), np.float32)
        for row, name in zip(numbers, ("co", "handle_left", "handle_right"), strict=True):
            points.foreach_get(name, row)
        kinds = np.empty(len(points), np.int32)
        points.foreach_get("interpolation", kinds)
        modifiers = [(each.type, each.mute) for each in curve.modifiers]
        digest.update(repr((curve.data_path, curve.mute, curve.extrapolation, modifiers)).encode())
        digest.update(numbers.tobytes() + kinds.tobytes())
    return paths
