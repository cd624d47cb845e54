# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live cards as plain meshes."""

import bpy
import numpy as np
import pytest
from shown_mesh import shown_vertices


@pytest.fixture
def keyed(live):
    for frame, jaw, yaw in ((1, 0.0, 0.0), (6, 0.8, 10.0), (11, 0.2, -15.0)):
        live["jawOpen"], live["headYaw"] = jaw, yaw
        live.keyframe_insert('["jawOpen"]', frame=frame)
        live.keyframe_insert('["headYaw"]', frame=frame)
    live["muteEyes"], live["eyeBlinkLeft"] = True, 1.0
    live.keyframe_insert("location", frame=1)
    return live


def test_a_baked_mesh_plays_as_its_card(keyed):
    assert bpy.ops.pastiche.bake_mesh() == {'FINISHED'}
    baked = bpy.context.object
    assert baked.name.endswith("Baked") and not baked.pastiche.uid
    for frame in (1, 4, 6, 9, 11):
        bpy.context.scene.frame_set(frame)
        keyed.hide_set(False)
        assert np.abs(shown_vertices(baked) - shown_vertices(keyed)).max() < 0.004


def test_a_baked_mesh_has_keyframes_and_no_drivers(keyed):
    bpy.ops.pastiche.bake_mesh()
    baked = bpy.context.object
    keys = baked.data.shape_keys
    assert not keys.animation_data.drivers and keys.animation_data.action
    assert "jawOpen" not in baked and "gainJaw" not in baked
    assert keys.key_blocks["eyeBlinkLeft"].value == 0
    assert keyed.data.shape_keys.animation_data.drivers


def test_the_pictures_of_a_baked_mesh_are_in_the_blend(keyed, tmp_path):
    import subprocess
    import sys

    bpy.ops.pastiche.bake_mesh(filepath=str(tmp_path / "sent.blend"))
    images = {
        node.image
        for material in bpy.context.object.data.materials
        for node in material.node_tree.nodes
        if node.type == 'TEX_IMAGE'
    }
    assert len(images) >= 2 and all(image.packed_file for image in images)
    script = (
        "import bpy, sys\n"
        "with bpy.data.libraries.load(sys.argv[1]) as (found, wanted): wanted.objects = found.objects\n"
        "scene, baked = bpy.context.scene, next(o for o in wanted.objects if o.name.endswith('Baked'))\n"
        "scene.collection.objects.link(baked)\n"
        "for frame in (1, 6):\n"
        "    scene.frame_set(frame)\n"
        "    v = baked.evaluated_get(bpy.context.view_layer.depsgraph).data.vertices\n"
        "    print('gap', v[4 + 13].co.z - v[4 + 14].co.z)\n"
        "print('gap', float(all(i.size[0] for i in bpy.data.images if i.type == 'IMAGE' and i.users)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(tmp_path / "sent.blend")], capture_output=True, text=True)
    gaps = [float(line.split()[1]) for line in ran.stdout.splitlines() if line.startswith("gap")]
    assert gaps[1] > gaps[0] + 0.03 and gaps[2] == 1.0, ran.stdout + ran.stderr


def test_baking_can_be_undone(keyed):
    bpy.ops.ed.undo_push(message="card")
    bpy.ops.pastiche.bake_mesh('EXEC_DEFAULT', True)
    assert len(bpy.context.scene.objects) == 2
    bpy.ops.ed.undo()
    assert len(bpy.context.scene.objects) == 1


def test_a_card_that_is_not_live_cannot_be_baked(card):
    with pytest.raises(RuntimeError, match="Make Live"):
        bpy.ops.pastiche.bake_mesh()
