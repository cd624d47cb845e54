# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How any job begins, goes on and ends."""

import pytest
from pastiche.bridge.job_folder import JobFolder
from pastiche.bridge.messages import Error, Frame, Progress
from pastiche.bridge.requests import DummyRequest
from pastiche.inference import jobs
from pastiche.inference.jobs import dummy, perform
from pastiche.inference.jobs.frame_range import LARGEST, MOST, check_range
from pastiche.inference.jobs.input_hash import hash_input
from pastiche.inference.jobs.job import Job


def request(folder, **changes):
    return DummyRequest(str(folder), **{"last": 10, "seconds_per_frame": 0.0, **changes})


def test_a_bug_becomes_an_internal_error_with_its_trace_in_the_log(tmp_path, monkeypatch):
    monkeypatch.setattr(dummy, "_picture", lambda index, inputs: {}[index])
    heard = []
    done = perform(request(tmp_path / "job"), "a", heard.append)
    (error,) = [message.error for message in heard if isinstance(message, Error)]
    assert done.outcome == 'FAILED' and error["code"] == "internal" and "KeyError" in error["what"]
    assert str(tmp_path) in error["remedy"] and "Traceback" in (tmp_path / "job" / "log.txt").read_text()


def test_running_out_of_memory_is_told_as_that(tmp_path, monkeypatch):
    def burst(index, inputs):
        raise MemoryError

    monkeypatch.setattr(dummy, "_picture", burst)
    heard = []
    assert perform(request(tmp_path), "a", heard.append).outcome == 'FAILED'
    assert "memory" in heard[-1].error["what"]


def test_a_result_that_cannot_be_sent_does_not_silence_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(dummy, "run", lambda request, job: job.result.update(bad=object()))
    done = perform(request(tmp_path), "a")
    assert done.outcome in ('FINISHED', 'FAILED') and "bad" not in done.result


def test_a_cancelled_job_keeps_its_frames_and_says_so(tmp_path):
    seen = []
    done = perform(request(tmp_path), "a", seen.append, lambda: sum(isinstance(m, Frame) for m in seen) >= 4)
    assert done.outcome == 'CANCELLED' and 4 <= done.result["frames"] < 10
    assert len(JobFolder(tmp_path).valid_frames()) == done.result["frames"]
    assert JobFolder(tmp_path).read_outcome()["outcome"] == 'CANCELLED'


def test_every_kind_of_request_has_a_job():
    from pastiche.bridge.requests import KINDS

    for kind in KINDS:
        assert callable(__import__(f"{jobs.__name__}.{kind}", fromlist=["run"]).run)


def test_the_catalogue_names_the_engines_there_are():
    from pastiche.bridge.catalogue import ENGINES
    from pastiche.inference.engines import engine

    assert set(ENGINES) == set(engine._ENGINES)


def test_the_rate_is_that_of_the_last_seconds(tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("pastiche.inference.jobs.job.time.monotonic", lambda: clock[0])
    heard = []
    job = Job("a", request(tmp_path), heard.append)
    for done in range(1, 1001):
        clock[0] += 0.01 if done < 500 else 0.1
        job.progress(done, 1000, "frames")
    last = heard[-1]
    assert isinstance(last, Progress) and last.rate == pytest.approx(10, rel=0.05) and last.done == 1000
    assert len(heard) < 600
    job.progress(500, 0, "frames")
    assert heard[-1].seconds_left == -1.0 or heard[-1] is last


@pytest.mark.parametrize("bad", [(2, 1), (-1, 5), (0, LARGEST + 1), (0, MOST)])
def test_an_impossible_range_is_refused(bad):
    from pastiche.bridge.errors import InputError

    check_range(0, 0)
    check_range(LARGEST - 5, LARGEST)
    with pytest.raises(InputError, match=str(bad[0])):
        check_range(*bad)


def test_a_changed_file_has_another_hash_and_a_sequence_counts_all_its_pictures(tmp_path):
    import cv2
    import numpy as np

    file = tmp_path / "a.bin"
    file.write_bytes(b"1")
    before = hash_input(file)
    file.write_bytes(b"22")
    assert hash_input(file) != before
    for number in (1, 2, 3):
        cv2.imwrite(str(tmp_path / f"f{number}.png"), np.full((4, 4, 3), number, np.uint8))
    whole = hash_input(tmp_path / "f1.png")
    cv2.imwrite(str(tmp_path / "f3.png"), np.full((5, 4, 3), 9, np.uint8))
    assert hash_input(tmp_path / "f1.png") != whole


def test_a_missing_input_is_named(tmp_path):
    from pastiche.bridge.errors import InputError

    with pytest.raises(InputError, match="nothing.mp4"):
        hash_input(tmp_path / "nothing.mp4")
