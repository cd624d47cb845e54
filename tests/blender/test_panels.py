# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What panels say, as far as it can be known without a window; tests/gui takes their pictures."""

import bpy
import pytest

SMALL_WORDS = {"on", "from", "to", "by", "as", "in", "of", "per", "and"}


def ours():
    return [getattr(bpy.types, name) for name in dir(bpy.types) if name.startswith("PASTICHE_")]


def operators():
    return [getattr(bpy.ops.pastiche, name) for name in dir(bpy.ops.pastiche)]


def labels_and_descriptions():
    for operator in operators():
        kind = operator.get_rna_type()
        yield kind.name, kind.description
        yield from ((prop.name, prop.description) for prop in kind.properties if prop.identifier != "rna_type")
    for group in (cls for cls in ours() if issubclass(cls, bpy.types.PropertyGroup)):
        own = [prop for prop in group.bl_rna.properties if prop.identifier not in {"rna_type", "name"}]
        yield from ((prop.name, prop.description) for prop in own)
    yield from ((cls.bl_label, "") for cls in ours() if issubclass(cls, bpy.types.Panel))


def test_tooltips_are_phrases_without_a_final_dot():
    assert [text for _, text in labels_and_descriptions() if text.endswith(".")] == []


def test_labels_are_in_title_case():
    words = [word for label, _ in labels_and_descriptions() for word in label.split() if word not in SMALL_WORDS]
    assert [word for word in words if word[0].isalpha() and not word[0].isupper() and "_" not in word] == []


def test_every_operator_says_what_it_does():
    assert [str(operator) for operator in operators() if len(operator.get_rna_type().description) < 20] == []


@pytest.mark.parametrize("space", ['VIEW_3D', 'IMAGE_EDITOR', 'SEQUENCE_EDITOR'])
def test_the_tab_is_the_same_in_every_editor_but_for_dragging(space):
    panels = [cls for cls in ours() if issubclass(cls, bpy.types.Panel) and cls.bl_space_type == space]
    assert [panel.bl_label for panel in panels if not hasattr(panel, "bl_parent_id")] == ["Pastiche"]
    parts = {panel.bl_label for panel in panels if hasattr(panel, "bl_parent_id")}
    drag = {"Drag", "Drag Presets", "Drag Mask", "Drag Options"} if space == 'IMAGE_EDITOR' else set()
    always = {"Cards", "Style", "Capture", "Render", "Face", "Channels", "Takes", "Poses", "Exchange", "Recipe"}
    assert parts == always | {"Kept Expressions"} | drag


def test_long_sentences_are_laid_over_lines(room):
    wrapped = room("panels.sentences").wrapped
    assert wrapped("No face was found in a_very_long_name.png today", 12, len) == [
        "No face was", "found in", "a_very_long_", "name.png", "today",
    ]  # fmt: skip
    assert wrapped("", 12, len) == []
    assert wrapped("顔が見つかりませんでした。", 5, len) == ["顔が見つか", "りませんで", "した。"]


def test_progress_reads_as_a_sentence(room):
    from types import SimpleNamespace

    text = room("panels.progress").progress_text
    job = SimpleNamespace(text="Rendering", done=45, total=120, unit="frames", rate=12.34, seconds_left=66.2)
    assert text(job) == "45 of 120 frames, 12.3 per second, 1:06 left"
    job.done, job.seconds_left = 120, 0.0
    assert text(job) == "120 of 120 frames, 12.3 per second"
    job.total = 0
    assert text(job) == "Rendering"
