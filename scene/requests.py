# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers: a card and what the artist chose for it -> a request for the worker, and the files it names."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import bpy

from ..bridge.catalogue import ENGINES
from ..bridge.errors import InputError
from ..bridge.plain_data import from_plain
from ..bridge.requests import CaptureRequest, LiveRequest, NeutralRequest, RenderRequest, Styling
from . import extension, keyframes, sequence, storage, strips, style_packs
from .drag import requests as drag
from .engine_settings import changed_settings
from .footage import Footage, scene_rate
from .motion import read_take_seconds, write_keys
from .picture_size import peek_size
from .placement import read_placement
from .portrait import save_portrait


def capture_request(card, footage: Footage) -> CaptureRequest:
    """Capture footage into a motion file among the card's captures; the same request always into the same file."""
    settings = card.pastiche
    request = CaptureRequest(
        folder="",
        footage=str(footage.path),
        motion="",
        fps=footage.rate,
        start=footage.begin,
        end=footage.end,
        face=settings.footage_face,
        smoothing=settings.smoothing,
        neutral=footage.seconds_at(settings.neutral_frame) if settings.use_neutral else -1.0,
        mirror=settings.mirror,
        detail=settings.detail,
        lock_head=settings.lock_head,
        lock_scale=settings.lock_scale,
    )
    mark = hashlib.sha256(repr(request).encode()).hexdigest()[:6]
    folder = settled_folder(card) / "captures" / f"{storage.file_name(footage.path.stem)}-{mark}"
    return replace(request, folder=str(folder), motion=str(folder / "take.motion"))


def render_request(card, scene, first: int, last: int) -> RenderRequest:
    """Render frames `first`..`last` of a card as it is keyed now; its portrait and keys are written for the worker."""
    if first < 0 or last < first:
        raise InputError(f"Frames {first} to {last} cannot be rendered.", "Choose a range that begins at 0 or later.")
    folder, settings = settled_folder(card), card.pastiche
    is_drawn = settings.engine == drag.ENGINE  # by a network
    source = drag.source_of(card) if is_drawn and not settings.drag.is_inverted else save_portrait(card, folder)
    keys = folder / "render" / "keys.motion"
    keys.parent.mkdir(exist_ok=True)
    takes = keyframes.takes_of(card)
    write_keys(card, scene, first, last, takes[0][1] if takes else None, keys)
    request = RenderRequest(
        folder=str(keys.parent),
        source=str(source),
        motion=str(keys),
        engine=settings.engine,
        first=first,
        last=last,
        fps=str(scene_rate(scene)),
        depth=16 if settings.image and settings.image.is_float else 8,
        face=settings.portrait_face,
        placement=read_placement(card, *peek_size(source)),
        settings=drag.engine_settings(card) if is_drawn else _chosen_settings(settings),
        styling=None if is_drawn else worn_styling(card),
    )
    if settings.use_film:
        audio, begin = strips.sound_at(scene, card, first) or ("", 0.0)
        request = replace(request, format='MP4', audio=str(audio), audio_begin=begin)
    return on_this_computer(request)


def _chosen_settings(settings) -> dict[str, float | str | bool]:
    return changed_settings(getattr(settings, settings.engine)) if hasattr(settings, settings.engine) else {}


def worn_styling(card) -> Styling | None:
    """The styling that a card wears, or None. Raises InputError when a stranger's .blend holds nonsense there."""
    if not card.pastiche.styling:
        return None
    try:
        styling: Styling = from_plain(Styling, json.loads(card.pastiche.styling), "style")
    except (ValueError, RecursionError) as error:
        raise InputError(f"The style of {card.name} is damaged ({str(error)[:200]}).", "Put it on again.") from error
    return style_packs.on_this_computer(styling)


def on_this_computer(request: RenderRequest) -> RenderRequest:
    """The request with the device of the preferences, whatever computer its recipe comes from."""
    engine, device = ENGINES.get(request.engine), extension.device()
    if engine is None or not engine.has_device:
        return request
    settings = {name: value for name, value in request.settings.items() if name != "device"}
    if device != 'AUTO':
        settings["device"] = device
    return replace(request, settings=settings)


def neutral_request(card) -> tuple:
    """The take that plays on the current frame and the request to measure it from there. Raises InputError."""
    takes = keyframes.takes_of(card)
    if not takes:
        raise InputError(f"{card.name} plays no captured take.", "Capture footage first.")
    action, motion = takes[0]
    if motion is None:
        raise InputError(f"The capture {action.name} is gone.", "Capture the footage again.")
    index = max(0, round(float(card["takeFrame"])))
    seconds = read_take_seconds(motion, index)
    folder = settled_folder(card) / "captures" / f"{storage.file_name(action.name)}-neutral-{index}"
    request = NeutralRequest(str(folder), str(motion), str(folder / "take.motion"), seconds)
    return action, request


def live_request(card) -> LiveRequest:
    """Make a card live as the mesh engine would draw it."""
    folder = settled_folder(card)
    source, settings = save_portrait(card, folder), card.pastiche
    return LiveRequest(
        folder=str(folder / "live"),
        source=str(source),
        face=settings.portrait_face,
        placement=read_placement(card, *peek_size(source)),
        settings=changed_settings(settings.mesh),
    )


def warnings_about_takes(card) -> list[str]:
    """What the artist should know of the captures that lend their detail to a card's keys."""
    takes = keyframes.takes_of(card)
    if takes and takes[0][1] is None:
        return [f"The capture {takes[0][0].name} is gone: the card is rendered from its channels alone."]
    if len({take for _, take in takes}) > 1:
        return [f"The card plays several captures: fine detail comes from {takes[0][0].name} alone."]
    return []


def render_range(card, scene) -> tuple[int, int]:
    """Which frames a card renders: its own range, else where it is keyed, else the scene's."""
    settings = card.pastiche
    if settings.use_range:
        return settings.first, settings.last
    return keyframes.captured_range(card) or (scene.frame_start, scene.frame_end)


def settled_folder(card) -> Path:
    """The card's folder, moved beside its .blend when that has been saved meanwhile; what shows its files follows."""
    moved = storage.leave_user_folder(card)
    if moved:
        sequence.repoint_card(card, *moved)
        keyframes.repoint_takes(card, *moved)
        for scene in bpy.data.scenes:
            strips.repoint_strips(scene, card.pastiche.uid, *moved)
    return storage.card_folder(card)
