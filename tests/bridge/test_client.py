# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against made-up workers: dead, deaf, foreign and flooding ones. test_worker.py has the real one."""

import dataclasses
import sys
import time

import pytest
from pastiche.bridge import messages
from pastiche.bridge.errors import ProtocolError, StorageError, WorkerError
from pastiche.bridge.requests import DummyRequest
from pastiche.bridge.wire import encode
from worker_harness import errors_of, heard_until, heard_until_done, running_client

READY = messages.Ready(1, "0.1.0", 1, ["cpu"], {}, {})
PREAMBLE = f"""
import sys, os, time, json
def say(**message): sys.stdout.write(json.dumps(message) + chr(10)); sys.stdout.flush()
def ready(): sys.stdout.write({encode(READY).decode()!r}); sys.stdout.flush()
def hear(): return sys.stdin.readline()
"""
REQUEST = DummyRequest("/nowhere")


@pytest.fixture
def worker(tmp_path):
    """Makes a root whose worker runs the given lines; returns a client for it, to be used in `with`."""

    def make(body):
        root = tmp_path / "root"
        (root / "inference").mkdir(parents=True)
        (root / "inference" / "__main__.py").write_text(PREAMBLE + body)
        return running_client(tmp_path, root)

    return make


def test_a_worker_that_cannot_start_says_why_for_every_job(worker):
    with worker("import numpyy") as client:
        client.submit(REQUEST, "a")
        client.submit(REQUEST, "b")
        heard = heard_until_done(client, "b")
        assert client.state == 'LOST'
    assert [type(message).type for message in heard] == ["error", "done", "error", "done"]
    (error,) = errors_of(heard, "a")
    assert "No module named 'numpyy'" in error["what"] and "could not start" in error["what"]
    assert "preferences" in error["remedy"] and str(client.log) in error["remedy"]


@pytest.mark.parametrize(
    ("end", "words"),
    [("os._exit(7)", "exit status 7"), ("os.kill(os.getpid(), 9)", "SIGKILL"), ("os.abort()", "SIGABRT")],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_a_worker_that_dies_ends_its_open_jobs_and_says_how(worker, end, words):
    frame = "say(v=1, type='frame', job='a', index=1, path='x', is_reused=False)"
    with worker(f"ready(); hear(); {frame}; {end}") as client:
        client.submit(REQUEST, "a")
        heard = heard_until_done(client, "a")
        assert [type(message).type for message in heard] == ["ready", "frame", "error", "done"]
        (error,) = errors_of(heard, "a")
        assert words in error["what"] and "finished frames are kept" in error["remedy"]
        assert client.poll() == []
        with pytest.raises(WorkerError, match="does not run"):
            client.submit(REQUEST, "b")


def test_a_worker_that_dies_idle_says_so_once(worker):
    with worker("ready(); sys.exit(3)") as client:
        heard = heard_until(client, lambda message: isinstance(message, messages.Error))
        assert len(errors_of(heard, "")) == 1 and client.state == 'LOST'


def test_a_worker_of_another_version_is_refused_with_both_versions_named(worker):
    with worker("sys.stdout.write('{\"v\": 2, \"type\": \"hello\"}\\n'); sys.stdout.flush(); time.sleep(60)") as client:
        client.submit(REQUEST, "a")
        (error,) = errors_of(heard_until_done(client, "a"), "a")
    assert error["code"] == "protocol" and "protocol 2" in error["what"] and "protocol 1" in error["what"]
    assert "Restart Blender" in error["remedy"]


def test_a_ready_of_another_protocol_is_refused(worker):
    with worker(f"say(**{dataclasses.asdict(READY) | {'v': 1, 'type': 'ready', 'protocol': 3}}); hear()") as client:
        client.submit(REQUEST, "a")
        (error,) = errors_of(heard_until_done(client, "a"), "a")
    assert "protocol 3" in error["what"]


def test_something_that_is_no_worker_is_refused(worker):
    with worker("print('Hello, I am a program'); time.sleep(60)") as client:
        client.submit(REQUEST, "a")
        assert "not understood" in errors_of(heard_until_done(client, "a"), "a")[0]["what"]


def test_a_silent_worker_is_given_up(worker, monkeypatch):
    monkeypatch.setattr("pastiche.bridge.client.SILENCE_SECONDS", 0.3)
    with worker("ready(); time.sleep(60)") as client:
        client.submit(REQUEST, "a")
        (error,) = errors_of(heard_until_done(client, "a", 10), "a")
        assert "has not answered" in error["what"] and client.state == 'LOST'


def test_heartbeats_keep_a_quiet_worker_alive_and_do_not_reach_the_caller(worker, monkeypatch):
    monkeypatch.setattr("pastiche.bridge.client.SILENCE_SECONDS", 0.5)
    beat = "say(v=1, type='heartbeat', job='', uptime=1.0)"
    with worker(f"ready()\nfor i in range(200): {beat}; time.sleep(.05)") as client:
        heard = heard_until(client, lambda message: True)
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            heard += client.poll()
            time.sleep(0.01)
        assert client.state == 'READY' and [message.type for message in heard] == ["ready"]


def test_a_flood_does_not_hold_up_a_poll(worker):
    flood = """
ready()
for i in range(20_000): say(v=1, type='progress', job='a', done=1, total=9, unit='f', rate=1.0, seconds_left=1.0)
say(v=1, type='done', job='a', outcome='FINISHED', result={})
hear()
"""
    with worker(flood) as client:
        client.submit(REQUEST, "a")
        counts, heard = [], []
        while not any(isinstance(message, messages.Done) for message in heard):
            polled = client.poll()
            counts.append(len(polled))
            heard += polled
            time.sleep(0.005)
    assert max(counts) <= 3 and sum(isinstance(message, messages.Progress) for message in heard) < 20_000 / 5


def test_a_deaf_worker_does_not_hold_up_submit_cancel_or_close(worker):
    with worker("ready(); time.sleep(60)") as client:
        heard_until(client, lambda message: isinstance(message, messages.Ready))
        begin = time.perf_counter()
        with pytest.raises(WorkerError, match="takes no more"):
            for i in range(5000):
                client.submit(DummyRequest("/" + "x" * 5000), f"job{i}")
        assert time.perf_counter() - begin < 5
        begin = time.perf_counter()
        client.close()
        assert time.perf_counter() - begin < 4 and client.state == 'STOPPED'


def test_a_python_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(WorkerError, match="no-such-python"), running_client(tmp_path, python=["/no-such-python"]):
        pass


def test_a_log_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"), running_client(tmp_path / "file"):
        pass


def test_a_lost_client_can_be_started_again(worker, tmp_path):
    body = f"""
marker = {str(tmp_path / "marker")!r}
ready()
if not os.path.exists(marker): open(marker, "w").close(); os._exit(1)
hear(); say(v=1, type='done', job='b', outcome='FINISHED', result={{}}); hear()
"""
    with worker(body) as client:
        heard_until(client, lambda message: isinstance(message, messages.Error))
        client.close()
        client.start()
        client.submit(REQUEST, "b")
        heard_until_done(client, "b")


def test_stray_lines_after_ready_are_errors_without_a_job(worker):
    done = "say(v=1, type='done', job='a', outcome='FINISHED', result={})"
    with worker(f"ready(); hear(); print('stray'); {done}; hear()") as client:
        client.submit(REQUEST, "a")
        heard = heard_until_done(client, "a")
        assert len(errors_of(heard, "")) == 1 and client.state == 'READY'


def test_a_request_that_cannot_be_sent_is_refused_at_once(worker):
    with worker("ready(); hear()") as client:
        with pytest.raises(ProtocolError, match="not a finite number"):
            client.submit(DummyRequest("/x", seconds_per_frame=float("nan")), "a")
        client.submit(REQUEST, "a")
        with pytest.raises(ValueError, match="open already"):
            client.submit(REQUEST, "a")
