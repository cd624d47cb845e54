# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style packs of this computer as an artist sees them: names, exemplars, thumbnails.

Packs lie in `styles` in the folder of downloads; the starter's come with Pastiche. They are looked for when asked and
when one was added; drawing a panel reads what is known. Not for: what is in a pack (bridge/style_pack.py).
"""

import hashlib
import zlib
from dataclasses import replace
from pathlib import Path

import bpy
import bpy.utils.previews

from ..bridge import starter
from ..bridge.errors import InputError
from ..bridge.requests import Styling
from ..bridge.style_pack import PackedExemplar, StylePack, packs_in
from . import extension

NONE = ('NONE', "No Styles Yet", "Add a style first", 0, 0)
_packs: dict[str, StylePack] | None = None  # folder name -> pack
_previews = None
_items: dict[str, list] = {}  # Blender keeps no reference to the texts of dynamic enums: this does


def styles_folder() -> Path:
    """Where packs lie."""
    return extension.downloads_folder() / "styles"


def find_packs() -> None:
    """Look for packs again."""
    global _packs
    found = (*packs_in(starter.STYLES), *packs_in(styles_folder()))
    _packs = {pack.folder.name: pack for pack in found if pack.has_style}
    _items.clear()
    if _previews is not None:
        _previews.clear()


def packs() -> dict[str, StylePack]:
    """The packs with a style, by the name of their folder."""
    if _packs is None:
        find_packs()
    return _packs or {}


def pack_or_error(name: str) -> StylePack:
    """The pack in a folder of that name. Raises InputError with what to do."""
    if not packs():
        raise InputError("There is no style yet.", "Add one: a style pack, or the files of its authors.")
    if name not in packs():
        raise InputError(f"The style {name} is not there any more.", "Choose another, or add it again.")
    return packs()[name]


def on_this_computer(styling: Styling) -> Styling:
    """A styling that a .blend remembers, with its pack where packs lie here."""
    name = Path(styling.style).name
    return replace(styling, style=str(packs()[name].folder if name in packs() else styles_folder() / name))


def pack_items(_owner, _context) -> list[tuple]:
    """The packs as a property wants them, each with the thumbnail of its first exemplar."""
    if "" not in _items:
        _items[""] = [
            (name, pack.facts.name, _told(pack), _icon(pack, 0), number(name)) for name, pack in packs().items()
        ] or [NONE]
    return _items[""]


def exemplar_items(name: str) -> list[tuple]:
    """The exemplars of a pack as a property wants them, with thumbnails."""
    pack = packs().get(name)
    if pack is None or not pack.facts.exemplars:
        return [NONE]
    if name not in _items:
        _items[name] = [
            (str(place), shown_name(exemplar), exemplar.name, _icon(pack, place), place)
            for place, exemplar in enumerate(pack.facts.exemplars)
        ]
    return _items[name]


def shown_name(exemplar: PackedExemplar) -> str:
    """What an exemplar is called on screen: its picture's name without the ending."""
    return Path(exemplar.name).stem


def number(name: str) -> int:
    """The number that a .blend keeps for a pack: the same whatever other packs there are."""
    return zlib.crc32(name.encode()) & 0x7FFFFFFF


def is_accepted(pack: StylePack) -> bool:
    """Whether a person was shown the license of a pack and went on."""
    preferences = extension.preferences()
    return preferences is None or _mark(pack) in preferences.accepted_licenses.split()


def accept(pack: StylePack) -> None:
    """Remember that a person went on."""
    if not is_accepted(pack):
        extension.preferences().accepted_licenses += f" {_mark(pack)}"


def _mark(pack: StylePack) -> str:
    """A pack and its license, as the preferences remember them: another text is shown again."""
    facts = pack.facts
    return hashlib.sha256(repr((facts.name, facts.authors, facts.license)).encode()).hexdigest()[:16]


def _told(pack: StylePack) -> str:
    facts = pack.facts
    parts = (f"{len(facts.exemplars)} exemplars, {facts.size} pixels", facts.authors, facts.license)
    return ". ".join(filter(None, parts))


def _icon(pack: StylePack, place: int) -> int:
    """The icon of an exemplar's thumbnail, once the file is known to be the pack's; 0 without one."""
    exemplars = pack.facts.exemplars
    if _previews is None or place >= len(exemplars) or not exemplars[place].thumbnail:
        return 0
    key = f"{pack.folder}:{place}"
    if key not in _previews:
        try:
            _previews.load(key, str(pack.verified(exemplars[place].thumbnail)), 'IMAGE')
        except (InputError, KeyError, RuntimeError):
            return 0
    return _previews[key].icon_id


def register():
    """Make room for thumbnails."""
    global _previews
    _previews = bpy.utils.previews.new()


def unregister():
    """Give the thumbnails back."""
    global _previews, _packs
    bpy.utils.previews.remove(_previews)
    _previews = _packs = None
    _items.clear()
