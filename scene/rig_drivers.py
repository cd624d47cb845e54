# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A card plays any rig: shape keys named after channels get drivers that read the card's properties."""

import re

from ..bridge.channels import EXPRESSIONS
from .channels import data_path

_SIDES = (("Left", ("left", "l")), ("Right", ("right", "r")))


def drive_shape_keys(card, rig) -> list[str]:
    """Drive the shape keys of an object that are named after a channel; returns their names.

    Names are compared without case and separators; `_L` and `_R` stand for left and right. Other drivers of such keys
    are replaced.
    """
    keys = rig.data.shape_keys
    driven = []
    for block in keys.key_blocks if keys else ():
        channel = _CHANNELS.get(_plain(block.name))
        if channel:
            _drive(card, block, channel)
            driven.append(block.name)
    return driven


def release_shape_keys(card, rig) -> list[str]:
    """Take the drivers away that read this card; returns the names of the shape keys."""
    keys = rig.data.shape_keys
    released = []
    for block in keys.key_blocks if keys and keys.animation_data else ():
        path = block.path_from_id("value")
        curve = keys.animation_data.drivers.find(path)
        if curve and any(target.id == card for variable in curve.driver.variables for target in variable.targets):
            block.driver_remove("value")
            released.append(block.name)
    return released


def _drive(card, block, channel: str) -> None:
    block.driver_remove("value")
    driver = block.driver_add("value").driver
    driver.type = 'SUM'  # of one number: no expression, so nothing has to be trusted
    variable = driver.variables.new()
    variable.name = "channel"
    variable.targets[0].id = card
    variable.targets[0].data_path = data_path(channel)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _spellings() -> dict[str, str]:
    found = {}
    for channel in EXPRESSIONS:
        found[_plain(channel.name)] = channel.name
        for side, endings in _SIDES:
            if channel.name.endswith(side):
                stem = channel.name.removesuffix(side)
                found |= {_plain(f"{stem}_{ending}"): channel.name for ending in endings}
    return found


_CHANNELS = _spellings()
