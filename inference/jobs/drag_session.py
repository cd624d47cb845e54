# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An open drag session: obeys commands, drags while it is told to, and shows what it does.

Not for: how points are dragged (engines/latent/editor.py and below), scripts (drag.py).
"""

import math
import time
from collections import deque
from pathlib import Path
from queue import Empty

import numpy as np

from ...bridge import drag_commands as commands
from ...bridge.drag_presets import PRESETS, preset_points
from ...bridge.errors import InputError, PasticheError
from ...bridge.messages import Dragging, Face, Kept, Refused
from ..engines.latent.editor import Editor
from ..engines.latent.keeping import keep_expression, keep_start
from ..media.pictures import read_picture
from ..out_of_memory import OUT_OF_MEMORY, is_out_of_memory
from .job import Job
from .screen import LiveScreen

WAIT_SECONDS = 0.1  # for a command, then the cancel flag is looked at
PATIENCE_SECONDS = 0.1  # for a picture while points are dragged; where one takes longer, a rough one is shown
STALL_STEPS = 60  # without coming nearer: then a drag ends
NEARER = 0.5  # pixels, of all points together
SHARE = 2.0  # of dragging's time to that of making pictures, while both go on


class Session:
    """One editor and what is told about it."""

    def __init__(self, job: Job, editor: Editor, screen: LiveScreen) -> None:
        self.job, self.editor, self.screen = job, editor, screen
        self.folder = Path(job.request.folder)
        self.state = 'PAUSED'
        self.serial = 0
        self.steps_left = 0
        self.nearest, self.stalled = math.inf, 0  # the points' distances together, and steps since they were so small
        self.is_shown = False
        self.times: deque[float] = deque(maxlen=10)  # seconds of the last steps
        self.picture_seconds = self.sharp_seconds = 0.0
        self.shown_at = -math.inf

    def serve(self) -> None:
        """Until Close. Commands come first, then a step, then the picture; with nothing to do it waits."""
        self.job.status("Ready")
        self._show()
        self._tell()
        while True:
            self.job.check()
            is_busy = self.state == 'DRAGGING' or not self.is_shown
            try:
                steer = self.job.commands.get(block=not is_busy, timeout=WAIT_SECONDS)
            except Empty:
                self._go_on()
                continue
            if isinstance(steer.command, commands.Close):
                return
            self.serial = steer.serial
            self._answer(steer.command)

    def _go_on(self) -> None:
        """What is to be done when nobody asks for anything."""
        try:
            if self.state == 'DRAGGING':
                self.step()
                self._show_in_time()
                self._tell()
            elif not self.is_shown:
                self._show()
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            self.state, self.is_shown = 'PAUSED', True
            self.job.warning(str(OUT_OF_MEMORY))
            self._tell()

    def _answer(self, command: commands.DragCommand) -> None:
        try:
            self.obey(command)
        except Exception as error:
            refusal = OUT_OF_MEMORY if is_out_of_memory(error) else error
            if not isinstance(refusal, PasticheError):
                raise
            self.job.send(Refused(self.job.id, self.serial, refusal.to_dict()))
        else:
            self._tell()

    def obey(self, command: commands.DragCommand) -> None:
        """Do what a command says. Raises PasticheError when it makes no sense; then nothing changed."""
        editor = self.editor
        match command:
            case commands.SetPoints(handles, targets):
                self._set_points(handles, targets)
            case commands.SetPreset(name, strength):
                self._set_preset(name, strength)
            case commands.SetMask(is_used, picture):
                editor.set_mask(self._mask(picture) if is_used else None)
            case commands.SetOptions(options):
                editor.set_options(options)
            case commands.Run(steps):
                editor.begin_drag()
                self.state, self.steps_left = 'DRAGGING', steps if steps > 0 else editor.options.most_steps
                self.nearest, self.stalled = math.inf, 0
            case commands.Pause():
                self._pause()
            case commands.Show(step):
                self._changed(lambda: editor.show(step))
            case commands.Back():
                self._changed(editor.back)
            case commands.Reset():
                self._changed(editor.reset)
            case commands.Sample(seed, truncation, rows):
                self._changed(lambda: editor.sample(seed, truncation, rows))
            case commands.Keep(name):
                self._keep(name)
            case commands.FindFace():
                self.job.send(Face(self.job.id, self.serial, self._landmarks()))

    def _set_points(self, handles: commands.Points, targets: commands.Points) -> None:
        if self.state == 'DRAGGING' and len(handles) == len(self.editor.handles):
            self.editor.set_points(self.editor.handles, targets)
            self.nearest, self.stalled = math.inf, 0
            return
        self.editor.set_points(handles, targets)
        self.state = 'PAUSED'

    def _set_preset(self, name: str, strength: float) -> None:
        if name not in PRESETS:
            raise InputError(f"There is no preset {name[:40]!r}.", f"Choose from: {', '.join(PRESETS)}.")
        landmarks = self._landmarks()
        if not landmarks:
            raise InputError("No face was found in the picture.", "Place the points by hand, or choose another seed.")
        handles, targets = zip(*preset_points(name, landmarks, self.editor.size[::-1], strength), strict=True)
        self._set_points(handles, targets)

    def _mask(self, picture: str) -> np.ndarray | None:
        if not picture:
            return self.screen.mask
        pixels = read_picture(picture)
        return (pixels[..., :3].max(axis=2) > np.iinfo(pixels.dtype).max // 2).astype(np.uint8)

    def _changed(self, change) -> None:
        """Another picture is to be shown, and nothing drags it."""
        change()
        self.state, self.is_shown = 'PAUSED', False

    def _pause(self) -> None:
        if self.state == 'DRAGGING':
            self.editor.look()
            self.state = 'PAUSED'

    def step(self) -> None:
        """One step of the drag under way; ends it when it has arrived, is done, or comes no nearer."""
        begin = time.perf_counter()
        has_moved = self.editor.step()
        self.times.append(time.perf_counter() - begin)
        self.is_shown &= not has_moved
        self.steps_left -= 1
        if not has_moved:
            self.state = 'ARRIVED'
        elif self.steps_left <= 0:
            self._pause()
        elif self._is_stalled():
            self._pause()
            self.job.warning(
                f"The points came no nearer for {STALL_STEPS} steps. Try a larger step size, a smaller mask, or W+."
            )

    def _is_stalled(self) -> bool:
        together = sum(self.editor.seen.distances)
        self.stalled += 1
        if together < self.nearest - NEARER:
            self.nearest, self.stalled = together, 0
        return self.stalled >= STALL_STEPS

    def _show_in_time(self) -> None:
        """The picture, unless that would slow the dragging down too much."""
        if self.state == 'DRAGGING' and time.perf_counter() - self.shown_at < SHARE * self.picture_seconds:
            return
        self._show(may_be_rough=self.state == 'DRAGGING' and self.sharp_seconds > PATIENCE_SECONDS)

    def _show(self, may_be_rough: bool = False) -> None:
        begin = time.perf_counter()
        rough = self.editor.rough_picture() if may_be_rough else None
        self.screen.show(self.editor.picture() if rough is None else rough, is_rough=rough is not None)
        self.is_shown = rough is None
        self.shown_at = time.perf_counter()
        self.picture_seconds = self.shown_at - begin
        if rough is None:
            self.sharp_seconds = self.picture_seconds

    def _keep(self, name: str) -> None:
        expression = keep_expression(self.editor, name, self.folder)
        latent, picture = keep_start(self.editor, self.folder)
        self.job.result.setdefault("kept", {})[name] = {
            "expression": str(expression), "latent": str(latent), "picture": str(picture)
        }  # fmt: skip
        self.job.send(Kept(self.job.id, self.serial, name, str(expression), str(latent), str(picture)))

    def _landmarks(self) -> commands.Points:
        """Of the face of the shown picture; empty when there is none."""
        from ..faces.landmarks import find_faces

        faces = find_faces(self.editor.picture())
        return tuple((round(float(x), 3), round(float(y), 3)) for x, y in faces[0][:, :2]) if faces else ()

    def _tell(self) -> None:
        editor, seen = self.editor, self.editor.seen
        self.job.send(
            Dragging(
                self.job.id, self.serial, self.state, editor.history.step, editor.history.last, editor.history.drags,
                editor.handles, editor.targets, tuple(round(distance, 3) for distance in seen.distances),
                -1.0 if math.isnan(seen.loss) else float(seen.loss), round(self.seconds_per_step(), 4), editor.seed,
            )
        )  # fmt: skip

    def seconds_per_step(self) -> float:
        """Of the last steps; 0 before the first."""
        return sum(self.times) / len(self.times) if self.times else 0.0
