# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later

from types import SimpleNamespace

import bpy
import numpy as np
import pytest


def painted(name="Painted", size=(30, 20), is_float=False, color=(0.2, 0.4, 0.6, 1.0)):
    image = bpy.data.images.new(name, *size, alpha=True, float_buffer=is_float)
    image.pixels.foreach_set(np.tile(np.array(color, np.float32), size[0] * size[1]))
    image.update()
    return image


def source_of(card, room):
    """The pixels (H, W, 4) that the worker gets."""
    file = room("scene.storage").known_folder(card) / "source.png"
    return room("scene.images").read_pixels(bpy.data.images.load(str(file), check_existing=False))


def test_a_card_has_the_shape_of_its_picture(card):
    width, thickness, height = card.dimensions
    assert (width / height, thickness) == (pytest.approx(60 / 40), 0)


def test_a_card_faces_the_front_view_with_its_origin_in_the_middle(card):
    assert card.data.polygons[0].normal[:] == pytest.approx((0, -1, 0))
    assert sum((vertex.co for vertex in card.data.vertices), start=card.location * 0).length == pytest.approx(0)


def test_the_card_is_chosen_after_it_was_made(card):
    assert bpy.context.selected_objects == [card]
    assert bpy.context.view_layer.objects.active == card


def test_the_worker_gets_the_pixels_of_the_file(card, picture, room):
    assert (source_of(card, room) == picture[1]).all()


def test_every_channel_is_a_property_at_rest(card, room):
    channels = room("bridge.channels").CHANNELS
    assert {name: card[name] for name in channels} == {name: channel.rest for name, channel in channels.items()}
    limits = card.id_properties_ui("headYaw").as_dict()
    assert (limits["soft_min"], limits["soft_max"], limits["min"], limits["max"]) == (-30, 30, -90, 90)


def test_unsaved_paint_reaches_the_worker(room):
    painted()
    bpy.ops.pastiche.card_from_image(image="Painted")
    assert source_of(bpy.context.object, room)[0, 0].tolist() == [51, 102, 153, 255]


def test_packed_and_repainted_pixels_reach_the_worker(room):
    image = painted()
    image.pack()
    image.pixels.foreach_set(np.ones(30 * 20 * 4, np.float32))
    bpy.ops.pastiche.card_from_image(image="Painted")
    assert source_of(bpy.context.object, room)[0, 0].tolist() == [255, 255, 255, 255]


def test_float_pixels_are_encoded_and_unassociated(room):
    painted(is_float=True, color=(0.25, 0.25, 0.25, 0.5))  # linear, premultiplied: a linear 0.5
    bpy.ops.pastiche.card_from_image(image="Painted")
    pixel = source_of(bpy.context.object, room)[0, 0] / 65535
    assert pixel == pytest.approx([0.735, 0.735, 0.735, 0.5], abs=0.002)


def test_making_a_card_leaves_the_image_alone():
    image = painted()
    bpy.ops.pastiche.card_from_image(image="Painted")
    assert (image.source, image.is_dirty, image.packed_file) == ('GENERATED', True, None)


def test_the_active_material_offers_its_image():
    image = painted()
    bpy.ops.mesh.primitive_plane_add()
    material = bpy.data.materials.new("M")
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = True
    node = material.node_tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    material.node_tree.nodes.active = node
    bpy.context.object.data.materials.append(material)
    bpy.ops.pastiche.card_from_image()
    assert bpy.context.object.pastiche.image == image


def test_a_card_can_fill_the_cameras_view(picture):
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location, camera.rotation_euler = (7, -7, 5), (1.1, 0, 0.8)
    scene.collection.objects.link(camera)
    scene.camera = camera
    bpy.context.view_layer.update()
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]), place='CAMERA')
    from bpy_extras.object_utils import world_to_camera_view

    card = bpy.context.object
    bpy.context.view_layer.update()
    seen = np.array([world_to_camera_view(scene, camera, card.matrix_world @ v.co)[:2] for v in card.data.vertices])
    # 60 x 40 in 1920 x 1080: as high as the view, upright
    assert seen[0] == pytest.approx([0.5 - 0.5 * 1.5 / (1920 / 1080), 0], abs=1e-4)
    assert seen[2] == pytest.approx([0.5 + 0.5 * 1.5 / (1920 / 1080), 1], abs=1e-4)


def test_another_portrait_reshapes_the_card(card):
    card.pastiche.image = painted(size=(20, 40))
    width, _, height = (max(v.co[i] for v in card.data.vertices) * 2 for i in range(3))
    assert (width / height, height) == (pytest.approx(0.5), pytest.approx(2.0))
    assert card.active_material.node_tree.nodes["Portrait"].image.name == "Painted"


def test_one_undo_takes_the_card_away(picture):
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.pastiche.card_from_image('EXEC_DEFAULT', True, filepath=str(picture[0]))
    assert len(bpy.data.objects) == 1
    bpy.ops.ed.undo()
    assert len(bpy.data.objects) == 0


@pytest.mark.parametrize(
    "name, data, says",
    [
        ("missing.png", None, "does not exist"),
        ("empty.png", b"", "damaged or not a picture"),
        ("text.png", b"no picture at all" * 100, "damaged or not a picture"),
        ("cut.png", 0.5, "damaged or not a picture"),
    ],
)
def test_a_bad_file_is_refused_and_leaves_nothing(tmp_path, picture, name, data, says):
    if data == 0.5:
        data = picture[0].read_bytes()[:40]
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(RuntimeError, match=says):
        bpy.ops.pastiche.card_from_image(filepath=str(tmp_path / name))
    assert not bpy.data.objects and not bpy.data.images and not bpy.data.materials


def test_a_huge_picture_is_refused_before_it_is_opened(tmp_path):
    import struct

    (tmp_path / "huge.png").write_bytes(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">IIBBBBB", 30000, 30000, 8, 6, 0, 0, 0)
    )
    with pytest.raises(RuntimeError, match="30000 x 30000"):
        bpy.ops.pastiche.card_from_image(filepath=str(tmp_path / "huge.png"))


def test_without_an_image_the_person_is_told():
    with pytest.raises(RuntimeError, match="no image in sight"):
        bpy.ops.pastiche.card_from_image()


@pytest.fixture
def shading():
    """Of a solid 3D view as Blender makes it."""
    view = next(area for screen in bpy.data.screens for area in screen.areas if area.type == 'VIEW_3D')
    shading = view.spaces.active.shading
    shading.type, shading.light, shading.color_type = 'SOLID', 'STUDIO', 'MATERIAL'
    return shading


def test_a_new_card_is_seen_in_solid_views(shading, picture):
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    assert (shading.color_type, shading.light) == ('TEXTURE', 'STUDIO')


def test_the_colors_that_a_person_has_chosen_stay(shading, picture):
    shading.color_type = 'RANDOM'
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    assert shading.color_type == 'RANDOM'


def test_one_click_shows_cards_as_painted(shading, card, room):
    shows = room("operators.show_as_painted").shows_as_painted
    view = SimpleNamespace(type='VIEW_3D', shading=shading)
    context = SimpleNamespace(scene=bpy.context.scene, space_data=view)
    assert not shows(context)
    bpy.ops.pastiche.show_as_painted()
    assert shows(context) and (shading.color_type, shading.light) == ('TEXTURE', 'FLAT')
    shading.light = 'STUDIO'
    assert not shows(context)
    shading.type = 'MATERIAL'
    assert shows(context)


def test_the_person_is_told_what_hides_a_new_card(picture, room, monkeypatch):
    monkeypatch.setattr(room("scene.jobs"), "notice", "")
    bpy.ops.mesh.primitive_cube_add(size=2.0, location=(0, 5, 0))
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    assert not room("scene.jobs").notice
    bpy.context.scene.cursor.location = (0.2, 5, 0)
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    assert room("scene.jobs").notice.startswith("Cube hides")
