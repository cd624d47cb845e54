# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Korean and Japanese say all that we say: every label and every tooltip."""

import ast
from pathlib import Path

import bpy
import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES_OF_THINGS = {"APNG", "GIF", "WebP", "W+", "Python", "DualStyleGAN", "CPU", "CUDA", "Pastiche", "px"}
HIDDEN = {"rna_type", "name", "bl_idname"}


def texts_of_properties(properties):
    """Labels and tooltips, of what properties point to as well."""
    for prop in properties:
        if prop.identifier in HIDDEN or prop.is_hidden:
            continue
        yield from (prop.name, prop.description)
        if prop.type == 'ENUM':
            yield from (text for item in prop.enum_items_static for text in (item.name, item.description))
        if prop.type in {'POINTER', 'COLLECTION'} and prop.fixed_type.identifier.startswith("PASTICHE_"):
            yield from texts_of_properties(prop.fixed_type.properties)


def texts_of_classes():
    for name in dir(bpy.ops.pastiche):
        kind = getattr(bpy.ops.pastiche, name).get_rna_type()
        yield from (kind.name, kind.description)
        yield from texts_of_properties(kind.properties)
    for name in dir(bpy.types):
        cls = getattr(bpy.types, name)
        if name.startswith("PASTICHE_") and hasattr(cls, "bl_label"):
            yield cls.bl_label
            if hasattr(cls, "bl_description"):
                yield cls.bl_description
    for owner in (bpy.types.Object, bpy.types.Scene, bpy.types.WindowManager):
        for prop in owner.bl_rna.properties:
            if prop.identifier.startswith("pastiche") and prop.type == 'POINTER':
                yield from texts_of_properties(prop.fixed_type.properties)


def texts_of_tables(room):
    """What is shown of a table, not of a property: channels, their groups, gains, poses, points."""
    channels, gains, titles = room("bridge.channels"), room("scene.gains"), room("panels.channels")
    for channel in (*channels.CHANNELS.values(), *channels.IMAGE):
        yield from (titles.title(channel.name), channel.description, channel.group)
    yield from (gains.GAIN, gains.MUTE)
    yield from (entry.pose.name for entry in room("scene.pose_library").poses().values())
    yield from (name for name, *_ in room("scene.placement").POINTS)


def texts_in_panels():
    """What panels write themselves: whole texts given as `text=`, `heading=` or `placeholder=`, or to draw_sentence."""
    for file in (ROOT / "panels").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            given = [key.value for key in node.keywords if key.arg in {"text", "heading", "placeholder"}]
            if getattr(node.func, "id", "") == "draw_sentence":
                given += node.args[2:3]
            for value in given:
                parts = (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
                yield from (part.value for part in parts if isinstance(part, ast.Constant))


def all_texts(room):
    preferences = room("scene.extension").preferences().bl_rna.properties
    texts = {*texts_of_classes(), *texts_of_properties(preferences), *texts_of_tables(room), *texts_in_panels()}
    return {text for text in texts if any(map(str.isalpha, text))} - NAMES_OF_THINGS


@pytest.fixture
def tables(room):
    translations = room("panels.translations")
    return {locale: translations.read_po(path) for locale, path in translations.languages().items()}


def test_every_label_and_tooltip_is_translated(tables, room):
    for locale, table in tables.items():
        missing = sorted(all_texts(room) - set(table))
        assert not missing, f"{locale} lacks {len(missing)}: {missing}"


def test_nothing_is_translated_that_is_nowhere_said(tables, room):
    files = [file for name in ("panels", "operators", "scene", "bridge") for file in (ROOT / name).rglob("*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    written = {node.value for node in nodes if isinstance(node, ast.Constant)}
    assert not sorted(set(tables["ko_KR"]) - all_texts(room) - written)


def test_both_languages_are_there_and_say_the_same_things(tables):
    assert set(tables) == {"ja_JP", "ko_KR"}
    assert set(tables["ja_JP"]) == set(tables["ko_KR"])
    for table in tables.values():
        assert all(text.strip() == text and "|" not in text for text in table.values())
        assert not [english for english, text in table.items() if english.endswith(".") and text[-1] not in ".。"]


def test_a_po_file_is_read_with_its_continued_lines(room, tmp_path):
    file = tmp_path / "xx.po"
    file.write_text(
        'msgid ""\nmsgstr ""\n"Language: xx\\n"\n\n# a\nmsgid "a"\n"b"\nmsgstr "c"\n"\\"d"\n\nmsgid "e"\nmsgstr ""\n'
    )
    assert room("panels.translations").read_po(file) == {"ab": 'c"d'}
