# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of which footage lands on which frames, read from movie strips as they stand in the sequencer."""

from fractions import Fraction

import bpy
import pytest


@pytest.fixture(scope="session")
def film(extension, tmp_path_factory):
    """A film of 50 pictures at 25 per second, made in the sequencer."""
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage, render.fps = 64, 48, 100, 25
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = 'VIDEO'
    render.image_settings.file_format = 'FFMPEG'
    render.ffmpeg.format = 'MPEG4'
    render.filepath = str(tmp_path_factory.mktemp("film") / "fi lm.mp4")
    scene.frame_start, scene.frame_end = 1, 50
    editor = scene.sequence_editor_create()
    length = {"length": 50} if bpy.app.version >= (5, 0, 0) else {"frame_end": 51}
    strips(editor).new_effect(name="c", type='COLOR', channel=1, frame_start=1, **length)
    bpy.ops.render.render(animation=True)
    from pathlib import Path

    return next(Path(render.filepath).parent.glob("*.mp4"))


def strips(editor):
    return editor.strips if hasattr(editor, "strips") else editor.sequences


@pytest.fixture
def strip(film):
    """The film as a strip on frame 11 of a scene of 24 frames per second."""

    def make(in_real_time=False):
        scene = bpy.context.scene
        if not in_real_time:
            editor = scene.sequence_editor_create()
            return strips(editor).new_movie(name="m", filepath=str(film), channel=1, frame_start=11)
        area = bpy.context.window.screen.areas[0]
        area.type = 'SEQUENCE_EDITOR'
        if hasattr(bpy.context.workspace, "sequencer_scene"):
            bpy.context.workspace.sequencer_scene = scene
        with bpy.context.temp_override(window=bpy.context.window, area=area):
            bpy.ops.sequencer.movie_strip_add(
                filepath=str(film),
                frame_start=11,
                channel=1,
                sound=False,
                use_framerate=False,
                adjust_playback_rate=True,
            )
        return strips(scene.sequence_editor)[0]

    return make


@pytest.fixture
def footage_of_strip(room):
    return lambda strip: room("scene.footage").footage_of_strip(strip, bpy.context.scene)


def test_a_strip_shows_one_picture_per_frame(strip, footage_of_strip, film):
    footage = footage_of_strip(strip())
    assert (footage.path, footage.start, footage.rate, footage.begin, footage.end) == (film, 11, "25", 0.0, 2.0)


def test_a_strip_in_real_time_is_captured_at_the_scenes_rate(strip, footage_of_strip):
    footage = footage_of_strip(strip(in_real_time=True))
    assert (footage.start, footage.rate) == (11, "24")
    assert footage.end == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("in_real_time, rate", [(False, 25), (True, 24)])
def test_trimmed_ends_are_left_out(strip, footage_of_strip, in_real_time, rate):
    trimmed = strip(in_real_time)
    trimmed.frame_final_start += 10
    trimmed.frame_final_end -= 5
    footage = footage_of_strip(trimmed)
    assert (footage.start, footage.rate) == (21, str(rate))
    assert footage.begin == pytest.approx(10 / rate)
    assert (footage.end - footage.begin) * rate == pytest.approx(trimmed.frame_final_duration)


def test_pictures_left_out_of_the_file_are_left_out(strip, footage_of_strip):
    trimmed = strip()
    trimmed.animation_offset_start = 5
    assert footage_of_strip(trimmed).begin == pytest.approx(5 / 25)


def test_a_missing_film_is_named(room, strip, footage_of_strip, tmp_path):
    gone = strip()
    gone.filepath = str(tmp_path / "gone.mp4")
    with pytest.raises(room("bridge.errors").InputError, match=r"gone\.mp4"):
        footage_of_strip(gone)


def test_rates_of_scenes_are_exact(room):
    render = bpy.context.scene.render
    rates = []
    for fps, base in ((24, 1.0), (30, 1.001), (24, 1.001), (60, 1.001), (25, 2.0)):
        render.fps, render.fps_base = fps, base
        rates.append(room("scene.footage").scene_rate(bpy.context.scene))
    assert rates == [24, Fraction(30000, 1001), Fraction(24000, 1001), Fraction(60000, 1001), Fraction(25, 2)]
