# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real worker, alive: what it does with jobs, bad lines, and the end of those who talk to it."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from malformed_lines import malformed_lines
from pastiche.bridge import messages
from pastiche.bridge.errors import ProtocolError
from pastiche.bridge.job_folder import JobFolder
from pastiche.bridge.requests import DummyRequest
from pastiche.bridge.wire import decode, encode
from worker_harness import ROOT, done_of, errors_of, frames_of, heard_until, heard_until_done, running_client

posix = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")


def dummy(folder, **changes):
    return DummyRequest(str(folder), **{"first": 1, "last": 30, "seconds_per_frame": 0.01, **changes})


def contents(folder):
    return {path.name: path.read_bytes() for path in JobFolder(folder).frames.glob("*.png")}


def kill_worker(client):
    os.kill(client.ready.pid, signal.SIGKILL)


def is_third_frame(message):
    return isinstance(message, messages.Frame) and message.index == 3


def test_the_worker_is_ready_soon_and_says_what_it_has(tmp_path):
    with running_client(tmp_path) as client:
        heard_until(client, lambda message: isinstance(message, messages.Ready))
        assert client.state == 'READY'
        assert client.ready.devices[-1] == "cpu" and client.ready.versions["python"] and "mesh" in client.ready.engines


def test_torch_is_not_loaded_to_be_ready():
    script = (
        "import sys, types; package = types.ModuleType('pastiche'); package.__path__ = [sys.argv[1]];"
        "sys.modules['pastiche'] = package; import pastiche.inference.worker as worker;"
        "worker.devices(), worker.engines(), worker.versions();"
        "print({'torch', 'cv2', 'mediapipe', 'numpy'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script, ROOT], capture_output=True, text=True).stdout == "set()\n"


def test_a_job_tells_each_frame_once_its_file_is_whole(tmp_path):
    with running_client(tmp_path) as client:
        client.submit(dummy(tmp_path / "job"), "a")
        heard = heard_until_done(client, "a")
    assert [frame.index for frame in frames_of(heard, "a")] == list(range(1, 31))
    assert all(Path(frame.path).read_bytes().startswith(b"\x89PNG") for frame in frames_of(heard, "a"))
    done = heard[-1]
    assert done.outcome == 'FINISHED' and done.result["frames"] == 30 and done.result["seconds"]["total"] > 0.3
    progress = [message for message in heard if isinstance(message, messages.Progress)]
    assert progress[-1].done == progress[-1].total == 30 and progress[-1].rate > 0
    assert JobFolder(tmp_path / "job").read_outcome()["outcome"] == 'FINISHED'


@posix
def test_a_killed_worker_loses_only_frames_in_flight_and_resuming_gives_the_same_bytes(tmp_path):
    with running_client(tmp_path) as client:
        client.submit(dummy(tmp_path / "whole"), "a")
        heard_until_done(client, "a")
        client.submit(dummy(tmp_path / "job"), "b")
        heard = heard_until(client, lambda message: isinstance(message, messages.Frame) and message.index == 12)
        kill_worker(client)
        heard += heard_until_done(client, "b")
        assert "SIGKILL" in errors_of(heard, "b")[0]["what"]
        kept = JobFolder(tmp_path / "job").valid_frames()
        announced = [frame.index for frame in frames_of(heard, "b")]
        assert set(announced) <= set(kept) and len(kept) >= 12
        client.close()
        client.start()
        client.submit(dummy(tmp_path / "job"), "c")
        heard = heard_until_done(client, "c")
    assert sum(frame.is_reused for frame in frames_of(heard, "c")) == len(kept)
    assert contents(tmp_path / "job") == contents(tmp_path / "whole")


def test_cancelling_stops_within_a_frame_and_finished_frames_stay(tmp_path):
    with running_client(tmp_path) as client:
        client.submit(dummy(tmp_path / "job", last=10_000, seconds_per_frame=0.05), "a")
        heard_until(client, is_third_frame)
        begin = time.monotonic()
        client.cancel("a")
        done = heard_until_done(client, "a")[-1]
        assert time.monotonic() - begin < 1.0
        assert done.outcome == 'CANCELLED' and done.result["frames"] >= 3
        assert len(JobFolder(tmp_path / "job").valid_frames()) == done.result["frames"]
        client.submit(dummy(tmp_path / "job"), "b")
        assert heard_until_done(client, "b")[-1].result["reused"] == done.result["frames"]


def test_jobs_run_one_after_the_other_and_a_waiting_one_can_be_cancelled(tmp_path):
    with running_client(tmp_path) as client:
        for name in "abc":
            client.submit(dummy(tmp_path / name, seconds_per_frame=0.02), name)
        client.cancel("b")
        heard = heard_until_done(client, "c")
    assert [done_of(heard, name).outcome for name in "abc"] == ['FINISHED', 'CANCELLED', 'FINISHED']
    assert not (tmp_path / "b").exists()
    order = [message.job for message in heard if isinstance(message, messages.Frame)]
    assert order == ["a"] * 30 + ["c"] * 30


def test_two_jobs_on_one_folder_in_two_workers_are_kept_apart(tmp_path):
    with running_client(tmp_path / "1") as first, running_client(tmp_path / "2") as second:
        first.submit(dummy(tmp_path / "job", last=500), "a")
        heard_until(first, is_third_frame)
        second.submit(dummy(tmp_path / "job"), "b")
        heard = heard_until_done(second, "b")
        assert errors_of(heard, "b")[0]["code"] == "busy" and heard[-1].outcome == 'FAILED'
        first.cancel("a")
        assert heard_until_done(first, "a")[-1].outcome == 'CANCELLED'
        second.submit(dummy(tmp_path / "job"), "c")
        assert heard_until_done(second, "c")[-1].outcome == 'FINISHED'


def test_only_frames_whose_inputs_changed_are_made_again(tmp_path):
    with running_client(tmp_path) as client:
        client.submit(dummy(tmp_path / "job"), "a")
        heard_until_done(client, "a")
        before = contents(tmp_path / "job")
        client.submit(dummy(tmp_path / "job", settings={"gain": 2.0}), "b")
        assert heard_until_done(client, "b")[-1].result["reused"] == 0
        assert contents(tmp_path / "job") != before
        (tmp_path / "job" / "frames" / "frame_000005.png").write_bytes(b"damaged")
        client.submit(dummy(tmp_path / "job", settings={"gain": 2.0}, last=32), "c")
        heard = heard_until_done(client, "c")
    assert [frame.index for frame in frames_of(heard, "c") if not frame.is_reused] == [5, 31, 32]


def test_a_failed_job_says_what_and_leaves_its_frames(tmp_path):
    with running_client(tmp_path) as client:
        client.submit(dummy(tmp_path / "job", fail_at=10), "a")
        heard = heard_until_done(client, "a")
        assert errors_of(heard, "a")[0]["what"].startswith("Frame 10 fails") and heard[-1].outcome == 'FAILED'
        assert len(JobFolder(tmp_path / "job").valid_frames()) == 9 == len(frames_of(heard, "a"))
        assert JobFolder(tmp_path / "job").read_outcome()["error"]["code"] == "input"


@pytest.mark.parametrize("changes", [{"first": 5, "last": 4}, {"first": -3}, {"last": 10**15}])
def test_an_impossible_range_is_an_input_error(tmp_path, changes):
    with running_client(tmp_path) as client:
        client.submit(dummy(tmp_path / "job", **changes), "a")
        assert errors_of(heard_until_done(client, "a"), "a")[0]["code"] == "input"


@pytest.mark.parametrize("name", ["with spaces", "ünïcödé 字", "long-" + "x" * 245])
def test_folders_of_any_name_work(tmp_path, name):
    with running_client(tmp_path) as client:
        client.submit(dummy(tmp_path / name, last=3), "a")
        assert heard_until_done(client, "a")[-1].outcome == 'FINISHED'
    assert len(JobFolder(tmp_path / name).valid_frames()) == 3


def test_ten_thousand_malformed_lines_are_answered_and_the_worker_goes_on(tmp_path):
    lines = []
    for line in malformed_lines(11_000, seed=1):
        try:
            decode(line)
        except ProtocolError:
            lines.append(line)
    assert len(lines) > 10_000
    with (tmp_path / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-I", "-u", ROOT / "inference", "worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
    heard = []

    def listen():
        heard.extend(decode(line) for line in worker.stdout)

    listener = threading.Thread(target=listen)
    listener.start()
    for line in lines:
        worker.stdin.write(line + b"\n")
    worker.stdin.write(encode(messages.Submit("a", dummy(tmp_path / "job", last=3))))
    worker.stdin.flush()
    while not any(isinstance(message, messages.Done) for message in heard):
        assert worker.poll() is None
        time.sleep(0.02)
    worker.stdin.close()
    listener.join(5)
    errors = [message for message in heard if isinstance(message, messages.Error)]
    assert len(errors) == len(lines) and {error.error["code"] for error in errors} == {"protocol"}
    assert next(message for message in heard if isinstance(message, messages.Done)).outcome == 'FINISHED'
    assert worker.wait(5) == 0


def test_what_python_and_c_print_goes_to_the_log(tmp_path):
    chatty = tmp_path / "root"
    chatty.mkdir()
    for name in ("bridge", "inference", "blender_manifest.toml"):
        (chatty / name).symlink_to(ROOT / name)
    (chatty / "inference").unlink()
    (chatty / "inference").mkdir()
    for path in (ROOT / "inference").iterdir():
        (chatty / "inference" / path.name).symlink_to(path)
    (chatty / "inference" / "__main__.py").unlink()
    source = (ROOT / "inference" / "__main__.py").read_text()
    (chatty / "inference" / "__main__.py").write_text(source.replace("    module = ", f"{NOISE}    module = "))
    with running_client(tmp_path, chatty) as client:
        client.submit(dummy(tmp_path / "job", last=3), "a")
        heard = heard_until_done(client, "a")
        assert heard[-1].outcome == 'FINISHED' and not errors_of(heard, "")
    log = (tmp_path / "worker.log").read_text()
    assert log.count("python prints") == log.count("c prints") == log.count("fd prints") == 3


NOISE = r"""
    import pastiche.inference.jobs.dummy as dummy, ctypes
    draw, c = dummy._picture, ctypes.CDLL(None)
    def loud(*arguments):
        print("python prints"), c.puts(b"c prints"), c.fflush(None), os.write(1, b"fd prints\n")
        return draw(*arguments)
    dummy._picture = loud
"""


def test_the_worker_ends_at_once_when_its_stdin_closes_in_mid_job(tmp_path):
    with running_client(tmp_path) as client:
        client.submit(dummy(tmp_path / "job", last=10_000), "a")
        heard_until(client, is_third_frame)
        begin = time.monotonic()
        client.close()
        assert time.monotonic() - begin < 1.0
    with JobFolder(tmp_path / "job").held():
        assert len(JobFolder(tmp_path / "job").valid_frames()) >= 3


@posix
def test_the_worker_ends_when_its_parent_is_killed(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, ROOT, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    pid = int(parent.stdout.readline())
    os.kill(pid, 0)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive(pid)


PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1] + "/tests")
import root_package
from worker_harness import running_client, heard_until
from pastiche.bridge.requests import DummyRequest
with running_client(sys.argv[2]) as client:
    client.submit(DummyRequest(sys.argv[2] + "/job", last=10_000), "a")
    heard_until(client, lambda message: message.type == "frame")
    print(client.ready.pid, flush=True)
    time.sleep(60)
"""


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
