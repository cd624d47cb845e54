# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Footage -> motion file, as a job. Not for: how a face becomes motion (motion/capture.py).

Following a face cannot go on in the middle, so a capture that was cut short begins again; one that is whole and whose
footage and settings are the same is kept.
"""

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

from ...bridge.errors import InputError
from ...bridge.plain_data import to_plain
from ...bridge.requests import CaptureRequest
from ...bridge.whole_file import write_whole
from ..devices import versions
from ..media.footage import Footage
from ..motion.capture import capture
from .input_hash import hash_input, hash_values
from .job import Job

STAMP = "captured.json"  # in the job folder: what the motion file was made from, its hash, and the result


def run(request: CaptureRequest, job: Job) -> None:
    """Capture, unless that was done already."""
    with job.stage("read"):
        job.status("Reading the footage")
        footage = Footage.open(request.footage)
        digest = hash_input(request.footage, job.check)
        job.write_recipe({"footage": digest}, request.backend)
    inputs = _inputs(request, digest)
    _remove_leavings(request, job)
    summary = _known_summary(request, job, inputs)
    if summary is None:
        with job.stage("capture"):
            summary = capture(footage, request, digest, lambda done, total: _on_progress(job, done, total), job.status)
        _tell_trouble(request, job, footage, summary)
        stamp = {"inputs": inputs, "sha256": hash_input(request.motion), "summary": summary}
        write_whole(job.folder.path / STAMP, json.dumps(stamp).encode())
    job.result.update(summary, motion=request.motion, device="cpu", engine=request.backend)


def _remove_leavings(request: CaptureRequest, job: Job) -> None:
    """Remove what a killed capture left, where the motion lies in the job's own folder and so nobody else works."""
    if Path(request.motion).parent == job.folder.path:
        for leaving in job.folder.path.glob(".capture-*"):
            shutil.rmtree(leaving, ignore_errors=True)


def _on_progress(job: Job, done: int, total: int) -> None:
    job.check()
    job.progress(done, total, "pictures")


def _inputs(request: CaptureRequest, footage: str) -> str:
    """The hash of all that the motion depends on, wherever footage and motion lie."""
    settings = to_plain(dataclasses.replace(request, folder="", footage="", motion=""))
    return hash_values(settings, footage, versions())


def _known_summary(request: CaptureRequest, job: Job, inputs: str) -> dict[str, Any] | None:
    """What an earlier capture into the same file said, if the file is still the one it wrote, from the same inputs."""
    try:
        stamp = json.loads((job.folder.path / STAMP).read_bytes())
        is_same = stamp["inputs"] == inputs and stamp["sha256"] == hash_input(request.motion)
        return dict(stamp["summary"], reused=True) if is_same else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError, InputError):
        return None


def _tell_trouble(request: CaptureRequest, job: Job, footage: Footage, summary: dict[str, Any]) -> None:
    """What the artist should know of the footage."""
    for text in footage.warnings:
        job.warning(text)
    lost = summary["interpolated"] + summary["held"]
    if lost:
        job.warning(
            f"The face was not seen in {lost} of {lost + summary['seen']} pictures of {footage.path.name}; "
            f"it was interpolated in {summary['interpolated']} and held in {summary['held']}."
        )
    if len(summary["faces"]) > 1:
        known = ", ".join(summary["faces"])
        job.warning(f"{footage.path.name} shows the faces {known}; face {request.face} was captured.")
