# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finished frames on the card itself: an image sequence in step with the timeline, retimable in the Graph Editor.

A sequence of duration 1 that starts long ago shows file `1 + frame_offset` whatever the scene's frame is; two linear
keys on `frame_offset` then play it, and hold it before and after. Before its start a plain sequence would ask for file
0 and show magenta.
"""

from pathlib import Path

import bpy

from . import compat
from .cards import texture_node
from .storage import frame_name, from_stored, to_stored

LONG_AGO = -100_000


def show_on_card(card, frames: Path, first: int, last: int) -> bool:
    """Let a card show the frames `first`..`last` of the folder `frames`, each on its own frame of the scene.

    May be called again and again while frames arrive. Keys that the artist has changed are left alone.
    Returns False when the card's image texture node is gone.
    """
    node = texture_node(card)
    if node is None:
        return False
    if not shows(card, frames):
        card.pastiche.frames = _open_sequence(card, frames / frame_name(first))
    node.image = card.pastiche.frames
    user = node.image_user
    user.frame_duration, user.frame_start, user.use_auto_refresh = 1, LONG_AGO, True
    _play(node, first, last)
    return True


def shows(card, frames: Path) -> bool:
    """Whether a card shows, or could show, the frames of this folder."""
    image = frames_of(card)
    return image is not None and from_stored(image.filepath).parent == frames


def frames_of(card):
    """The image sequence of a card's frames, or None."""
    node = texture_node(card)
    image = card.pastiche.frames or (node.image if node else None)
    return image if image and image.source == 'SEQUENCE' else None


def has_frames(card) -> bool:
    """Whether there are frames to show."""
    return texture_node(card) is not None and frames_of(card) is not None


def show_frames(card) -> None:
    """Let the card's own material show its frames."""
    image = frames_of(card)
    if image:
        show_image(card, image)


def show_picture(card) -> None:
    """Let the card's own material show its picture; the frames are kept."""
    frames, image = frames_of(card), card.pastiche.image
    if image:
        card.pastiche.frames = frames
        show_image(card, image)


def show_image(card, image) -> None:
    """Let the card's own material show an image."""
    node = texture_node(card)
    if node and node.image != image:
        node.image = image


def reload_on_card(card) -> None:
    """Drop the pictures Blender remembers: their files have changed."""
    image = frames_of(card)
    if image:
        image.reload()


def repoint_card(card, old: Path, new: Path) -> None:
    """Follow a card's files from one folder to another."""
    image = frames_of(card)
    if image and from_stored(image.filepath).is_relative_to(old):
        image.filepath = to_stored(new / from_stored(image.filepath).relative_to(old))


def _open_sequence(card, first_file: Path):
    image = bpy.data.images.load(str(first_file), check_existing=False)
    image.name = f"{card.name} Frames"
    image.filepath = to_stored(first_file)
    image.source = 'SEQUENCE'
    return image


def _play(node, first: int, last: int) -> None:
    tree = node.id_data
    path = f'nodes["{node.name}"].image_user.frame_offset'
    curve = compat.find_curve(tree, path)
    if curve and not _is_ours(curve):
        return
    frames = [first, last] if last > first else [first]
    if not curve or [point.co.x for point in curve.keyframe_points] != frames:
        compat.write_curve(tree, path, frames, [frame - 1 for frame in frames])
    tree.update_tag()


def _is_ours(curve) -> bool:
    """Whether each key still says: file f on frame f."""
    points = curve.keyframe_points
    return len(points) <= 2 and all(point.co.y == point.co.x - 1 for point in points)
