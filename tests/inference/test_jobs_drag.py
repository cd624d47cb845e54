# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drag session: what it answers, shows and keeps, whatever it is told."""

import queue
import threading

import cv2
import numpy as np
import pytest
import torch
from pastiche.bridge import messages
from pastiche.bridge.drag_commands import (
    Back,
    Close,
    DragOptions,
    Keep,
    Pause,
    Reset,
    Run,
    Sample,
    SetMask,
    SetOptions,
    SetPoints,
    SetPreset,
    Show,
)
from pastiche.bridge.drag_presets import PRESETS
from pastiche.bridge.live_pictures import LivePictures
from pastiche.bridge.requests import DragRequest, DummyRequest
from pastiche.inference.engines.latent import editor as editing
from pastiche.inference.engines.latent.pictures import rough_picture
from pastiche.inference.faces import topology
from pastiche.inference.jobs import drag_session, perform
from random_networks import SIZE, stylegan2, stylegan3, write_network
from worker_harness import done_of, heard_until, heard_until_done, running_client

AHEAD = SetPoints(((60.5, 60.5),), ((80.5, 60.5),))
OPTIONS = DragOptions(step_size=0.005)


@pytest.fixture(scope="session")
def network(tmp_path_factory):
    return write_network(stylegan2(), tmp_path_factory.mktemp("network") / "stylegan2-tiny-128x128.pkl")


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Artist:
    """Talks to a session in another thread."""

    def __init__(self, request):
        self.heard, self.serial, self.commands = [], 0, queue.SimpleQueue()
        self.is_cancelled = threading.Event()
        self.arrived = threading.Condition()
        self.done = None
        self.thread = threading.Thread(target=self.perform, args=(request,), daemon=True)
        self.thread.start()

    def perform(self, request):
        self.done = perform(request, "drag", self.hear, self.is_cancelled.is_set, self.commands)
        self.hear(self.done)

    def hear(self, message):
        with self.arrived:
            self.heard.append(message)
            self.arrived.notify_all()

    def until(self, is_enough, seconds=60):
        with self.arrived:
            assert self.arrived.wait_for(lambda: any(map(is_enough, self.heard)), seconds), self.heard[-3:]
            return next(message for message in reversed(self.heard) if is_enough(message))

    def ask(self, command, *kinds):
        """The answer to a command: a message of its serial number, of one of these kinds."""
        self.serial += 1
        self.commands.put(messages.Steer("drag", self.serial, command))
        kinds = kinds or (messages.Dragging, messages.Refused)
        return self.until(lambda message: isinstance(message, kinds) and message.serial == self.serial)

    def until_still(self):
        return self.until(
            lambda message: isinstance(message, messages.Dragging)
            and message.serial == self.serial and message.state != 'DRAGGING'
        )  # fmt: skip

    def until_sharp(self, standing):
        """The picture of how the session stands, in full detail: it comes just before that message, or after it."""
        begin = self.heard.index(standing) - 1
        with self.arrived:
            assert self.arrived.wait_for(lambda: self.sharp_since(begin), 60), self.heard[begin:]
            return self.sharp_since(begin)[-1]

    def sharp_since(self, begin):
        return [each for each in self.heard[begin:] if isinstance(each, messages.Picture) and not each.is_rough]

    def close(self):
        self.commands.put(messages.Steer("drag", self.serial + 1, Close()))
        self.thread.join(20)


@pytest.fixture
def artist(network, tmp_path):
    artist = Artist(DragRequest(str(tmp_path / "session"), str(network), seed=1, options=OPTIONS))
    yield artist
    artist.close()


def refusal(answer):
    assert isinstance(answer, messages.Refused) and answer.error["remedy"]
    return answer.error["what"]


def test_an_artist_drags_a_point_undoes_it_and_goes_back_and_forth(artist):
    begin = artist.ask(AHEAD)
    assert (begin.state, begin.step, begin.seed, begin.distances) == ('PAUSED', 0, 1, (20.0,))
    artist.ask(Run(6))
    dragged = artist.until_still()
    assert dragged.state == 'PAUSED' and dragged.step == dragged.steps == 6 and dragged.drags == 1
    assert dragged.distances[0] < 20 and dragged.handles[0][0] > 60.5
    artist.ask(Run(2))
    further = artist.until_still()
    assert (further.step, further.drags) == (8, 2)
    undone = artist.ask(Back())
    assert (undone.step, undone.steps, undone.handles) == (6, 8, dragged.handles)
    assert artist.ask(Back()).handles == begin.handles
    assert "no drag" in refusal(artist.ask(Back()))
    assert artist.ask(Show(8)).handles == further.handles
    assert artist.ask(Show(3)).steps == 8
    artist.ask(Run(1))
    assert artist.until_still().steps == 4


def test_going_back_and_dragging_again_does_the_same(artist):
    artist.ask(AHEAD)
    artist.ask(Run(5))
    first = artist.until_still()
    artist.ask(Back())
    artist.ask(Run(5))
    again = artist.until_still()
    assert again.handles == first.handles and again.loss == first.loss


def test_pictures_come_through_shared_memory_and_the_last_is_of_the_shown_step(artist):
    screen = artist.until(lambda message: isinstance(message, messages.Screen))
    assert (screen.width, screen.height) == (SIZE, SIZE)
    pictures = LivePictures.open(screen.name, screen.width, screen.height)
    first = artist.until(lambda message: isinstance(message, messages.Picture))
    view = np.array(pictures.view(first.sequence)).reshape(SIZE, SIZE, 4)
    assert (view[..., 3] == 1).all() and 0 <= view.min() < view.max() <= 1
    generator = stylegan2()
    with torch.no_grad():
        made = generator.synthesis(editing.sample_latent(generator, 1, 0.7))
    expected = ((made[0] * 127.5 + 128).clamp(0, 255).byte().permute(1, 2, 0).numpy()[::-1] / 255).astype(np.float32)
    assert np.array_equal(view[..., :3], expected)
    artist.ask(AHEAD)
    artist.ask(Run(3))
    shown = artist.until_sharp(artist.until_still())
    last = np.array(pictures.view(shown.sequence)).reshape(SIZE, SIZE, 4)
    assert not np.array_equal(last, view)
    pictures.close()


def test_pictures_that_take_long_are_rough_while_points_are_dragged_and_sharp_afterwards(tmp_path, monkeypatch):
    monkeypatch.setattr(drag_session, "PATIENCE_SECONDS", 0.0)
    large = write_network(stylegan2(blocks=7), tmp_path / "large.pkl")
    artist = Artist(DragRequest(str(tmp_path / "session"), str(large), options=OPTIONS))
    artist.ask(AHEAD)
    artist.ask(Run())
    artist.until(lambda message: isinstance(message, messages.Picture) and message.is_rough)
    artist.until_sharp(artist.ask(Pause()))
    artist.close()


def test_a_rough_picture_is_the_sharp_one_with_less_detail():
    generator = stylegan2(blocks=7)
    latent = editing.sample_latent(generator, 1, 0.7)
    with torch.no_grad():
        sharp = generator.synthesis(latent)
    rough = rough_picture(generator, latent)
    assert rough.shape == sharp.shape
    assert torch.corrcoef(torch.stack([rough.flatten(), sharp.flatten()]))[0, 1] > 0.7
    assert rough_picture(stylegan2(), editing.sample_latent(stylegan2(), 1, 0.7)) is None


def test_a_painted_mask_is_read_when_it_is_set(artist):
    screen = artist.until(lambda message: isinstance(message, messages.Screen))
    pictures = LivePictures.open(screen.name, screen.width, screen.height)
    assert isinstance(artist.ask(SetMask(True)), messages.Dragging)  # nothing is fixed
    pictures.mask[:] = b"\xff" * SIZE * SIZE
    assert "whole picture" in refusal(artist.ask(SetMask(True)))
    pictures.mask[: SIZE * SIZE // 2] = bytes(SIZE * SIZE // 2)
    assert isinstance(artist.ask(SetMask(True)), messages.Dragging)
    pictures.close()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (SetPoints(((500.0, 3.0),), ((3.0, 3.0),)), "500, 3"),
        (SetPoints(((-1.0, 3.0),), ((3.0, 3.0),)), "outside"),
        (SetPoints(((1.0, 3.0),), ()), "0 targets"),
        (Run(), "no points"),
        (Show(7), "no step 7"),
        (Show(-1), "no step -1"),
        (Keep("smile"), "as it began"),
        (Sample(1, 9.0), "truncation"),
        (Sample(1, 0.7, "SOME"), "SOME"),
        (SetOptions(DragOptions(step_size=0.0)), "step_size"),
        (SetOptions(DragOptions(most_steps=0)), "most_steps"),
        (SetMask(True, "/nowhere/mask.png"), "mask.png"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused_and_the_session_goes_on(artist, command, words):
    assert words in refusal(artist.ask(command))
    assert isinstance(artist.ask(AHEAD), messages.Dragging)


def test_a_target_on_its_handle_has_nothing_to_drag(artist):
    artist.ask(SetPoints(((60.5, 60.5),), ((60.5, 60.5),)))
    assert "at its target" in refusal(artist.ask(Run()))


def test_a_preset_takes_its_points_from_the_face(artist, monkeypatch):
    face = topology.canonical_shape() * 4
    face[:, :2] += SIZE / 2
    monkeypatch.setattr("pastiche.inference.faces.landmarks.find_faces", lambda picture: [face])
    standing = artist.ask(SetPreset("smile", 0.5))
    (x, y), (to_x, to_y) = standing.handles[1], standing.targets[1]
    assert abs(x - face[291, 0]) < 1 and abs(y - face[291, 1]) < 1 and to_x > x and to_y < y
    assert len(standing.handles) == len(PRESETS["smile"])
    assert artist.ask(Run(1)).state == 'DRAGGING'


def test_a_preset_without_a_face_or_of_no_such_name_is_refused(artist, monkeypatch):
    monkeypatch.setattr("pastiche.inference.faces.landmarks.find_faces", lambda picture: [])
    assert "face" in refusal(artist.ask(SetPreset("smile")))
    assert "grin" in refusal(artist.ask(SetPreset("grin")))


def test_a_mask_of_another_size_is_refused(artist, tmp_path):
    cv2.imwrite(str(tmp_path / "mask.png"), np.zeros((64, 96), np.uint8))
    assert "96 x 64" in refusal(artist.ask(SetMask(True, str(tmp_path / "mask.png"))))


def test_targets_may_be_moved_while_points_are_dragged(artist):
    artist.ask(AHEAD)
    artist.ask(Run())
    artist.until(lambda message: isinstance(message, messages.Dragging) and message.step >= 3)
    moved = artist.ask(SetPoints(((60.5, 60.5),), ((60.5, 90.5),)))
    assert moved.state == 'DRAGGING' and moved.targets == ((60.5, 90.5),)
    paused = artist.ask(Pause())
    assert paused.state == 'PAUSED'
    assert artist.ask(SetPoints((), ())).handles == ()


def test_arriving_ends_a_drag(artist):
    artist.ask(SetPoints(((60.5, 60.5),), ((65.5, 60.5),)))
    artist.ask(Run())
    assert artist.until_still().state == 'ARRIVED'


def test_points_that_come_no_nearer_end_a_drag_with_advice(artist):
    artist.ask(SetOptions(DragOptions(step_size=1e-6)))
    artist.ask(AHEAD)
    artist.ask(Run())
    assert artist.until_still().step == drag_session.STALL_STEPS + 1
    assert "no nearer" in artist.until(lambda message: isinstance(message, messages.Warning)).text


def test_other_rows_of_w_give_another_look_or_another_shape(artist):
    artist.ask(Sample(5))
    for rows in ("LOOK", "SHAPE", "ALL"):
        answer = artist.ask(Sample(6, 0.5, rows))
        assert (answer.seed, answer.steps) == (6, 0)
    assert artist.ask(Reset()).seed == 6


def test_dragging_in_w_begins_anew_from_the_picture_as_it_is(artist):
    artist.ask(AHEAD)
    artist.ask(Run(2))
    artist.until_still()
    assert artist.ask(SetOptions(DragOptions(step_size=0.01, is_per_row=False))).steps == 0
    artist.ask(Run(2))
    assert artist.until_still().steps == 2


def test_a_kept_expression_says_what_it_starts_from(artist, network, tmp_path):
    artist.ask(AHEAD)
    artist.ask(Run(3))
    artist.until_still()
    assert "called" in refusal(artist.ask(Keep('a"b')))
    kept = artist.ask(Keep("smile"), messages.Kept)
    assert kept.name == "smile" and cv2.imread(kept.picture).shape == (SIZE, SIZE, 3)
    artist.close()
    again = Artist(DragRequest(str(tmp_path / "again"), str(network), latent=kept.latent))
    assert again.until(lambda message: isinstance(message, messages.Dragging)).seed == -1
    again.close()
    assert again.done.outcome == 'FINISHED' and artist.done.result["kept"]["smile"]["latent"] == kept.latent


def test_running_out_of_memory_pauses_the_drag_where_it_was(artist, monkeypatch):
    artist.ask(AHEAD)
    artist.ask(Run(2))
    artist.until_still()
    with monkeypatch.context() as patch:

        def burst(self):
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

        patch.setattr(editing.Drag, "step", burst)
        artist.ask(Run(2))
        paused = artist.until_still()
        assert (paused.state, paused.step) == ('PAUSED', 2)
        assert "memory" in artist.until(lambda message: isinstance(message, messages.Warning)).text
    artist.ask(Run(2))
    assert artist.until_still().step == 4


def test_cancelling_ends_a_session_in_the_middle_of_a_drag(artist):
    artist.ask(AHEAD)
    artist.ask(Run())
    artist.is_cancelled.set()
    artist.thread.join(10)
    assert artist.done.outcome == 'CANCELLED'


def test_a_script_drags_without_anybody_and_films_its_way(network, tmp_path):
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[:, :30] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    script = (AHEAD, SetMask(True, str(tmp_path / "mask.png")), Run(8), Keep("ahead"))
    request = DragRequest(str(tmp_path / "out"), str(network), seed=2, options=OPTIONS, script=script, is_filmed=True)
    heard = []
    done = perform(request, "drag", heard.append)
    assert done.outcome == 'FINISHED' and done.result["steps"] == 8 and done.result["frames"] == 9
    assert not [message for message in heard if isinstance(message, messages.Screen)]
    assert done.result["distances"][0] < 20 and "ahead" in done.result["kept"]
    assert perform(request, "drag").result["reused"] == 9


def test_a_film_that_was_stopped_goes_on_where_it_was(network, tmp_path):
    request = DragRequest(
        str(tmp_path / "out"), str(network), seed=2, options=OPTIONS, script=(AHEAD, Run(4)), is_filmed=True
    )
    heard = []

    def has_two_frames():
        return sum(isinstance(message, messages.Frame) for message in heard) >= 2

    assert perform(request, "drag", heard.append, has_two_frames).outcome == 'CANCELLED'
    done = perform(request, "drag")
    assert done.outcome == 'FINISHED' and 2 <= done.result["reused"] < 5 and done.result["frames"] == 5


@pytest.mark.parametrize("kind", ["stylegan3", "stylegan-human"])
def test_other_networks_are_dragged_with_a_mask_as_well(tmp_path, kind):
    own = stylegan3() if kind == "stylegan3" else stylegan2(is_narrow=True)
    path = write_network(own, tmp_path / f"{kind}-tiny.pkl")
    mask = np.zeros((own.shape.resolution, own.shape.width), np.uint8)
    mask[:10] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    script = (SetPoints(((20.5, 30.5),), ((30.5, 30.5),)), SetMask(True, str(tmp_path / "mask.png")), Run(2), Keep("x"))
    done = perform(DragRequest(str(tmp_path / "out"), str(path), options=OPTIONS, script=script), "drag")
    assert done.outcome == 'FINISHED' and done.result["steps"] == 2
    picture = cv2.imread(done.result["kept"]["x"]["picture"])
    assert picture.shape[:2] == (own.shape.resolution, own.shape.width)


def test_a_script_that_asks_for_the_impossible_fails_with_its_remedy(network, tmp_path):
    heard = []
    request = DragRequest(str(tmp_path / "out"), str(network), script=(Run(),))
    assert perform(request, "drag", heard.append).outcome == 'FAILED'
    assert "no points" in heard[-1].error["what"]


@pytest.mark.parametrize("latent", ["garbage", "other network"])
def test_a_latent_that_does_not_fit_is_refused(network, tmp_path, latent):
    path = tmp_path / "x.latent"
    if latent == "garbage":
        path.write_bytes(b"nothing of the kind" * 10)
    else:
        np.save(path.with_suffix(".npy"), np.zeros((1, 18, 512), np.float32))
        path = path.with_suffix(".npy")
    heard = []
    done = perform(DragRequest(str(tmp_path / "s"), str(network), latent=str(path)), "drag", heard.append)
    assert done.outcome == 'FAILED' and heard[-1].error["code"] == "input" and path.name in heard[-1].error["what"]


def test_a_network_too_small_to_drag_is_refused(tmp_path):
    from network_pickles import dump, snapshot
    from pastiche.vendor.stylegan2_ada.generator import Generator
    from pastiche.vendor.stylegan2_ada.shape import GeneratorShape, MappingShape

    small = Generator(GeneratorShape(MappingShape(12, 16, 6, num_layers=2, layer_features=16), (16, 12, 8)))
    path = dump(snapshot(small, {}), tmp_path / "small.pkl")
    heard = []
    assert perform(DragRequest(str(tmp_path / "s"), str(path)), "drag", heard.append).outcome == 'FAILED'
    assert "at least 128" in heard[-1].error["what"]


def test_a_session_in_the_worker_lets_other_jobs_pass(network, tmp_path):
    with running_client(tmp_path) as client:
        client.submit(DragRequest(str(tmp_path / "session"), str(network), options=OPTIONS), "drag")
        heard_until(client, lambda message: isinstance(message, messages.Dragging), 60)
        client.steer("drag", AHEAD)
        client.steer("drag", Run())
        client.submit(DummyRequest(str(tmp_path / "job"), last=3, seconds_per_frame=0.0), "job")
        assert done_of(heard_until_done(client, "job"), "job").outcome == 'FINISHED'
        serial = client.steer("drag", Pause())
        heard_until(client, lambda message: isinstance(message, messages.Dragging) and message.serial == serial)
        client.steer("drag", Close())
        assert done_of(heard_until_done(client, "drag"), "drag").outcome == 'FINISHED'
        client.submit(DragRequest(str(tmp_path / "again"), str(network)), "unseen")
        screen = heard_until(client, lambda message: isinstance(message, messages.Screen), 60)[-1]
    with pytest.raises((OSError, ValueError)):  # the worker has gone and left nothing behind
        LivePictures.open(screen.name, screen.width, screen.height)
