# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs: one module per kind, each with `run(request, job)`; the worker and the command line both call `perform`."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue

from ...bridge import messages
from ...bridge.errors import InternalError, PasticheError, ProtocolError, StorageError
from ...bridge.requests import JobRequest
from ...bridge.wire import encode
from ..out_of_memory import OUT_OF_MEMORY, is_out_of_memory
from ..peak_memory import peak_memory
from ..torch_needed import importing_torch
from .job import Cancelled, Job

logger = logging.getLogger(__name__)


def perform(
    request: JobRequest,
    job_id: str = "job",
    send: Callable[[messages.Message], None] = lambda message: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    commands: "SimpleQueue[messages.Steer] | None" = None,
) -> messages.Done:
    """Do a job, from opening its folder to writing down how it ended; returns its Done, which is not sent.

    Whatever goes wrong is sent as one Error; finished frames stay in any case.
    """
    job = Job(job_id, request, send, is_cancelled, commands)
    begin = time.perf_counter()
    try:
        with job.folder.held(), _logged(job.folder.log):
            with suppress(OSError):
                job.folder.outcome.unlink(missing_ok=True)
            outcome, error = _run(job)
            job.result.update(seconds=_seconds(job, begin), peak_memory_mb=peak_memory())
            done = _sendable(messages.Done(job_id, outcome, job.result))
            with suppress(StorageError):
                job.folder.write_outcome(outcome, error.to_dict() if error else None, done.result)
    except PasticheError as failure:  # the folder cannot be held: what another job does there stays untouched
        logger.error("%s: %s", job_id, failure)
        error, done = failure, messages.Done(job_id, 'FAILED', job.result)
    if error is not None:
        send(messages.Error(job_id, error.to_dict()))
    return done


def _run(job: Job) -> tuple[str, PasticheError | None]:
    try:
        try:
            with importing_torch(f"The job {job.request.kind}"):
                module = import_module(f".{job.request.kind}", __name__)
            module.run(job.request, job)
        finally:
            job.finish_frames()
        return 'FINISHED', None
    except Cancelled:
        return 'CANCELLED', None
    except PasticheError as error:
        logger.error("%s: %s", job.id, error)
        return 'FAILED', error
    except Exception as error:
        logger.exception("%s", job.id)
        if is_out_of_memory(error):
            return 'FAILED', OUT_OF_MEMORY
        what = f"Something unexpected happened: {type(error).__name__}: {str(error)[:300]}."
        return 'FAILED', InternalError(what, f"Finished frames are kept. Please report it with {job.folder.log}.")


def _seconds(job: Job, begin: float) -> dict[str, float]:
    """Stage -> seconds, with the total."""
    job.seconds["total"] = time.perf_counter() - begin
    return {name: round(seconds, 4) for name, seconds in job.seconds.items()}


def _sendable(done: messages.Done) -> messages.Done:
    """The last word must get through, whatever a job put into its result."""
    try:
        encode(done)
        return done
    except ProtocolError:
        logger.exception("%s: the result cannot be told", done.job)
        return messages.Done(done.job, done.outcome)


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Add what is logged to the job's own log, where it can be written."""
    root = logging.getLogger()
    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError:
        yield
        return
    handler.handleError = lambda record: None  # type: ignore[method-assign]  # a full disk is told by the job itself
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        with suppress(OSError):
            handler.close()
