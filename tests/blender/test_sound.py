# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The footage's sound in the sequencer."""

import math
import struct
import wave

import bpy
import pytest

pytestmark = pytest.mark.skipif(not bpy.app.build_options.audaspace, reason="this Blender was built without audio")


@pytest.fixture
def sound(tmp_path):
    """Two seconds of a tone."""
    path = tmp_path / "to ne.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 4))) for i in range(16000)))
    return path


@pytest.fixture
def lay(room, card, sound):
    return lambda *places: room("scene.strips").add_sound(bpy.context.scene, card, sound, *places)


def strips():
    editor = bpy.context.scene.sequence_editor
    return list(editor.strips if hasattr(editor, "strips") else editor.sequences)


def test_sound_begins_with_the_footage(lay):
    strip = lay(11, 1000, 0.0)
    assert (strip.frame_final_start, strip.frame_final_end) == (11, 11 + 48)


def test_what_the_motion_leaves_out_is_not_heard(lay):
    strip = lay(11, 31, 12.0)
    assert (strip.frame_final_start, strip.frame_final_end, strip.frame_start) == (11, 31, -1)


def test_the_same_sound_is_laid_once(lay):
    lay(11, 1000, 0.0)
    lay(11, 1000, 0.0)
    lay(21, 1000, 0.0)
    (strip,) = strips()
    assert strip.frame_final_start == 21


def test_in_a_saved_file_the_same_sound_is_laid_once(lay, tmp_path):
    (tmp_path / "deep").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "deep" / "a.blend"))
    lay(11, 1000, 0.0)
    lay(11, 1000, 0.0)
    assert len(strips()) == 1 and strips()[0].sound.filepath.startswith("//")


def test_sound_that_the_person_has_laid_there_is_left(lay, sound):
    editor = bpy.context.scene.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    mine = collection.new_sound(name="mine", filepath=str(sound), channel=3, frame_start=11)
    assert lay(11, 1000, 0.0) == mine and len(strips()) == 1


def test_silent_footage_leaves_no_strip(room, card, tmp_path):
    (tmp_path / "silent.mp4").write_bytes(b"no sound here")
    assert room("scene.strips").add_sound(bpy.context.scene, card, tmp_path / "silent.mp4", 1, 10, 0.0) is None
    assert not strips()


def test_a_film_begins_with_what_is_heard_on_its_first_frame(lay, room, card, sound):
    scene, request = bpy.context.scene, room("scene.requests").render_request
    assert request(card, scene, 5, 8).format == 'PNG'
    card.pastiche.use_film = True
    silent = request(card, scene, 5, 8)
    assert (silent.format, silent.audio) == ('MP4', "")
    lay(11, 1000, 12.0)  # half a second of it is left out: second 0 would be on frame -1
    for first, second in ((11, 0.5), (23, 1.0), (1, 2 / 24)):
        heard = request(card, scene, first, first + 3)
        assert heard.audio == str(sound) and heard.audio_begin == pytest.approx(second)
