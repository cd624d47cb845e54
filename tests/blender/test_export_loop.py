# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A card or a strip is saved as a picture that plays forever; its frames are rendered first where they are missing."""

import bpy
import pytest


@pytest.fixture
def placed(card):
    """A card that moves a little, with a face that needs no detector."""
    bpy.ops.pastiche.place_face()
    card.pastiche.use_range, card.pastiche.first, card.pastiche.last = True, 1, 4
    for frame, value in ((1, 0.0), (4, 1.0)):
        card["jawOpen"] = value
        card.keyframe_insert('["jawOpen"]', frame=frame)
    return card


@pytest.mark.parametrize(("format", "head"), [('GIF', b"GIF89a"), ('APNG', b"\x89PNG"), ('WEBP', b"RIFF")])
def test_a_card_becomes_a_loop_where_it_was_asked_for(placed, tmp_path, format, head):
    path = tmp_path / "ü.loop"
    assert bpy.ops.pastiche.export_loop(filepath=str(path), format=format, fit='KB256') == {'FINISHED'}
    assert path.read_bytes().startswith(head)
    assert placed.pastiche.rendered_last == 4  # missing frames were rendered and are shown


def test_without_a_file_the_loop_stays_with_the_card(placed, room):
    bpy.ops.pastiche.export_loop(fit='FULL')
    folder = room("scene.storage").known_folder(placed) / "render"
    assert (folder / "loop.gif").is_file()
    assert room("scene.jobs").notice.startswith("Saved loop.gif: 60 x 40")


def test_a_strip_exports_what_it_shows_even_when_its_card_is_gone(placed, room, tmp_path):
    bpy.ops.pastiche.render()
    scene, strips, compat = bpy.context.scene, room("scene.strips"), room("scene.compat")
    strip = strips.strips_of(scene, placed.pastiche.uid)[0]
    compat.trim_strip(strip, 2, 4)
    assert strips.shown_frames(strip) == (2, 3)
    compat.set_strip_content_start(strip, 101)
    assert strips.shown_frames(strip) == (2, 3)
    bpy.data.objects.remove(placed)
    export_loop = room("operators.export_loop").export_loop
    job = export_loop(scene, strip, tmp_path / "a.gif", 'GIF', 'FULL', False)
    job = room("scene.jobs").wait_for(job.card_uid)
    assert job.state == 'FINISHED' and job.result["frames"] == 2 and job.result["reused"] == 2
    assert (tmp_path / "a.gif").is_file()


def test_a_missing_folder_is_told_before_anything_is_rendered(placed, tmp_path):
    with pytest.raises(RuntimeError, match="is missing"):
        bpy.ops.pastiche.export_loop(filepath=str(tmp_path / "no" / "a.gif"))
    assert placed.pastiche.recipe == ""


def test_a_loop_that_cannot_be_saved_stays_with_the_card(placed, tmp_path, room):
    (tmp_path / "a.gif").mkdir()
    with pytest.raises(RuntimeError, match="a.gif"):
        bpy.ops.pastiche.export_loop(filepath=str(tmp_path / "a.gif"))
    assert (room("scene.storage").known_folder(placed) / "render" / "loop.gif").is_file()
