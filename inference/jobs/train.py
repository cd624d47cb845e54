# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""(stage, data) -> trained weights, as a job. Not for: the loop (training/loop.py), what is learned (the stages)."""

from ...bridge.errors import InputError
from ...bridge.requests import TrainRequest
from ..training.loop import Folder, train
from ..training.stage import open_stage
from .input_hash import hash_values
from .job import Job


def run(request: TrainRequest, job: Job) -> None:
    """Train, or go on training."""
    if request.steps < 0 or request.every < 1:
        raise InputError("A training takes at least one step, and saves now and then.", "Give positive numbers.")
    job.status("Reading the data")
    stage = open_stage(request.stage, request.data, request.settings, request.device)
    job.write_recipe({}, stage.name)
    with job.stage("prepare"):
        stage.prepare(job.folder.path, lambda done, total: (job.check(), job.progress(done, total, "files")))
    for note in stage.notes:
        job.warning(note)
    steps = request.steps or stage.steps

    def on_step(done: int, losses: dict[str, float]) -> None:
        job.progress(done, steps, "steps")
        job.check()

    job.status("Training")
    identity = f"{stage.name} {hash_values(request.seed, dict(request.settings))[:12]}"
    with job.stage("train"):
        lines = train(stage, job.folder.path, identity, steps, request.every, request.seed, on_step)
    folder = Folder(job.folder.path)
    job.result.update(
        steps=lines[-1]["step"] if lines else 0,
        losses=lines[-1]["losses"] if lines else {},
        weights=str(folder.weights),
        plot=str(folder.plot),
        sheet=str(folder.sheet(steps)),
    )
