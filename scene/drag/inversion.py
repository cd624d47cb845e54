# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A card's own picture becomes one that its network draws: the request, and what comes back, live and at the end."""

import hashlib
import json
from pathlib import Path

from ...bridge import messages
from ...bridge.errors import InputError
from ...bridge.live_pictures import LivePictures
from ...bridge.motion_file import open_motion_file
from ...bridge.requests import InvertRequest
from .. import extension, storage
from ..cards import find_card
from ..jobs import Job
from ..portrait import save_portrait
from ..undo import push_undo
from . import files, picture
from .requests import network_of


def invert_request(card) -> InvertRequest:
    """Search the latent of a card's own picture; the same picture, network and settings always into the same file.

    Raises InputError, StorageError.
    """
    drag, network, folder = card.pastiche.drag, network_of(card), storage.card_folder(card)
    if card.pastiche.image is not None and card.pastiche.image == drag.picture:
        raise InputError(f"{card.name} is a network's picture already.", "Press Start Dragging.")
    source = save_portrait(card, folder)
    facts = network.stat()
    chosen = (drag.framing, card.pastiche.portrait_face, drag.search_steps, drag.tuning_steps, drag.encoder)
    what = (card.pastiche.portrait_digest, network.name, facts.st_size, *chosen)
    mark = hashlib.sha256(repr(what).encode()).hexdigest()[:12]
    (folder / files.FOLDER).mkdir(exist_ok=True)
    return InvertRequest(
        folder=str(folder / files.FOLDER / f"invert-{mark}"),
        source=str(source),
        network=str(network),
        latent=str(folder / files.FOLDER / f"inversion-{mark}.latent"),
        framing=drag.framing,
        face=card.pastiche.portrait_face,
        steps=drag.search_steps,
        tuning=drag.tuning_steps,
        encoder=str(storage.from_stored(drag.encoder)) if drag.encoder else "",
        device=extension.device(),
    )


class LiveSearch:
    """Shows in a card's drag picture how near the network has come."""

    def __init__(self, card_uid: str) -> None:
        self.card_uid = card_uid
        self._pictures: LivePictures | None = None

    def hear(self, message: messages.Message) -> None:
        """Take in what the worker says of the job."""
        card = find_card(self.card_uid)
        match message:
            case messages.Screen(name=name, width=width, height=height):
                self._pictures = LivePictures.open(name, width, height)
                if card:
                    picture.make_picture(card, width, height)
            case messages.Picture(sequence=sequence) if card and card.pastiche.drag.picture and self._pictures:
                numbers = self._pictures.view(sequence)
                if numbers is not None:
                    picture.show_picture(card.pastiche.drag.picture, numbers)
            case messages.Done() if self._pictures:
                self._pictures.close()


def take_inversion(job: Job) -> None:
    """Let the card start from what was found, also by a search that was cancelled. Raises InputError."""
    path, card = Path(job.request.latent), find_card(job.card_uid)
    if job.state == 'FAILED' or not path.is_file():
        return
    if card is None:
        raise InputError("The card was deleted while its picture was inverted.", f"What was found is in {path}.")
    with open_motion_file(path) as file:
        facts = file.metadata
    drag = card.pastiche.drag
    drag.latent, drag.latent_data = files.remember(card, path)
    drag.use_latent = drag.is_inverted = True
    drag.source = drag.source_data = ""
    try:
        drag.psnr, drag.distance = float(facts["psnr"]), float(facts["distance"])
        square = json.loads(facts["origin"])["square"]
        drag.square = (*square["center"], square["side"], square["angle"]) if square else (0, 0, 0, 0)
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"{path} is damaged ({error}).", "Invert the picture again.") from error
    push_undo("Invert")
