# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers: a card that a network draws -> what the worker needs to drag it and to render it."""

import time
from pathlib import Path

from ...bridge import starter
from ...bridge.drag_commands import DragOptions
from ...bridge.errors import InputError
from ...bridge.requests import DragRequest
from .. import extension, storage
from . import files

ENGINE = "latent"
LOOK_SECONDS = 3.0
_looks: dict[tuple[str, str], tuple[float, str]] = {}  # (card, path) -> when looked for, and what to say


def network_of(card) -> Path:
    """The file of a card's network; the starter's when none is chosen. Raises InputError when it is gone."""
    stored = card.pastiche.drag.network
    if not stored and starter.FACES.is_file():
        return starter.FACES
    if not stored:
        raise InputError(f"{card.name} has no network.", "Choose a StyleGAN2 or StyleGAN3 in its Drag panel.")
    path = storage.from_stored(stored)
    if not path.is_file():
        raise InputError(
            f"The network {path} of {card.name} is missing.",
            "Choose where it is now in the Drag panel; frames rendered before still show.",
        )
    return path


def missing_network(card) -> str:
    """What to say of a card whose network is gone, "" when it is there or never was; looks at the disk now and then."""
    stored = card.pastiche.drag.network
    looked, text = _looks.get((card.pastiche.uid, stored), (-LOOK_SECONDS, ""))
    if stored and time.monotonic() - looked > LOOK_SECONDS:
        try:
            text = ""
            network_of(card)
        except InputError as error:
            text = str(error)
        _looks[card.pastiche.uid, stored] = (time.monotonic(), text)
    return text


def drag_request(card) -> DragRequest:
    """Open a card for dragging, from its latent or its seed. Raises InputError, StorageError."""
    drag, network = card.pastiche.drag, network_of(card)
    folder = storage.card_folder(card) / files.FOLDER
    folder.mkdir(exist_ok=True)
    return DragRequest(
        folder=str(folder),
        network=str(network),
        latent=str(latent_of(card)) if drag.use_latent else "",
        seed=drag.seed,
        truncation=float(f"{drag.truncation:.6g}"),
        options=options_of(drag),
        device=extension.device(),
    )


def options_of(drag) -> DragOptions:
    """What the artist chose; Blender keeps 0.002 as 0.0020000000949949026."""
    return DragOptions(
        step_size=float(f"{drag.step_size:.6g}"),
        mask_weight=float(f"{drag.mask_weight:.6g}"),
        is_per_row=drag.is_per_row,
        most_steps=drag.most_steps,
    )


def latent_of(card) -> Path:
    """The file of the latent that a card's picture starts from. Raises InputError when it is gone."""
    drag = card.pastiche.drag
    return files.find(card, drag.latent, drag.latent_data, f"The latent of {card.name}")


def engine_settings(card) -> dict[str, float | str | bool]:
    """What the engine `latent` is told: network, start, and one file per kept expression. Raises InputError."""
    drag = card.pastiche.drag
    settings: dict[str, float | str | bool] = {"network": str(network_of(card)), "latent": str(latent_of(card))}
    for each in drag.expressions:
        settings[f"drag:{each.name}"] = str(files.find(card, each.file, each.data, f"The expression {each.name}"))
    return settings


def source_of(card) -> Path:
    """The picture that a card's expressions start from, as a file. Raises InputError when it is gone."""
    drag = card.pastiche.drag
    if not drag.source:
        raise InputError(f"{card.name} has no expressions to play.", "Drag its points and keep the expression first.")
    return files.find(card, drag.source, drag.source_data, f"The picture of {card.name}")
