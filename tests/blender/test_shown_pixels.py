# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a render of the scene shows: the picture on the card, the frames in step with the timeline, the strip."""

import bpy
import numpy as np
import pytest


@pytest.fixture
def stage(card, room):
    """An orthographic camera that sees exactly the card, colors as painted, Cycles, 60 x 40 pixels."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = 'ORTHO', card.dimensions.x
    camera.location, camera.rotation_euler = (0, -5, 0), (np.pi / 2, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = 'CYCLES', 1, False
    scene.cycles.pixel_filter_type, scene.cycles.filter_width = 'BOX', 0.01
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 60, 40, 100
    scene.render.film_transparent = True
    bpy.ops.pastiche.show_as_painted()
    return scene


@pytest.fixture
def photograph(room, tmp_path):
    """Render the scene at a frame; returns (H, W, 4) uint8."""

    def take(frame=1):
        scene = bpy.context.scene
        scene.frame_set(frame)
        scene.render.filepath = str(tmp_path / "shot.png")
        bpy.ops.render.render(write_still=True)
        return room("scene.images").read_pixels(bpy.data.images.load(scene.render.filepath, check_existing=False))

    return take


def write_frames(room, folder, first, last):
    """Frames of a plain color each: gray 10 x the frame's number."""
    folder.mkdir(parents=True, exist_ok=True)
    for frame in range(first, last + 1):
        pixels = np.full((40, 60, 4), 10 * frame, np.uint8)
        pixels[..., 3] = 255
        room("scene.png").write_png(folder / room("scene.storage").frame_name(frame), pixels)


def test_the_card_shows_its_picture_with_alpha(stage, photograph, picture):
    shot = photograph().astype(int)
    assert np.abs(shot[..., 3] - picture[1][..., 3]).max() <= 2
    assert np.abs(shot[..., :3] - picture[1][..., :3])[picture[1][..., 3] > 230].max() <= 2


def test_the_card_shows_frames_in_step_with_the_timeline(stage, photograph, card, room, tmp_path):
    write_frames(room, tmp_path / "frames", 5, 9)
    room("scene.sequence").show_on_card(card, tmp_path / "frames", 5, 9)
    assert [photograph(frame)[20, 30, 0] for frame in (1, 5, 7, 9, 20)] == pytest.approx([50, 50, 70, 90, 90], abs=2)


def test_changed_files_are_shown_after_reloading(stage, photograph, card, room, tmp_path):
    write_frames(room, tmp_path / "frames", 1, 2)
    room("scene.sequence").show_on_card(card, tmp_path / "frames", 1, 2)
    assert photograph(2)[20, 30, 0] == pytest.approx(20, abs=2)
    room("scene.png").write_png(tmp_path / "frames" / "frame_000002.png", np.full((40, 60, 4), 255, np.uint8))
    room("scene.sequence").reload_on_card(card)
    assert photograph(2)[20, 30, 0] == pytest.approx(255, abs=2)


def test_the_strip_shows_frames_in_step_with_the_timeline(stage, photograph, card, room, tmp_path):
    write_frames(room, tmp_path / "frames", 5, 9)
    room("scene.strips").show_in_strip(stage, card.name, card.pastiche.uid, tmp_path / "frames", 5, 9, is_whole=True)
    assert [photograph(frame)[20, 30, 0] for frame in (5, 7, 9)] == pytest.approx([50, 70, 90], abs=2)
