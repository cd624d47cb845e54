# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How strongly each group of a card's channels plays, and which are muted: for the live card and the renderer alike.

Custom properties of the card, so that drivers read them without the add-on and they can be keyed like channels.
"""

from collections.abc import Mapping

from ..bridge.channels import EXPRESSIONS, HEAD, Channel

GROUPS = tuple(dict.fromkeys(channel.group for channel in (*EXPRESSIONS, *HEAD)))
LARGEST = 3.0
GAIN, MUTE = "How strongly these channels move the face", "Leave these channels at rest; their keys stay"  # tooltips


def gain_name(group: str) -> str:
    """The custom property that holds a group's gain."""
    return f"gain{group}"


def mute_name(group: str) -> str:
    """The custom property that says whether a group is muted."""
    return f"mute{group}"


def add_gains(card) -> None:
    """Give a card every gain and mute it lacks."""
    for group in GROUPS:
        if gain_name(group) not in card:
            _add(card, gain_name(group), 1.0, GAIN, max=LARGEST, soft_max=2.0, min=0.0)
        if mute_name(group) not in card:
            _add(card, mute_name(group), False, MUTE)


def _add(card, name: str, value: float | bool, description: str, **limits: float) -> None:
    card[name] = value
    card.id_properties_ui(name).update(default=value, description=description, **limits)
    card.property_overridable_library_set(f'["{name}"]', True)


def gain(card, group: str) -> float:
    """How strongly a group plays, 0 when it is muted; of a card or an evaluated one."""
    return 0.0 if card.get(mute_name(group), False) else float(card.get(gain_name(group), 1.0))


def played_channels(card, channels: Mapping[str, Channel]) -> list[float]:
    """The values of these channels with their groups' gains; of a card or an evaluated one."""
    gains = {group: gain(card, group) for group in GROUPS}
    values = []
    for name, channel in channels.items():
        value, factor = float(card.get(name, channel.rest)), gains.get(channel.group, 1.0)
        values.append(value if factor == 1.0 else channel.rest + factor * (value - channel.rest))
    return values
