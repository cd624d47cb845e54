# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a network for dragging: for an artist (drag_session.py), or for a script that runs by itself."""

from pathlib import Path

import numpy as np

from ...bridge.requests import DragRequest
from ...bridge.whole_file import write_whole
from ..engines.latent.editor import Editor, sample_latent
from ..engines.latent.latent_file import Start, open_start
from ..engines.latent.network import Network, load_network
from ..media.pictures import encode_png
from .drag_session import Session
from .input_hash import hash_input, hash_values
from .job import Job
from .screen import LiveScreen

VERSION = "1"
AFTER = "after.png"  # in a script's folder: what it ended with


def run(request: DragRequest, job: Job) -> None:
    """Open the network, then do what the script says, or the artist until the session is closed."""
    job.status("Opening the network")
    network = load_network(request.network, request.device)
    for remark in network.remarks:
        job.warning(remark)
    editor = Editor(network, _start(request, network), request.options, -1 if request.latent else request.seed)
    inputs = {name: hash_input(path) for name in ("network", "latent") if (path := getattr(request, name))}
    job.write_recipe(inputs, f"latent {VERSION}")
    job.result.update(size=list(editor.size[::-1]), device=str(editor.latent.device), network=network.sha256)
    job.check()
    with LiveScreen(job) as screen:
        session = Session(job, editor, screen)
        if request.script:
            _play(request, job, session)
        else:
            session.serve()


def _start(request: DragRequest, network: Network) -> Start:
    if request.latent:
        return open_start(Path(request.latent), network)
    return Start(sample_latent(network.generator, request.seed, request.truncation), network.generator)


def _play(request: DragRequest, job: Job, session: Session) -> None:
    """The script's commands, one after the other. Raises what the first that cannot be obeyed is refused with."""
    job.status("Dragging")
    editor = session.editor
    for command in request.script:
        session.obey(command)
        while session.state == 'DRAGGING':
            job.check()
            session.step()
            job.progress(editor.history.step, 0, "steps")
    job.result.update(
        picture=AFTER, steps=editor.history.step, distances=[round(distance, 3) for distance in editor.seen.distances],
        is_arrived=session.state == 'ARRIVED', handles=[list(point) for point in editor.handles],
        seconds_per_step=round(session.seconds_per_step(), 4),
    )  # fmt: skip
    if request.is_filmed:
        _film(job, editor)
    write_whole(session.folder / AFTER, encode_png(editor.picture()))


def _film(job: Job, editor: Editor) -> None:
    """Every step of the shown way as a frame; frame 0 is the start."""
    job.status("Rendering")
    last = editor.history.step
    for step in range(last + 1):
        job.check()
        editor.show(step)
        inputs = hash_values(job.result["network"], VERSION, editor.digest())
        if not job.reuse(step, inputs):
            opaque = np.full((*editor.size, 4), 255, np.uint8)
            opaque[..., :3] = editor.picture()
            job.frame(step, opaque, inputs)
        job.progress(step + 1, last + 1, "frames")
    job.finish_frames()
    job.result.update(first=0, last=last)
