# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kept expressions: a drag becomes two channels of the card, `drag:<name>`, how much of it, and `path:<name>`, how far
along the way it took. They are sliders and keys like any other; the engine `latent` plays them.
"""

from pathlib import Path

from ...bridge.channels import IMAGE, expression_channels
from ...bridge.drag_commands import Keep
from ...bridge.errors import InputError
from ...bridge.messages import Kept
from .. import compat
from ..cards import find_card
from ..channels import add_channel, data_path, remove_channel
from ..undo import push_undo
from . import files, requests, session

MOST_BYTES = 40  # a property's name may have 63 bytes


def keep(card, name: str, start_frame: int | None = None) -> session.Session:
    """Keep what the card shows now as an expression of that name; one of the same name is replaced.

    start_frame: also key the way of the drag from that frame on, a frame for each of its steps. The rest happens when
    the worker has answered. Raises InputError.
    """
    name = checked_name(name)
    running = session.session_or_error(card)
    uid, steps = card.pastiche.uid, running.standing.step if running.standing else 0

    def write(kept: Kept) -> None:
        owner = find_card(uid)
        if owner:
            add_expression(owner, kept)
            if start_frame is not None:
                key_path(owner, name, start_frame, start_frame + steps)
            push_undo(f"Keep {name}")

    running.ask_to_keep(Keep(name), write)
    return running


def checked_name(name: str) -> str:
    """The name without spaces around. Raises InputError for none, or one that cannot name a channel."""
    name = name.strip()
    is_sound = all(letter.isalnum() or letter in " _-." for letter in name)
    if not name or not is_sound or len(name.encode()) > MOST_BYTES:
        raise InputError(
            f"An expression cannot be named {name[:60]!r}.",
            f"Use up to {MOST_BYTES} letters, digits, spaces, dots and dashes.",
        )
    return name


def add_expression(card, kept: Kept):
    """Give a card an expression that the worker wrote down, with its channels; returns it."""
    drag = card.pastiche.drag
    drag.latent, drag.latent_data = files.remember(card, Path(kept.latent))
    drag.use_latent = True
    drag.source, drag.source_data = files.remember(card, Path(kept.picture))
    expression = drag.expressions.get(kept.name) or drag.expressions.add()
    expression.name = kept.name
    expression.file, expression.data = files.remember(card, Path(kept.expression))
    for channel in (*expression_channels(kept.name), *(each for each in IMAGE if each.name not in card)):
        add_channel(card, channel)
    card.pastiche.engine = requests.ENGINE
    return expression


def remove(card, name: str) -> None:
    """Take an expression and its channels off a card; keys stay in the action, without effect."""
    drag = card.pastiche.drag
    index = drag.expressions.find(name)
    if index < 0:
        raise InputError(f"{card.name} has no expression {name[:60]!r}.", "Choose one of its list.")
    drag.expressions.remove(index)
    for channel in expression_channels(name):
        remove_channel(card, channel)


def key_path(card, name: str, first: int, last: int) -> None:
    """Key the way of a drag: from its start on frame `first` to its end on `last`, easing in and out."""
    amount, path = expression_channels(name)
    compat.write_curve(card, data_path(amount.name), [first], [1.0], group=amount.group)
    frames, values = ([first, last], [0.0, 1.0]) if last > first else ([first], [1.0])
    compat.write_curve(card, data_path(path.name), frames, values, 'BEZIER', group=path.group)
