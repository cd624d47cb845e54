# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A card's channels as custom properties: sliders, keys, drivers and the NLA work on them as on anything in Blender.

Their names, ranges and groups come from bridge/channels.py; a card gets each of them when it is made.
"""

from ..bridge.channels import CHANNELS, IMAGE, Channel, expression_channels


def add_channels(card) -> None:
    """Give an object every channel it lacks, at rest."""
    for channel in CHANNELS.values():
        if channel.name not in card:
            add_channel(card, channel)


def own_channels(card) -> dict[str, Channel]:
    """The channels of a card by name: those of every card, then those that its network plays."""
    kept = [channel for each in card.pastiche.drag.expressions for channel in expression_channels(each.name)]
    kept += IMAGE if kept else ()
    return {**CHANNELS, **{channel.name: channel for channel in kept}}


def add_channel(card, channel: Channel) -> None:
    """Give an object a channel, at rest."""
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


def remove_channel(card, channel: Channel) -> None:
    """Take a channel off an object, if it has it."""
    if channel.name in card:
        del card[channel.name]


def data_path(name: str) -> str:
    """Where a channel is animated, on its card."""
    return f'["{name}"]'


def is_channel_path(path: str) -> bool:
    """Whether an animation curve with this data path plays a channel."""
    return path[:2] == '["' and path[-2:] == '"]' and path[2:-2] in CHANNELS


def is_played(path: str) -> bool:
    """Whether an animation curve with this data path plays a channel, or a kept expression."""
    return is_channel_path(path) or path.startswith(('["drag:', '["path:', '["image'))


def channels_in(card, group: str = "") -> list[Channel]:
    """The channels of a card in a group; all when it is empty."""
    return [channel for channel in own_channels(card).values() if channel.name in card and group in ("", channel.group)]


def reset_channels(card, group: str = "") -> None:
    """Put the channels of a group, or all, back to rest; keys stay."""
    for channel in channels_in(card, group):
        card[channel.name] = float(channel.rest)
    card.update_tag()
