# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Menus, dropped files and the list of cards, as far as they can be known without a window."""

from types import SimpleNamespace

import bpy
import pytest

HANDLERS = {
    "PASTICHE_FH_picture": ".png", "PASTICHE_FH_footage": ".mp4", "PASTICHE_FH_face_csv": ".csv",
    "PASTICHE_FH_pose": ".pose",
}  # fmt: skip


@pytest.mark.parametrize(("name", "suffix"), HANDLERS.items())
def test_a_dropped_file_reaches_an_operator_that_takes_it(name, suffix, extension):
    handler = getattr(bpy.types, name)
    assert suffix in handler.bl_file_extensions.split(";")
    module, _, operator = handler.bl_import_operator.partition(".")
    assert "filepath" in getattr(getattr(bpy.ops, module), operator).get_rna_type().properties


def area(category, kind='VIEW_3D'):
    sidebar = SimpleNamespace(type='UI', width=200, active_panel_category=category)
    return SimpleNamespace(area=SimpleNamespace(type=kind, regions=[sidebar]))


def test_pictures_are_taken_only_where_our_tab_is_open(room):
    handler = room("panels.dropped_files").PASTICHE_FH_picture
    assert handler.poll_drop(area("Pastiche"))
    assert not handler.poll_drop(area("Item")) and not handler.poll_drop(area("Pastiche", 'NODE_EDITOR'))


def test_our_menu_entries_leave_with_us(room):
    menus = room("panels.menus")
    drawn = [function for function in bpy.types.VIEW3D_MT_image_add.draw._draw_funcs]
    assert menus._in_image_add in drawn
    menus.unregister()
    assert menus._in_image_add not in bpy.types.VIEW3D_MT_image_add.draw._draw_funcs
    menus.register()


def test_a_card_says_how_it_is(card, room):
    state_of = room("panels.card_list").state_of
    assert state_of(card)[0] == "Not driven yet"
    room("scene.compat").write_curve(card, '["jawOpen"]', [1, 3], [0.0, 1.0])
    assert state_of(card)[0] == "Keyed, not rendered"
    bpy.ops.pastiche.dummy(last=5)
    assert state_of(card) == ("Frames 1 to 5", 'CHECKMARK')
    with pytest.raises(RuntimeError):
        bpy.ops.pastiche.dummy(last=9, fail_at=7)
    assert state_of(card)[1] == 'ERROR'


def test_a_running_job_knows_its_newest_frame(card, room):
    bpy.ops.pastiche.dummy(last=5)
    assert room("scene.jobs").last_job(card.pastiche.uid).newest.endswith("frame_000005.png")
