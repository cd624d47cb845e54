# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as a person or a script meets it: a process, its output, its exit status."""

import json
import os
import pickle
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from acted_clips import film, photograph, swaying
from pastiche.bridge.job_folder import JobFolder, Recipe
from pastiche.bridge.motion_file import write_motion_file
from pastiche.bridge.requests import DummyRequest
from pastiche.inference import cli
from pastiche.inference.engines.mesh import MeshEngine
from PIL import Image
from worker_harness import ROOT


def run(*arguments, cwd=None, python=(sys.executable, ROOT / "inference")):
    command = [str(part) for part in (*python, *arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, timeout=120)


def dummy_folder(path, **changes):
    """A folder whose job has not begun."""
    with JobFolder(path).held():
        request = DummyRequest(str(path), **{"last": 8, "seconds_per_frame": 0.0, **changes})
        JobFolder(path).write_recipe(Recipe(request))
    return path


def write_motion(path, fps="25"):
    metadata = {"pastiche": "motion", "version": "1", "fps": fps, "first_frame": "1", "channels": '["jawOpen"]'}
    write_motion_file(path, metadata, {"channels": ("F32", (5, 1), np.linspace(0, 1, 5, dtype=np.float32))})
    return path


@pytest.mark.parametrize(
    "verb",
    [
        "", "capture", "drive", "resume", "inspect", "devices", "train", "evaluate", "convert", "invert", "drag",
        "compare",
    ],
)
def test_every_verb_has_help(verb):
    finished = run(*filter(None, [verb]), "--help")
    assert finished.returncode == 0 and "usage: python inference" in finished.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["fly"], ["drive"], ["drive", "--source", "a", "--out", "b"], ["resume"], ["capture", "--footage", "a"],
        ["drive", "--source", "a", "--out", "b", "--motion", "c", "--frames", "x"],
        ["drive", "--source", "a", "--out", "b", "--motion", "c", "--footage", "d"],
        ["drive", "--source", "a", "--out", "b", "--motion", "c", "--engine", "warp"],
        ["drive", "--source", "a", "--out", "b", "--motion", "c", "--box", "1,2,3"],
        ["drive", "--source", "a", "--out", "b", "--motion", "c", "--set", "gain"],
        ["capture", "--footage", "a", "--out", "b", "--start", "nan"],
    ],
)  # fmt: skip
def test_wrong_usage_is_status_2_without_a_trace(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2 and "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["checkout", "a folder with spaces", "ünïcödé-字"])
def test_it_runs_from_a_root_of_any_name_by_path_and_as_a_module(tmp_path, name):
    root = tmp_path / name
    root.mkdir()
    for part in ("inference", "bridge", "blender_manifest.toml"):
        (root / part).symlink_to(ROOT / part)
    (root / "__init__.py").write_text("raise SystemExit('the root was imported')")
    shutil.copytree(ROOT / "inference", root / "copy", ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    (root / "inference").unlink()
    (root / "copy").rename(root / "inference")
    by_path = run("devices", "--json", python=(sys.executable, "-I", root / "inference"))
    as_module = run("devices", "--json", python=(sys.executable, "-m", "inference"), cwd=root)
    assert json.loads(by_path.stdout)["devices"][-1] == "cpu", by_path.stderr
    assert json.loads(as_module.stdout) == json.loads(by_path.stdout)


def test_devices_says_what_there_is():
    finished = run("devices")
    assert finished.returncode == 0 and "engine mesh:" in finished.stdout and "python 3" in finished.stdout


def test_resume_finishes_a_job_and_json_is_the_last_line(tmp_path):
    folder = dummy_folder(tmp_path / "job")
    finished = run("resume", folder, "--json")
    result = json.loads(finished.stdout.splitlines()[-1])
    assert finished.returncode == 0 and finished.stdout.count("\n") == 1
    assert result["outcome"] == 'FINISHED' and result["frames"] == 8 and result["folder"] == str(folder)
    assert result["seconds"]["total"] > 0 and result["peak_memory_mb"] > 1
    again = json.loads(run("resume", folder, "--json").stdout)
    assert again["reused"] == 8


def test_a_moved_job_is_resumed_where_it_is_now(tmp_path):
    dummy_folder(tmp_path / "job")
    run("resume", tmp_path / "job")
    (tmp_path / "job").rename(tmp_path / "moved")
    result = json.loads(run("resume", tmp_path / "moved", "--json").stdout)
    assert result["reused"] == 8 and result["folder"] == str(tmp_path / "moved") and not (tmp_path / "job").exists()


def test_a_failure_is_one_sentence_and_status_1(tmp_path):
    finished = run("resume", dummy_folder(tmp_path / "job", fail_at=4), "--json")
    assert finished.returncode == 1 and "Traceback" not in finished.stderr
    assert "Frame 4 fails" in finished.stderr
    result = json.loads(finished.stdout)
    assert result["outcome"] == 'FAILED' and result["error"]["code"] == "input" and result["frames"] == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["resume", "nowhere"], ["inspect", "nowhere"],
        ["drive", "--source", "no.png", "--motion", "no.motion", "--out", "o"],
        ["drive", "--source", "no.png", "--footage", "no.mp4", "--out", "o"],
        ["capture", "--footage", "no.mp4", "--out", "o.motion"],
        ["capture", "--footage", "no.mp4", "--out", "o.motion", "--fps", "nan"],
    ],
)  # fmt: skip
def test_missing_inputs_are_named_with_a_remedy(tmp_path, arguments):
    finished = run(*arguments, "--json", cwd=tmp_path)
    error = json.loads(finished.stdout)["error"]
    assert finished.returncode == 1 and error["code"] == "input" and error["remedy"]
    assert "no" in error["what"] and "Traceback" not in finished.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signals")
def test_ctrl_c_keeps_what_is_finished(tmp_path):
    folder = dummy_folder(tmp_path / "job", last=2000, seconds_per_frame=0.02)
    process = subprocess.Popen(
        [sys.executable, ROOT / "inference", "resume", folder, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while len(JobFolder(folder).valid_frames()) < 3:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    result = json.loads(out)
    assert process.returncode == 1 and result["outcome"] == 'CANCELLED' and result["frames"] >= 3
    assert b"Cancelling" in err and len(JobFolder(folder).valid_frames()) == result["frames"]


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no terminals to be tested with")
def test_a_terminal_sees_a_bar_that_fills(tmp_path):
    folder = dummy_folder(tmp_path / "job", last=30, seconds_per_frame=0.02)
    ours, theirs = os.openpty()
    process = subprocess.Popen([sys.executable, ROOT / "inference", "resume", folder], stderr=theirs)
    os.close(theirs)
    seen = b""
    while process.poll() is None or seen[-1:] != b"\n":
        try:
            seen += os.read(ours, 1000)
        except OSError:
            break
    lines = [line.strip() for line in seen.decode().replace("\n", "\r").split("\r") if line.strip()]
    assert any("[" in line and "#" in line and "/30 frames" in line for line in lines)
    assert lines[-1].startswith("30 frames") and str(folder) in lines[-1]


def test_inspect_knows_each_kind_of_file(tmp_path):
    folder = dummy_folder(tmp_path / "job")
    run("resume", folder)
    kinds = {
        folder: "job folder", folder / "request.json": "recipe", write_motion(tmp_path / "a.motion"): "motion",
        folder / "frames" / "frame_000001.png": "footage",
    }  # fmt: skip
    for path, kind in kinds.items():
        assert json.loads(run("inspect", path, "--json").stdout)["kind"] == kind
    motion = json.loads(run("inspect", tmp_path / "a.motion", "--json").stdout)
    assert motion["frames"] == 5 and motion["metadata"]["fps"] == "25"
    assert motion["tensors"] == {"channels": ["F32", 5, 1]}


@pytest.mark.slow
def test_drive_by_footage_makes_frames_a_film_and_a_motion_and_keeps_them_the_second_time(tmp_path):
    Image.fromarray(photograph()).save(tmp_path / "face.png")
    clip = film(tmp_path / "clip.mp4", swaying(6))
    asked = ("drive", "--source", "face.png", "--footage", clip.name, "--out", "out", "--format", "mp4", "--json")
    first, second = (json.loads(run(*asked, cwd=tmp_path).stdout) for _ in range(2))
    assert first["outcome"] == 'FINISHED' and first["frames"] == 6 and first["reused"] == 0
    assert {"capture", "render", "film", "total"} <= set(first["seconds"])
    assert first["engine"] == f"mesh {MeshEngine.version}"
    assert os.path.getsize(first["movie"]) > 1000 and os.path.getsize(first["motion"]) > 1000
    assert second["reused"] == 6 and second["capture"]["reused"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_drive_killed_while_it_captures_is_resumed_from_its_folder(tmp_path):
    Image.fromarray(photograph()).save(tmp_path / "face.png")
    clip = film(tmp_path / "clip.mp4", swaying(40))
    asked = ["drive", "--source", "face.png", "--footage", clip, "--out", "out", "--frames", "1:3"]
    command = [sys.executable, ROOT / "inference", *asked]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=tmp_path)
    while not list(tmp_path.glob("out/capture/.capture-*/landmarks")):
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    result = json.loads(run("resume", tmp_path / "out", "--json").stdout)
    assert result["outcome"] == 'FINISHED' and result["frames"] == 3 and result["capture"]["frames"] == 40


def test_a_picture_of_thirty_thousand_pixels_a_side_is_refused_at_once(tmp_path):
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    (tmp_path / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT5\xaf\x06\x1e")
    motion = write_motion(tmp_path / "a.motion")
    finished = run("drive", "--source", tmp_path / "huge.png", "--motion", motion, "--out", tmp_path / "out", "--json")
    error = json.loads(finished.stdout)["error"]
    assert "huge.png" in error["what"] and "too large" in error["what"] and "16,384" in error["remedy"]


class Bomb:
    def __reduce__(self):
        return os.system, ("touch PWNED",)


def test_inspect_runs_nothing(tmp_path):
    (tmp_path / "bomb.pkl").write_bytes(pickle.dumps(Bomb()))
    (tmp_path / "bomb.pth").write_bytes(pickle.dumps({"state": Bomb()}, protocol=2))
    np.save(tmp_path / "bomb.npy", np.array(Bomb(), object), allow_pickle=True)
    for path in tmp_path.glob("bomb.*"):
        finished = run("inspect", path, "--json", cwd=tmp_path)
        assert finished.returncode == 1 and json.loads(finished.stdout)["error"]["code"] == "input"
    assert not (tmp_path / "PWNED").exists()


def test_inspect_lists_a_checkpoint(tmp_path):
    torch = pytest.importorskip("torch", reason="torch writes the checkpoint")
    torch.save({"generator": {"weight": torch.zeros(2, 3)}, "epoch": 3}, tmp_path / "a.pth")
    found = json.loads(run("inspect", tmp_path / "a.pth", "--json").stdout)
    assert found["kind"] == "checkpoint" and found["sections"] == ["generator", "epoch"]
    assert found["tensors"] == {"generator.weight": ["float32", 2, 3]}


@pytest.mark.parametrize(
    ("text", "expected"), [("1:9", (1, 9)), ("5", (5, 5)), (":7", (None, 7)), ("3:", (3, None)), (":", (None, None))]
)
def test_a_range_of_frames_is_read(text, expected):
    assert cli._frames(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a=1.5", ("a", 1.5)), ("a=true", ("a", True)), ("a=KEEP", ("a", "KEEP")), ("a=nan", ("a", "nan"))],
)
def test_a_setting_is_read(text, expected):
    assert cli._setting(text) == expected
