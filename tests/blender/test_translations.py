# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Korean and Japanese say the same things; what they lack is listed, and is not much."""

import warnings

import bpy
import pytest

NAMES_OF_THINGS = {"APNG", "GIF", "WebP", "W+", "Python", "Single", "Half (bfloat16)", "Half (float16)"}
MOST_MISSING = 0.15  # of the labels: new ones come before their translation


def shown(prop):
    return prop.identifier not in {"rna_type", "name", "bl_idname"} and not prop.is_hidden


def labels_of_properties(properties):
    for prop in filter(shown, properties):
        yield prop.name
        if prop.type == 'ENUM':
            yield from (item.name for item in prop.enum_items)
        if prop.type in {'POINTER', 'COLLECTION'} and prop.fixed_type.identifier.startswith("PASTICHE_"):
            yield from labels_of_properties(prop.fixed_type.properties)


def labels(room):
    for name in dir(bpy.ops.pastiche):
        kind = getattr(bpy.ops.pastiche, name).get_rna_type()
        yield kind.name
        yield from labels_of_properties(kind.properties)
    for name in dir(bpy.types):
        cls = getattr(bpy.types, name)
        if name.startswith("PASTICHE_") and hasattr(cls, "bl_label"):
            yield cls.bl_label
    yield from labels_of_properties(bpy.types.Object.bl_rna.properties["pastiche"].fixed_type.properties)
    yield from (entry.pose.name for entry in room("scene.pose_library").poses().values())
    yield from (name for name, *_ in (*room("scene.placement").POINTS, *room("scene.placement").HANDLES[:0]))


@pytest.fixture
def tables(room):
    translations = room("panels.translations")
    return {locale: translations.read_po(path) for locale, path in translations.languages().items()}


def test_both_languages_are_there_and_say_the_same_things(tables):
    assert set(tables) == {"ja_JP", "ko_KR"}
    assert set(tables["ja_JP"]) == set(tables["ko_KR"])
    for table in tables.values():
        assert all(text.strip() == text and "|" not in text for text in table.values())
        assert not [english for english, text in table.items() if english.endswith(".") and text[-1] not in ".。"]


def test_nearly_every_label_has_an_entry(tables, room):
    wanted = {label for label in labels(room) if label and not label.startswith("DualStyleGAN") and "px" not in label}
    wanted -= NAMES_OF_THINGS
    missing = sorted(label for label in wanted if any(label not in table for table in tables.values()))
    if missing:
        warnings.warn(f"{len(missing)} of {len(wanted)} labels have no translation yet: {missing}", stacklevel=1)
    assert len(missing) <= MOST_MISSING * len(wanted)


def test_a_po_file_is_read_with_its_continued_lines(room, tmp_path):
    file = tmp_path / "xx.po"
    file.write_text(
        'msgid ""\nmsgstr ""\n"Language: xx\\n"\n\n# a\nmsgid "a"\n"b"\nmsgstr "c"\n"\\"d"\n\nmsgid "e"\nmsgstr ""\n'
    )
    assert room("panels.translations").read_po(file) == {"ab": 'c"d'}
