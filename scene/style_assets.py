# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exemplars as assets: actions without keys, with thumbnails, that name a style pack and an exemplar of it.

The pack itself stays in the folder of styles; a file with its assets asks for it by the name of its folder.
"""

import bpy

from ..bridge.errors import InputError
from ..bridge.style_pack import StylePack
from . import asset_pictures, style_packs

STYLE, EXEMPLAR = "pastiche_style", "pastiche_exemplar"  # custom properties: folder of the pack, place and name
TAG = "Pastiche"


def make_assets(name: str) -> list:
    """An asset for each exemplar of a pack; those of before are replaced. Raises InputError without the pack."""
    pack = style_packs.pack_or_error(name)
    for action in [each for each in bpy.data.actions if each.get(STYLE) == name]:
        bpy.data.actions.remove(action)
    return [_asset(pack, name, place) for place in range(len(pack.facts.exemplars))]


def look_of_asset(action) -> tuple[str, str]:
    """Folder of the pack and number of the exemplar, as the look's properties take them.

    Raises InputError when the pack is not there, or has no exemplar of that name any more.
    """
    name, exemplar = action.get(STYLE, ""), str(action.get(EXEMPLAR, ""))
    pack = style_packs.pack_or_error(name)
    places = [place for place, each in enumerate(pack.facts.exemplars) if each.name == exemplar]
    if not places:
        what = f"The style {pack.facts.name} has no exemplar {exemplar}."
        raise InputError(what, "Make the assets of this style again.")
    return name, str(places[0])


def _asset(pack: StylePack, name: str, place: int):
    exemplar, facts = pack.facts.exemplars[place], pack.facts
    action = bpy.data.actions.new(f"{facts.name}: {style_packs.shown_name(exemplar)}")
    action.use_fake_user = True
    action[STYLE], action[EXEMPLAR] = name, exemplar.name
    action.asset_mark()
    data = action.asset_data
    data.description = f"Exemplar {place} of the style {facts.name}"
    data.author, data.license = facts.authors, facts.license
    for tag in (TAG, facts.name):
        data.tags.new(tag, skip_if_exists=True)
    if exemplar.thumbnail:
        asset_pictures.show_picture(action, pack.verified(exemplar.thumbnail))
    return action
