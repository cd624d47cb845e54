# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A captured motion -> the same with another frame as the actor's neutral, without the footage (motion/capture.py)."""

from pathlib import Path

from ...bridge.requests import NeutralRequest
from ..motion.capture import change_neutral
from .input_hash import hash_input
from .job import Job


def run(request: NeutralRequest, job: Job) -> None:
    """Measure every expression from the new neutral."""
    job.write_recipe({"source": hash_input(request.source, job.check)}, "neutral")
    job.status("Setting the neutral frame")
    with job.stage("neutral"):
        change_neutral(Path(request.source), request.neutral, Path(request.motion))
    job.result.update(motion=request.motion, device="cpu")
