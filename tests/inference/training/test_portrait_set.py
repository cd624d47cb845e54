# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures and films become aligned portraits, which a run that was cut short does not make again."""

import json

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

from acted_clips import empty, film, photograph, swaying, two_faces
from pastiche.bridge.errors import InputError
from pastiche.inference import cli
from pastiche.inference.media.pictures import read_picture, write_png
from pastiche.inference.portrait import faces_in
from pastiche.inference.styles.aligned_face import aligned_square
from pastiche.inference.training.portrait_set import PortraitSet, write_portraits

SIDE = 128


def nothing(done, total):
    assert 0 <= done <= total


@pytest.fixture
def sources(tmp_path):
    """A folder with a photograph, a picture of two, one of nobody, a text and a film."""
    folder = tmp_path / "sources"
    (folder / "more").mkdir(parents=True)
    write_png(folder / "one.png", photograph())
    write_png(folder / "more" / "two.png", next(two_faces(1)))
    write_png(folder / "nobody.png", next(empty(1)))
    (folder / "notes.txt").write_text("no picture")
    film(folder / "clip.mp4", swaying(7))
    return folder


def test_a_folder_of_pictures_and_films_becomes_upright_portraits(sources, tmp_path):
    wanted = PortraitSet(sources, tmp_path / "out", SIDE, every=3)
    made = write_portraits(wanted, nothing)
    found = sorted(file.relative_to(made["folder"]).as_posix() for file in (tmp_path / "out/pictures").rglob("*.png"))
    films = ["clip_000000.png", "clip_000003.png", "clip_000006.png"]
    assert found == [*films, "more/two.png", "one.png"] and made["portraits"] == 5
    assert made["left_out"] == {"no face was found": 1}
    assert read_picture(made["sheet"]).shape[0] > SIDE
    square = aligned_square(faces_in(read_picture(tmp_path / "out/pictures/one.png"))[0])
    assert abs(square.angle) < 0.05 and abs(square.side / SIDE - 1) < 0.1
    assert np.allclose(square.center, SIDE / 2, atol=0.05 * SIDE)


def test_every_face_is_taken_where_all_are_wanted(sources, tmp_path):
    made = write_portraits(PortraitSet(sources / "more", tmp_path / "out", SIDE, has_all=True), nothing)
    assert made["portraits"] == 2
    assert (tmp_path / "out/pictures/two_1.png").is_file()


def test_what_is_done_is_not_looked_at_again(sources, tmp_path):
    class StopError(Exception):
        pass

    def stop(done, total):
        if (tmp_path / "out/pictures/more/two.png").exists():
            raise StopError

    wanted = PortraitSet(sources, tmp_path / "out", SIDE, every=3)
    with pytest.raises(StopError):
        write_portraits(wanted, stop)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "out/pictures").glob("clip*")}
    assert len(before) == 3
    assert write_portraits(wanted, nothing)["portraits"] == 5
    assert before == {file: file.stat().st_mtime_ns for file in before}
    lines = [json.loads(line) for line in (tmp_path / "out/portraits.jsonl").read_text().splitlines()]
    assert len(lines) == len({line["source"] for line in lines}) == 4
    next(iter(before)).unlink()  # what is gone is made again
    assert write_portraits(wanted, nothing)["portraits"] == 5


def test_names_that_differ_in_their_ending_stay_apart(tmp_path):
    for name in ("a.png", "a.bmp"):
        write_png(tmp_path / "a.png", photograph())
        (tmp_path / name).write_bytes((tmp_path / "a.png").read_bytes())
    write_portraits(PortraitSet(tmp_path, tmp_path.parent / f"{tmp_path.name} out", SIDE), nothing)
    out = tmp_path.parent / f"{tmp_path.name} out" / "pictures"
    assert sorted(file.name for file in out.iterdir()) == ["a.bmp.png", "a.png.png"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({"side": 20}, "cannot be made"), ({"least": 4000}, "too small"), ({"source": "none"}, "no pictures or films")],
)
def test_what_makes_no_portrait_is_told(sources, tmp_path, change, complaint):
    choices = {"source": sources / "one.png", "side": SIDE} | change
    choices["source"] = tmp_path / choices["source"]
    with pytest.raises(InputError, match=complaint):
        write_portraits(PortraitSet(folder=tmp_path / "out", **choices), nothing)


def test_the_command_line_prepares(sources, tmp_path, capfd):
    out = tmp_path / "out"
    arguments = ["--from", str(sources / "one.png"), "--out", str(out), "--size", str(SIDE), "--json"]
    assert cli.main(["prepare", *arguments]) == 0
    told = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert told["outcome"] == "FINISHED" and told["portraits"] == 1
    assert cli.main(["prepare", "--from", str(sources / "nobody.png"), "--out", str(out), "--json"]) == 1
