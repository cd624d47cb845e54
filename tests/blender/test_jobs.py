# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may happen while a job runs: the artist goes on working, or the worker dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import bpy
import pytest


@pytest.fixture
def dummy(room, card):
    """Start a dummy job of 40 frames on the card without waiting for it; returns the job."""
    return lambda **options: room("operators.dummy").dummy(
        bpy.context.scene, card, **{"last": 40, "seconds_per_frame": 0.02, **options}
    )


@pytest.fixture
def until(room):
    """Poll as the timer does, until something is true."""

    def poll_until(is_true, seconds=30):
        end = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < end, "it never came true"
            room("scene.jobs").poll()
            time.sleep(0.01)

    return poll_until


def strips():
    editor = bpy.context.scene.sequence_editor
    return list(getattr(editor, "strips", None) or getattr(editor, "sequences", ())) if editor else []


def frames_on_disk(job):
    return sorted(file.name for file in (job.folder / "frames").glob("frame_*.png"))


def test_a_finished_job_shows_on_card_and_strip(card):
    assert bpy.ops.pastiche.dummy(first=5, last=12, seconds_per_frame=0) == {'FINISHED'}
    (strip,) = strips()
    assert (strip.frame_final_start, strip.frame_final_end) == (5, 13)
    assert [e.filename for e in strip.elements][::7] == ["frame_000005.png", "frame_000012.png"]
    user = card.active_material.node_tree.nodes["Portrait"].image_user
    shown = []
    for frame in (1, 5, 8, 12, 99):
        bpy.context.scene.frame_set(frame)
        shown.append(user.frame_offset + 1)
    assert shown == [5, 5, 8, 12, 12]


def test_frames_show_while_they_arrive(dummy, until, card):
    job = dummy()
    until(lambda: card.pastiche.rendered_last < 0 and strips() and len(strips()[0].elements) > 3)
    assert job.is_open
    until(lambda: not job.is_open)
    assert len(strips()[0].elements) == 40


def test_cancelling_keeps_the_finished_frames_and_going_on_ends_whole(dummy, until, room, card):
    job = dummy()
    until(lambda: job.done > 5)
    room("scene.jobs").cancel(job)
    until(lambda: not job.is_open)
    kept = len(strips()[0].elements)
    assert job.state == 'CANCELLED' and 5 < kept < 40 and kept == len(frames_on_disk(job))
    again = dummy()
    until(lambda: not again.is_open)
    assert len(strips()[0].elements) == 40 and again.result["reused"] == kept


def test_a_second_job_for_one_card_is_refused(dummy, until, room):
    job = dummy()
    with pytest.raises(RuntimeError, match="still running"):
        bpy.ops.pastiche.dummy()
    room("scene.jobs").cancel(job)
    until(lambda: not job.is_open)


def test_a_failing_frame_keeps_those_before_it(card):
    with pytest.raises(RuntimeError, match="Frame 7 fails"):
        bpy.ops.pastiche.dummy(last=20, fail_at=7, seconds_per_frame=0)
    assert len(strips()[0].elements) == 6


def test_a_killed_worker_is_explained_and_the_job_can_be_resumed(dummy, until, room):
    job = dummy()
    until(lambda: job.done > 5)
    os.kill(room("scene.worker").running_client().ready.pid, signal.SIGKILL)
    until(lambda: not job.is_open)
    assert job.state == 'FAILED' and "SIGKILL" in str(job.error) and "finished frames are kept" in str(job.error)
    again = dummy()
    until(lambda: not again.is_open)
    assert again.state == 'FINISHED' and again.result["reused"] >= 5 and len(strips()[0].elements) == 40


def test_deleting_the_card_keeps_the_frames_and_says_where(dummy, until, card):
    job = dummy()
    until(lambda: job.done > 3)
    bpy.data.objects.remove(card)
    until(lambda: not job.is_open)
    assert len(frames_on_disk(job)) == 40 and str(job.folder / "frames") in str(job.error)


def test_a_card_deleted_by_the_person_counts_as_deleted(dummy, until, card):
    job = dummy()
    until(lambda: job.done > 3)
    with bpy.context.temp_override(selected_objects=[card]):
        bpy.ops.object.delete()
    until(lambda: not job.is_open)
    assert "deleted" in str(job.error)


def test_deleting_image_and_scene_does_no_harm(dummy, until, card):
    job = dummy()
    until(lambda: job.done > 3)
    bpy.data.images.remove(card.pastiche.image)
    scene = bpy.context.scene
    bpy.context.window.scene = bpy.data.scenes.new("Other")
    bpy.data.scenes.remove(scene)
    until(lambda: not job.is_open)
    assert len(frames_on_disk(job)) == 40 and "deleted" in str(job.error)


def test_undo_and_redo_during_a_job_are_safe(dummy, until, card):
    uid = card.pastiche.uid
    bpy.ops.ed.undo_push(message="card")
    bpy.context.scene.frame_end = 77
    bpy.ops.ed.undo_push(message="something else")
    job = dummy()
    until(lambda: job.done > 5)
    bpy.ops.ed.undo()
    until(lambda: job.done > 10)
    bpy.ops.ed.redo()
    until(lambda: not job.is_open)
    assert job.error is None and bpy.context.scene.frame_end == 77
    assert bpy.context.scene.objects[0].pastiche.uid == uid and len(strips()[0].elements) == 40


def test_a_rendered_card_is_one_undo_step(card):
    bpy.ops.ed.undo_push(message="card")
    bpy.ops.pastiche.dummy(last=5, seconds_per_frame=0)
    assert strips()
    bpy.ops.ed.undo()
    assert not strips() and bpy.context.scene.objects[0].pastiche.rendered_last == -1
    bpy.ops.ed.redo()
    assert len(strips()[0].elements) == 5


def test_undoing_the_card_itself_during_a_job_keeps_its_frames(picture, room, until):
    bpy.ops.ed.undo_push(message="empty")
    bpy.ops.pastiche.card_from_image('EXEC_DEFAULT', True, filepath=str(picture[0]))
    job = room("operators.dummy").dummy(bpy.context.scene, bpy.context.object, last=30)
    until(lambda: job.done > 3)
    bpy.ops.ed.undo()
    until(lambda: not job.is_open)
    assert len(frames_on_disk(job)) == 30 and "deleted" in str(job.error)


def test_another_file_gets_nothing_of_a_running_job(dummy, until, room, capsys):
    job = dummy()
    until(lambda: job.done > 5)
    bpy.ops.wm.read_homefile(use_empty=True)
    until(lambda: not job.is_open)
    assert not strips() and not bpy.data.objects
    assert job.state == 'CANCELLED' and len(frames_on_disk(job)) > 5
    assert str(job.folder) in capsys.readouterr().out


def test_ten_files_opened_in_a_row_keep_their_own(dummy, until, tmp_path, room):
    for number in range(10):
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / f"{number}.blend"), copy=True)
    job, client = dummy(last=9999), room("scene.worker").running_client()
    until(lambda: job.done > 3)
    for number in range(10):
        bpy.ops.wm.open_mainfile(filepath=str(tmp_path / f"{number}.blend"))
        room("scene.jobs").poll()
        assert not strips()
        card = next(each for each in bpy.data.objects if each.pastiche.uid)
        assert card.pastiche.rendered_last == -1
        if number % 3 == 0:  # a job begun in each third of them is stopped by the next
            until(lambda: not room("scene.jobs").open_jobs())
            room("operators.dummy").dummy(bpy.context.scene, card, last=9999)
    room("scene.jobs").detach_all()
    until(lambda: not room("scene.jobs").open_jobs())
    assert job.state == 'CANCELLED' and not strips() and room("scene.worker").running_client() is client
    assert bpy.ops.pastiche.dummy(card=card.name, last=3, seconds_per_frame=0) == {'FINISHED'}


def test_a_worker_without_python_is_explained(card, room):
    preferences = bpy.context.preferences.addons["bl_ext.user_default.pastiche"].preferences
    room("scene.worker").close()
    preferences.python = "/no/such/python"
    try:
        with pytest.raises(RuntimeError, match="/no/such/python"):
            bpy.ops.pastiche.dummy()
    finally:
        preferences.python = ""


def test_restarting_the_worker_ends_the_job_and_keeps_its_frames(dummy, until, room):
    job = dummy()
    until(lambda: job.done > 5)
    before = room("scene.worker").running_client()
    bpy.ops.pastiche.worker_restart()
    assert job.state == 'CANCELLED' and room("scene.worker").running_client() is not before
    assert len(strips()[0].elements) > 4
    assert bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0) == {'FINISHED'}


def test_a_vanished_folder_is_named(dummy, until, card):
    job = dummy()
    until(lambda: job.done > 5)
    job.folder.rename(job.folder.with_name("elsewhere"))
    until(lambda: not job.is_open)
    assert job.state == 'FAILED' and str(job.folder) in str(job.error)


CRASH = """
import os, sys, time
sys.path.insert(0, {tests!r})
import conftest
extension = conftest.extension.__wrapped__()
next(extension)
import bpy
bpy.ops.wm.read_homefile(use_empty=True)
bpy.data.images.new("Painted", 8, 8)
bpy.ops.pastiche.card_from_image(image="Painted")
room = sys.modules[conftest.NAME].__name__
from importlib import import_module
jobs = import_module(room + ".scene.jobs")
job = import_module(room + ".operators.dummy").dummy(bpy.context.scene, bpy.context.object, last=9999)
while job.done < 3:
    jobs.poll()
    time.sleep(0.01)
print("worker", import_module(room + ".scene.worker").running_client().ready.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for the process in /proc")
def test_the_worker_ends_when_blender_crashes():
    script = CRASH.format(tests=str(Path(__file__).parent))
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    pid = int(run.stdout.split("worker")[-1])
    end = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < end, "the worker lives on"
        time.sleep(0.05)


def test_a_moved_strip_stays_where_the_person_put_it(card):
    bpy.ops.pastiche.dummy(last=10, seconds_per_frame=0)
    (strip,) = strips()
    strip.frame_start = 101
    strip.blend_alpha = 0.5
    bpy.ops.pastiche.dummy(last=10, seconds_per_frame=0)
    (strip,) = strips()
    assert (strip.frame_final_start, strip.frame_final_end, strip.blend_alpha) == (101, 111, 0.5)


def test_a_longer_range_makes_an_untouched_strip_longer_and_a_shorter_one_shorter(card):
    for last in (10, 15, 6):
        bpy.ops.pastiche.dummy(last=last, seconds_per_frame=0)
        (strip,) = strips()
        assert (strip.frame_final_start, strip.frame_final_end) == (1, last + 1)


def test_another_start_moves_an_untouched_strip(card):
    bpy.ops.pastiche.dummy(first=1, last=10, seconds_per_frame=0)
    bpy.ops.pastiche.dummy(first=4, last=8, seconds_per_frame=0)
    (strip,) = strips()
    assert (strip.frame_final_start, strip.frame_final_end) == (4, 9)
    assert strip.elements[0].filename == "frame_000004.png"


def test_keys_that_the_person_retimed_stay(card):
    bpy.ops.pastiche.dummy(last=10, seconds_per_frame=0)
    tree = card.active_material.node_tree
    user = tree.nodes["Portrait"].image_user
    user.frame_offset = 9
    user.keyframe_insert("frame_offset", frame=20)
    bpy.ops.pastiche.dummy(last=10, seconds_per_frame=0)
    bpy.context.scene.frame_set(20)
    assert user.frame_offset == 9


def test_the_strip_is_put_above_what_is_there(card):
    scene = bpy.context.scene
    editor = scene.sequence_editor_create()
    length = {"length": 50} if bpy.app.version >= (5, 0, 0) else {"frame_end": 51}
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    collection.new_effect(name="below", type='COLOR', channel=3, frame_start=1, **length)
    bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0)
    assert {strip.name: strip.channel for strip in strips()}[card.name] == 4


def test_a_duplicated_card_gets_frames_of_its_own(card, room):
    bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0)
    bpy.ops.object.duplicate()
    twin = bpy.context.object
    bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0)
    assert twin != card and twin.pastiche.uid != card.pastiche.uid
    folder = room("scene.storage").known_folder
    assert folder(twin) != folder(card)
    assert twin.active_material != card.active_material


def test_esc_has_its_other_meanings_while_nothing_runs(card):
    assert not bpy.ops.pastiche.cancel.poll()
