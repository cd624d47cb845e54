# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A card's channels as custom properties: sliders, keys, drivers and the NLA work on them as on anything in Blender.

Their names, ranges and groups come from bridge/channels.py; a card gets each of them when it is made.
"""

from ..bridge.channels import CHANNELS, Channel


def add_channels(card) -> None:
    """Give an object every channel it lacks, at rest."""
    for channel in CHANNELS.values():
        if channel.name not in card:
            _add(card, channel)


def _add(card, channel: Channel) -> None:
    card[channel.name] = float(channel.rest)
    card.id_properties_ui(channel.name).update(
        default=float(channel.rest),
        min=float(channel.hard[0]),
        max=float(channel.hard[1]),
        soft_min=float(channel.soft[0]),
        soft_max=float(channel.soft[1]),
        description=channel.description,
        subtype='FACTOR' if channel.unit == 'FACTOR' else 'NONE',
    )
    card.property_overridable_library_set(data_path(channel.name), True)


def data_path(name: str) -> str:
    """Where a channel is animated, on its card."""
    return f'["{name}"]'


def is_channel_path(path: str) -> bool:
    """Whether an animation curve with this data path plays a channel."""
    return path[:2] == '["' and path[-2:] == '"]' and path[2:-2] in CHANNELS


def reset_channels(card) -> None:
    """Put every channel back to rest; keys stay."""
    for channel in CHANNELS.values():
        card[channel.name] = float(channel.rest)
    card.update_tag()
