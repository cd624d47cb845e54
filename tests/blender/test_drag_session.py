# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dragging from Blender's side with a tiny random network: live picture, points, history, undo, keeping, reopening."""

import os
import subprocess
import time
from pathlib import Path

import bpy
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE_NETWORK = """
import sys
sys.path.insert(0, sys.argv[1])
import root_package
from pathlib import Path
from random_networks import stylegan2, write_network
write_network(stylegan2(), Path(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A network of 128 pixels, made by the worker's Python; Blender's has no torch."""
    path = tmp_path_factory.mktemp("network") / "stylegan2-tiny-128x128.pkl"
    command = [os.environ["PASTICHE_PYTHON"], "-c", MAKE_NETWORK, str(ROOT / "tests"), str(path)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"the worker's Python has no torch: {made.stderr[-200:]}")
    return path


@pytest.fixture
def session(room):
    yield room("scene.drag.session")
    room("scene.drag.session").close_session()


@pytest.fixture
def opened(network, session, room):
    """A card of seed 5, open for dragging."""
    assert bpy.ops.pastiche.card_from_network(filepath=str(network), seed=5) == {'FINISHED'}
    card = bpy.context.object
    card.pastiche.drag.step_size = 0.02
    look_until(room, lambda: pixels(card).any())
    return card


def look_until(room, is_true, seconds=30):
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, "it never came true"
        room("scene.jobs").poll()
        time.sleep(0.01)


def pixels(card):
    image = card.pastiche.drag.picture
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return values


def place(handle=(60.5, 60.5), target=(80.5, 60.5)):
    bpy.ops.pastiche.drag_point(handle=handle, target=target)


def test_a_card_of_a_network_shows_its_picture(opened):
    drag = opened.pastiche.drag
    assert tuple(drag.picture.size) == (128, 128) and opened.pastiche.image == drag.picture
    assert np.ptp(pixels(opened)) > 0.1 and drag.seed == 5


def test_dragging_moves_points_and_picture(opened, room, session):
    before = pixels(opened)
    place()
    assert bpy.ops.pastiche.drag_run(steps=4) == {'FINISHED'}
    running = session.current()
    assert running.standing.step == 4 and opened.pastiche.drag.step == 4
    assert tuple(opened.pastiche.drag.points[0].handle) == running.standing.handles[0]
    assert tuple(opened.pastiche.drag.points[0].target) == (80.5, 60.5)
    look_until(room, lambda: (pixels(opened) != before).any())


def test_a_drag_is_undone_and_each_step_can_be_shown(opened, room, session):
    place()
    bpy.ops.pastiche.drag_run(steps=3)
    bpy.ops.pastiche.drag_run(steps=2)
    bpy.ops.pastiche.drag_show(step=4)
    assert session.current().standing.step == 4 and opened.pastiche.drag.step == 4
    bpy.ops.pastiche.drag_show(by=-2)
    assert session.current().standing.step == 2
    bpy.ops.pastiche.drag_show(step=5)
    bpy.ops.pastiche.drag_back()
    assert session.current().standing.step == 3
    bpy.ops.pastiche.drag_reset()
    assert session.current().standing.step == 0 and tuple(opened.pastiche.drag.points[0].handle) == (60.5, 60.5)
    assert opened.pastiche.drag.strip == 0.0
    opened.pastiche.drag.strip = 60
    session.wait_for_answer(session.current())
    assert session.current().standing.step == 3 and opened.pastiche.drag.step == 3


def test_blenders_undo_shows_the_step_of_before(opened, room, session):
    name = opened.name
    place()
    bpy.ops.ed.undo_push(message="Placed")
    bpy.ops.pastiche.drag_run(steps=3)
    bpy.ops.ed.undo()
    session.wait_for_answer(session.current())
    assert session.current().standing.step == 0
    assert tuple(bpy.data.objects[name].pastiche.drag.points[0].handle) == (60.5, 60.5)
    bpy.ops.ed.redo()
    session.wait_for_answer(session.current())
    assert session.current().standing.step == 3


def test_options_and_mask_are_sent_with_the_drag(opened, session, room):
    place()
    path = [{"name": "", "loc": corner, "time": 0.0} for corner in ((40, 40), (100, 40), (100, 90), (40, 90))]
    bpy.ops.pastiche.drag_lasso(path=path)
    opened.pastiche.drag.most_steps = 2
    bpy.ops.pastiche.drag_run()
    assert session.current().standing.step == 2
    mask = np.frombuffer(session.current()._pictures.mask, np.uint8).reshape(128, 128)[::-1]
    assert (mask[45:85, 45:95] == 0).all() and mask[0, 0] and mask[120, 10]


def test_a_mask_of_one_color_holds_nothing(opened, session, room):
    place()
    room("scene.drag.mask").make_mask(opened)
    assert bpy.ops.pastiche.drag_run(steps=1) == {'FINISHED'}
    room("scene.drag.mask").write_free(opened.pastiche.drag.mask, np.ones((128, 128), bool))
    assert bpy.ops.pastiche.drag_run(steps=1) == {'FINISHED'}


def test_another_seed_begins_a_new_history(opened, session):
    place()
    bpy.ops.pastiche.drag_run(steps=2)
    history = opened.pastiche.drag.history
    bpy.ops.pastiche.drag_sample(seed=9, truncation=0.5)
    drag = opened.pastiche.drag
    assert (drag.seed, drag.truncation, drag.step) == (9, pytest.approx(0.5), 0) and drag.history != history
    assert session.current().standing.steps == 0
    bpy.ops.pastiche.drag_sample(rows='LOOK')
    assert opened.pastiche.drag.seed != 9


def test_dragging_without_points_says_what_to_do(opened):
    with pytest.raises(RuntimeError, match="Click a handle point and its target"):
        bpy.ops.pastiche.drag_run()


def test_a_preset_on_a_picture_without_a_face_says_so(opened):
    with pytest.raises(RuntimeError, match="No face was found"):
        bpy.ops.pastiche.drag_preset(preset='smile')


def test_a_preset_places_its_points(opened, session):
    session.current().face = np.random.default_rng(0).uniform(20, 100, (478, 2)).astype(np.float32)
    bpy.ops.pastiche.drag_preset(preset='wink')
    assert len(opened.pastiche.drag.points) == 4


def test_a_kept_expression_is_a_channel_of_the_card(opened, room):
    place()
    bpy.ops.pastiche.drag_run(steps=3)
    bpy.context.scene.frame_set(10)
    assert bpy.ops.pastiche.keep_expression(name="smirk", as_animation=True) == {'FINISHED'}
    curves = {curve.data_path: curve for curve in room("scene.compat").curves(opened)}
    assert curves['["path:smirk"]'].evaluate(10) == 0 and curves['["path:smirk"]'].evaluate(13) == 1
    assert opened.pastiche.engine == "latent"
    assert bpy.ops.pastiche.render(first=10, last=13) == {'FINISHED'}
    files = sorted((room("scene.storage").known_folder(opened) / "render" / "frames").iterdir())
    assert len(files) == 4 and len({file.read_bytes() for file in files}) == 4  # each a step of the way
    opened["drag:smirk"] = 0.0
    bpy.ops.pastiche.remove_expression(name="smirk")
    assert "drag:smirk" not in opened and not opened.pastiche.drag.expressions


def test_a_name_that_cannot_be_a_channel_is_refused(opened):
    place()
    bpy.ops.pastiche.drag_run(steps=1)
    with pytest.raises(RuntimeError, match="cannot be named"):
        bpy.ops.pastiche.keep_expression(name='a"]b')


def test_reopened_without_its_folder_the_small_latent_comes_from_the_file(opened, session, room, tmp_path):
    import shutil

    place()
    bpy.ops.pastiche.drag_run(steps=3)
    bpy.ops.pastiche.keep_expression(name="smirk")
    folder, name = room("scene.storage").known_folder(opened), opened.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "kept.blend"))
    shutil.rmtree(folder)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "kept.blend"))
    card = bpy.data.objects[name]
    assert not session.current().is_open and len(card.pastiche.drag.points) == 1
    assert Path(room("scene.drag.requests").engine_settings(card)["drag:smirk"]).is_file()
    assert bpy.ops.pastiche.drag_open(card=name) == {'FINISHED'}
    assert session.current().standing.seed == -1  # from the latent


def test_a_missing_network_is_named_with_the_remedy(opened, session, room):
    bpy.ops.pastiche.drag_close()
    opened.pastiche.drag.network = "//gone.pkl"
    with pytest.raises(RuntimeError, match="gone.pkl of .* is missing.*Choose where it is now"):
        bpy.ops.pastiche.drag_open()
    assert "is missing" in room("scene.drag.requests").missing_network(opened)


def test_a_file_that_is_no_network_is_refused(tmp_path, room):
    bad = tmp_path / "bad.pkl"
    bad.write_bytes(b"not a network")
    with pytest.raises(RuntimeError, match="bad.pkl"):
        bpy.ops.pastiche.card_from_network(filepath=str(bad))


def test_deleting_the_card_ends_the_session(opened, session, room):
    place()
    bpy.data.objects.remove(opened)
    session.current().say(room("bridge.drag_commands").Pause())
    look_until(room, lambda: not session.current().is_open)
    assert "deleted" in str(session.current().error)


def test_a_killed_worker_ends_the_session_with_its_reason(opened, session, room):
    import os
    import signal

    os.kill(room("scene.worker").running_client().ready.pid, signal.SIGKILL)
    look_until(room, lambda: not session.current().is_open)
    assert "SIGKILL" in str(session.current().error)
    assert bpy.ops.pastiche.drag_open() == {'FINISHED'}


@pytest.fixture
def own(card, network):
    """A card with a picture of its own and a network, quickly inverted."""
    drag = card.pastiche.drag
    drag.network, drag.framing, drag.search_steps, drag.tuning_steps = str(network), 'MIDDLE', 3, 2
    return card


def test_an_own_picture_is_inverted_and_dragged(own, session, room):
    assert bpy.ops.pastiche.invert() == {'FINISHED'}
    drag = own.pastiche.drag
    assert drag.is_inverted and drag.psnr > 3 and tuple(drag.square) == (30, 20, 40, 0)
    assert drag.picture != own.pastiche.image and np.ptp(pixels(own)) > 0.01
    assert bpy.ops.pastiche.drag_open() == {'FINISHED'}
    place()
    bpy.ops.pastiche.drag_run(steps=2)
    bpy.ops.pastiche.keep_expression(name="lift")
    settings = room("scene.drag.requests").engine_settings(own)
    assert Path(settings["latent"]).name == drag.latent and Path(settings["drag:lift"]).is_file()
    own["drag:lift"] = 1.0
    assert bpy.ops.pastiche.render(first=1, last=1) == {'FINISHED'}
    frame = room("scene.storage").known_folder(own) / "render" / "frames" / "frame_000001.png"
    assert room("scene.picture_size").peek_size(frame) == (60, 40)  # in the picture's own surroundings
    again = room("operators.invert").invert(own)
    look_until(room, lambda: not again.is_open)
    assert again.result["reused"]


def test_a_picture_without_a_face_says_what_to_choose(own):
    own.pastiche.drag.framing = 'FACE'
    with pytest.raises(RuntimeError, match="No face .* was found.*MIDDLE"):
        bpy.ops.pastiche.invert()
    assert not own.pastiche.drag.is_inverted


def test_a_cancelled_search_keeps_the_best_so_far(own, room):
    own.pastiche.drag.search_steps = 5000
    job = room("operators.invert").invert(own)
    look_until(room, lambda: job.done > 3)
    room("scene.jobs").cancel(job)
    look_until(room, lambda: not job.is_open)
    assert job.state == 'CANCELLED' and own.pastiche.drag.is_inverted


def test_a_networks_own_picture_is_not_inverted(opened):
    with pytest.raises(RuntimeError, match="network's picture already"):
        bpy.ops.pastiche.invert()


def test_a_turned_square_is_found_in_its_picture(room):
    place_in = room("scene.drag.view").in_square
    assert place_in((50, 50, 20, 0), (100, 100), 0, 0) == pytest.approx((0.4, 0.4))
    assert place_in((50, 50, 20, 0), (100, 100), 1, 1) == pytest.approx((0.6, 0.6))
    turned = place_in((50, 50, 20, np.pi / 2), (100, 100), 0, 1)  # upper left corner goes to the upper right
    assert turned == pytest.approx((0.6, 0.6))


def test_targets_may_be_moved_while_points_are_on_their_way(opened, session, room):
    opened.pastiche.drag.step_size = 0.001
    place(target=(100.5, 60.5))
    session.run(opened)
    look_until(room, lambda: session.current().standing.step > 2)
    opened.pastiche.drag.points[0].target = (100.5, 20.5)
    look_until(room, lambda: session.current().standing.targets == ((100.5, 20.5),))
    assert session.current().is_dragging
    bpy.ops.pastiche.cancel()
    session.wait_for_answer(session.current())
    assert not session.current().is_dragging and opened.pastiche.drag.step == session.current().standing.step


def test_closing_and_opening_in_one_breath(opened, session, room):
    for _ in range(4):
        session.close_session()
        room("operators.drag_session").open_drag(opened)
    session.wait_for_answer(session.current())
    assert session.current().standing.step == 0


def test_undoing_another_seed_brings_the_first_picture_back(opened, session, room):
    name, first = opened.name, pixels(opened)
    bpy.ops.ed.undo_push(message="Before")
    bpy.ops.pastiche.drag_sample(seed=9)
    look_until(room, lambda: (pixels(bpy.data.objects[name]) != first).any())
    bpy.ops.ed.undo()
    assert bpy.data.objects[name].pastiche.drag.seed == 5
    look_until(room, lambda: (pixels(bpy.data.objects[name]) == first).all())


def test_without_its_network_the_card_still_shows_its_frames(opened, session, room, tmp_path, network):
    import shutil

    drag, name = opened.pastiche.drag, opened.name
    drag.network = str(shutil.copy(network, tmp_path / "stylegan2-moved-128x128.pkl"))
    place()
    bpy.ops.pastiche.drag_run(steps=2)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "kept.blend"))
    bpy.ops.pastiche.keep_expression(name="smirk", as_animation=True)
    assert bpy.ops.pastiche.render(first=1, last=3) == {'FINISHED'}
    bpy.ops.wm.save_mainfile()
    Path(drag.network).unlink()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "kept.blend"))
    card = bpy.data.objects[name]
    shown = Path(bpy.path.abspath(room("scene.cards").texture_node(card).image.filepath))
    assert shown.is_file() and card.pastiche.rendered_last == 3
    assert "stylegan2-moved-128x128.pkl" in room("scene.drag.requests").missing_network(card)
    with pytest.raises(RuntimeError, match="is missing.*frames rendered before still show"):
        bpy.ops.pastiche.render(card=name, first=1, last=3)
