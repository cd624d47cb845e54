# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and tooltips in other languages: one .po file per language, named after Blender's locale, as translators know.

Blender looks a text up by its context, too: the labels of operators have one of their own. What a language lacks stays
English. Only whole texts are looked up; sentences of the worker are not translated.
"""

import ast
from pathlib import Path

import bpy

CONTEXTS = ("*", "Operator", "Pastiche")  # the last is that of our panels


def languages() -> dict[str, Path]:
    """Locale -> its file."""
    return {path.stem: path for path in sorted(Path(__file__).parent.glob("*.po"))}


def read_po(path: Path) -> dict[str, str]:
    """English -> the other language, of the entries that are translated (GNU gettext, "The Format of PO Files")."""
    texts: dict[str, str] = {}
    parts = {"msgid": "", "msgstr": ""}
    place = ""
    for line in [*path.read_text("utf-8").splitlines(), "msgid \"\""]:
        word, _, rest = line.strip().partition(" ")
        if word in parts:
            place = word
            if word == "msgid":
                texts[parts["msgid"]] = parts["msgstr"]
                parts["msgstr"] = ""
            parts[word] = ast.literal_eval(rest)
        elif line.startswith('"'):
            parts[place] += ast.literal_eval(line.strip())
    return {english: other for english, other in texts.items() if english and other}


def register() -> None:
    """Hand every language to Blender."""
    tables = {locale: read_po(path) for locale, path in languages().items()}
    bpy.app.translations.register(
        __package__,
        {
            locale: {(context, english): other for english, other in table.items() for context in CONTEXTS}
            for locale, table in tables.items()
        },
    )


def unregister() -> None:
    """Take them away."""
    bpy.app.translations.unregister(__package__)
