# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client with a live worker, for tests: start it, do a job, read what the artist would read."""

import sys
import time
from contextlib import contextmanager
from pathlib import Path

from pastiche.bridge import messages
from pastiche.bridge.client import Client

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def running_client(folder, root=ROOT, python=(sys.executable,)):
    client = Client(python, root, Path(folder) / "worker.log")
    client.start()
    try:
        yield client
    finally:
        client.close()


def heard_until(client, is_enough, seconds=30.0):
    """Every message up to the one that is enough; fails when it does not come."""
    heard, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        for message in client.poll():
            heard.append(message)
            if is_enough(message):
                return heard
        time.sleep(0.002)
    raise AssertionError(f"not heard within {seconds} s; heard {heard[-5:]}")


def heard_until_done(client, job, seconds=30.0):
    return heard_until(client, lambda message: isinstance(message, messages.Done) and message.job == job, seconds)


def done_of(heard, job):
    return next(message for message in heard if isinstance(message, messages.Done) and message.job == job)


def errors_of(heard, job):
    return [message.error for message in heard if isinstance(message, messages.Error) and message.job == job]


def frames_of(heard, job):
    return [message for message in heard if isinstance(message, messages.Frame) and message.job == job]
