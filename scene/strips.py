# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finished frames and the footage's sound as strips. Only the data API: sequencer operators need an editor on screen.

A strip carries its card's uid and its recipe. What the artist did to a strip (moved, trimmed, cut, faded) is never
undone: such a strip only grows, or a new one is added beside it.
"""

from pathlib import Path

from . import compat
from .footage import scene_rate
from .storage import frame_name, from_stored, to_stored

CARD, RECIPE = "pastiche_card", "pastiche_recipe"  # custom properties of a strip
HIGHEST_CHANNEL = 128


def show_in_strip(scene, name: str, uid: str, frames: Path, first: int, last: int, is_whole: bool):
    """Let an image strip show the frames `first`..`last` of the folder `frames`, each on its own frame of the scene.

    name, uid: of the card, or of whatever else the frames belong to. May be called again and again while frames arrive;
    `is_whole` tells the last call, which may also shorten the strip.
    Returns the strip.
    """
    editor = scene.sequence_editor or scene.sequence_editor_create()
    strip = _strip_to_fill(scene, uid, frames, first)
    if strip is None:
        file = to_stored(frames / frame_name(first))
        channel = _channel_above(editor, first, last + 1)
        strip = compat.strips(editor).new_image(
            name=name, filepath=file, channel=channel, frame_start=first, fit_method='FIT'
        )
        strip[CARD] = uid
    _fill(strip, first, last, is_whole)
    return strip


def strips_of(scene, uid: str, kind: str = 'IMAGE') -> list:
    """A card's strips of a scene, those inside metastrips included."""
    editor = scene.sequence_editor
    return [s for s in compat.strips_all(editor) if s.type == kind and s.get(CARD) == uid] if editor else []


def refresh_strips(scene, uid: str) -> None:
    """Drop the pictures the sequencer remembers of a card: their files have changed."""
    for strip in strips_of(scene, uid):
        strip.invalidate_cache('COMPOSITE')


def repoint_strips(scene, uid: str, old: Path, new: Path) -> None:
    """Follow a card's files from one folder to another."""
    for strip in strips_of(scene, uid):
        folder = from_stored(strip.directory)
        if folder.is_relative_to(old):
            strip.directory = to_stored(new / folder.relative_to(old))


def is_untouched(strip) -> bool:
    """Whether an image strip of ours still stands where its file names say, at full length."""
    start, end = compat.strip_range(strip)
    return start == _number(strip) and end - start == len(strip.elements)


def shown_frames(strip) -> tuple[int, int]:
    """First and last of the rendered frames that a strip shows, however it was moved and trimmed."""
    start, end = compat.strip_range(strip)
    first = _number(strip) + round(start - compat.strip_content_start(strip))
    highest = _number(strip) + len(strip.elements) - 1
    return max(first, _number(strip)), min(first + end - start - 1, highest)


def _number(strip) -> int:
    """The frame that a strip's first file belongs to."""
    return int(Path(strip.elements[0].filename).stem.rpartition("_")[2])


def _strip_to_fill(scene, uid: str, frames: Path, first: int):
    for strip in strips_of(scene, uid):
        if from_stored(strip.directory) == frames and (_number(strip) == first or is_untouched(strip)):
            return strip
    return None


def _fill(strip, first: int, last: int, is_whole: bool) -> None:
    elements, count, was_untouched = strip.elements, last - first + 1, is_untouched(strip)
    begins_alike = _number(strip) == first
    while len(elements) > count and (not begins_alike or is_whole and was_untouched):
        elements.pop(len(elements) - 1)
    if not begins_alike:
        for index, element in enumerate(elements):
            element.filename = frame_name(first + index)
        compat.set_strip_content_start(strip, first)
    for index in range(len(elements), count):
        elements.append(frame_name(first + index))


def add_sound(scene, card, footage: Path, start: int, end: int, offset: float):
    """Let the footage's sound play from frame `start` to before frame `end`, beginning `offset` frames into the sound.

    Returns the strip; the one there already when it plays the same sound at the same place; None when the footage is
    silent or this Blender has no audio.
    """
    if not compat.has_audio():
        return None
    editor = scene.sequence_editor or scene.sequence_editor_create()
    for strip in compat.strips_all(editor):
        if _plays(strip, footage) and abs(compat.strip_content_start(strip) - (start - offset)) < 0.5:
            return strip
    for strip in strips_of(scene, card.pastiche.uid, 'SOUND'):
        if _plays(strip, footage):
            compat.strips(editor).remove(strip)  # our own, of an earlier start
    strip = compat.strips(editor).new_sound(
        name=f"{card.name} Sound",
        filepath=to_stored(footage),
        channel=_free_channel(editor, start, end),
        frame_start=start,
    )
    if strip.sound is None or strip.sound.channels == 'INVALID':
        compat.strips(editor).remove(strip)
        return None
    strip[CARD] = card.pastiche.uid
    compat.set_strip_content_start(strip, start - offset)
    compat.trim_strip(strip, start, min(end, compat.strip_range(strip)[1]))
    return strip


def sound_at(scene, card, frame: int) -> tuple[Path, float] | None:
    """The file of a card's sound strip and its second at a frame, negative before it begins; None without a strip."""
    for strip in strips_of(scene, card.pastiche.uid, 'SOUND'):
        if strip.sound is not None and not strip.mute:
            seconds = (frame - compat.strip_content_start(strip)) / float(scene_rate(scene))
            return from_stored(strip.sound.filepath), seconds
    return None


def _plays(strip, footage: Path) -> bool:
    return strip.type == 'SOUND' and strip.sound is not None and from_stored(strip.sound.filepath) == footage


def _busy_channels(editor, start: int, end: int) -> set[int]:
    ranges = [(strip.channel, *compat.strip_range(strip)) for strip in compat.strips(editor)]
    return {channel for channel, left, right in ranges if left < end and start < right}


def _free_channel(editor, start: int, end: int) -> int:
    busy = _busy_channels(editor, start, end)
    return next((channel for channel in range(1, HIGHEST_CHANNEL) if channel not in busy), HIGHEST_CHANNEL)


def _channel_above(editor, start: int, end: int) -> int:
    """The channel above everything in this range, so that the picture is seen."""
    return min(max(_busy_channels(editor, start, end), default=1) + 1, HIGHEST_CHANNEL)
