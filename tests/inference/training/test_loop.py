# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of every training, on a stage that learns a straight line, and trainings as jobs."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from pastiche.bridge.errors import InputError  # noqa: E402
from pastiche.bridge.job_folder import JobFolder  # noqa: E402
from pastiche.bridge.requests import TrainRequest  # noqa: E402
from pastiche.inference import cli  # noqa: E402
from pastiche.inference.jobs import perform  # noqa: E402
from pastiche.inference.training import stage as stages  # noqa: E402
from pastiche.inference.training.loop import Folder, train  # noqa: E402
from pastiche.inference.training.stage import Sheet  # noqa: E402
from PIL import Image  # noqa: E402


class Line:
    """Learns y = 3 x - 1 from noisy points."""

    name = "line"
    steps = 40

    def __init__(self, data="", settings=None, device="CPU"):
        torch.manual_seed(9)
        self.network = torch.nn.Linear(1, 1)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 0.1)
        self.parts = {"network": self.network, "optimizer": self.optimizer}
        self.notes = ["The points are made up."]
        self.breaks_at = (settings or {}).get("breaks_at", -1)

    def prepare(self, folder, on_progress):
        on_progress(1, 1)

    def draw(self, dice):
        return torch.from_numpy(dice.standard_normal((16, 1)).astype(np.float32))

    def step(self, batch, index):
        target = 3 * batch - 1 + 0.01 * torch.randn_like(batch)
        loss = (self.network(batch) - target).square().mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return {"square": loss.item() if index != self.breaks_at else float("nan"), "slope": abs(3 - self.slope())}

    def slope(self):
        return self.network.weight.item()

    def sheet(self):
        picture = np.full((8, 8, 3), int(np.clip(80 * self.slope(), 0, 255)), np.uint8)
        return Sheet(("wanted", "learned"), [[np.full((8, 8, 3), 240, np.uint8), picture]])

    def weights(self):
        return {"network": self.network.state_dict()}


@pytest.fixture
def line(monkeypatch):
    monkeypatch.setitem(stages.STAGES, "line", Line)


class StopError(Exception):
    pass


def stop_at(number):
    def on_step(done, losses):
        if done == number:
            raise StopError

    return on_step


def test_losses_fall_and_everything_is_written_down(tmp_path):
    stage = Line()
    lines = train(stage, tmp_path, "line", 40, 16, 0)
    folder = Folder(tmp_path)
    assert lines[-1]["losses"]["square"] < 0.1 * lines[0]["losses"]["square"] and stage.slope() > 2
    assert [json.loads(text) for text in folder.losses.read_text().splitlines()] == lines
    assert [line["step"] for line in lines] == list(range(1, 41))
    assert all(folder.sheet(step).is_file() for step in (0, 16, 32, 40))
    kept = torch.load(folder.weights, weights_only=True)["network"]["weight"]
    assert kept.item() == stage.slope()
    with Image.open(folder.plot) as plot:
        assert plot.width > 300 and len(plot.getcolors(1 << 20)) > 4


def test_an_interrupted_training_ends_where_an_undisturbed_one_does(tmp_path):
    whole, before, after = Line(), Line(), Line()
    undisturbed = train(whole, tmp_path, "line", 30, 10, 5)
    cut = tmp_path / "cut"
    cut.mkdir()
    with pytest.raises(StopError):
        train(before, cut, "line", 30, 10, 5, stop_at(17))
    again = train(after, cut, "line", 30, 10, 5)
    assert after.slope() == whole.slope()
    assert [line["losses"] for line in again] == [line["losses"] for line in undisturbed]


def test_a_killed_training_goes_on_from_its_last_checkpoint(tmp_path):
    train(Line(), tmp_path, "line", 20, 10, 5)
    with Folder(tmp_path).losses.open("a") as file:
        file.write('{"step": 21, "seconds": 0.1, "losses": {"square": 9')  # torn
    lines = train(Line(), tmp_path, "line", 25, 10, 5)
    assert [line["step"] for line in lines] == list(range(1, 26))


def test_a_finished_training_is_left_alone_and_may_be_prolonged(tmp_path):
    train(Line(), tmp_path, "line", 10, 10, 0)
    before = Folder(tmp_path).checkpoint.read_bytes()
    assert len(train(Line(), tmp_path, "line", 10, 10, 0)) == 10
    assert Folder(tmp_path).checkpoint.read_bytes() == before
    assert len(train(Line(), tmp_path, "line", 12, 10, 0)) == 12


def test_the_folder_of_another_training_is_refused(tmp_path):
    train(Line(), tmp_path, "line", 4, 2, 0)
    with pytest.raises(InputError, match="belongs to another training: line, and this one is curve"):
        train(Line(), tmp_path, "curve", 4, 2, 0)


def test_a_damaged_checkpoint_is_named(tmp_path):
    train(Line(), tmp_path, "line", 4, 2, 0)
    path = Folder(tmp_path).checkpoint
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="checkpoint.pth"):
        train(Line(), tmp_path, "line", 6, 2, 0)


def test_losses_that_are_no_numbers_stop_it_before_they_are_kept(tmp_path):
    with pytest.raises(InputError, match="losses of step 7 are no numbers"):
        train(Line(settings={"breaks_at": 6}), tmp_path, "line", 10, 5, 0)
    assert torch.load(Folder(tmp_path).checkpoint, weights_only=True)["step"] == 5


def test_a_training_is_a_job_that_can_be_cancelled_and_resumed(tmp_path, line):
    request = TrainRequest(str(tmp_path / "out"), "line", str(tmp_path), every=5)
    seen = []

    def is_cancelled():
        seen.append(1)
        return len(seen) == 12

    messages = []
    done = perform(request, send=messages.append, is_cancelled=is_cancelled)
    assert done.outcome == 'CANCELLED'
    assert any(getattr(message, "text", "") == "The points are made up." for message in messages)
    assert JobFolder(request.folder).read_recipe().request == request
    assert cli.main(["resume", request.folder, "--verbose"]) == 0
    assert len(Folder(tmp_path / "out").losses.read_text().splitlines()) == 40


def test_the_command_line_trains_and_tells_where_the_result_is(tmp_path, line, capsys):
    command = ["train", "line", "--data", tmp_path, "--out", tmp_path / "out", "--steps", 6, "--every", 3, "--json"]
    assert cli.main([*map(str, command), "--verbose"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["steps"] == 6 and set(result["losses"]) == {"square", "slope"}
    assert (tmp_path / "out" / "sheets" / "step_000006.png").samefile(result["sheet"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"stage": "juggling"}, "Nothing is trained under the name"), ({"every": 0}, "at least one step")],
)
def test_what_cannot_be_trained_is_named(tmp_path, line, changes, message):
    request = TrainRequest(**{"folder": str(tmp_path), "stage": "line", "data": "", **changes})
    messages = []
    assert perform(request, send=messages.append).outcome == 'FAILED'
    assert message in messages[-1].error["what"]
