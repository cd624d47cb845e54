# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bridge costs Blender's main thread: `client.poll` per timer tick over a 1,000-frame dummy job.

A tick is 50 ms, as Blender's timer would come. The baseline is a poll with nothing to fetch, in the same run.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
FRAMES = 1000
TICK_SECONDS = 0.05


def main() -> int:
    """Print the table; the exit status is 1 when a frame was not heard of."""
    package = ModuleType("pastiche")
    package.__path__ = [str(ROOT)]
    sys.modules.setdefault("pastiche", package)
    print(f"{'a poll, in milliseconds':<42}{'p50':>8}{'p99':>8}{'max':>8}   messages, most in one poll")
    with tempfile.TemporaryDirectory() as folder:
        rows = {
            "nothing to fetch (baseline)": _idle(Path(folder)),
            "a job at 50 frames per second": _job(Path(folder) / "paced", 0.02),
            "a job as fast as it goes": _job(Path(folder) / "fast", 0.0),
            "the same job again, every frame reused": _job(Path(folder) / "fast", 0.0),
        }
    for name, (seconds, counts) in rows.items():
        milliseconds = sorted(1000 * each for each in seconds)
        p99 = milliseconds[int(0.99 * (len(milliseconds) - 1))]
        median = statistics.median(milliseconds)
        print(f"{name:<42}{median:8.3f}{p99:8.3f}{milliseconds[-1]:8.3f}   {sum(counts)}, {max(counts)}")
    return 0


def _started(folder: Path):
    from pastiche.bridge.client import Client

    client = Client([sys.executable], ROOT, folder / "worker.log")
    begin = time.perf_counter()
    client.start()
    while client.state == 'STARTING':
        client.poll()
        time.sleep(0.001)
    print(f"the worker was ready after {time.perf_counter() - begin:.2f} s", file=sys.stderr)
    return client


def _idle(folder: Path) -> tuple[list[float], list[int]]:
    client = _started(folder)
    seconds = [_poll(client)[0] for _ in range(1000)]
    client.close()
    return seconds, [0]


def _job(folder: Path, seconds_per_frame: float) -> tuple[list[float], list[int]]:
    """Seconds of each poll and how many messages it brought, until the job is done."""
    from pastiche.bridge.requests import DummyRequest

    client = _started(folder)
    client.submit(DummyRequest(str(folder), 1, FRAMES, seconds_per_frame), "job")
    seconds, counts, frames, is_done = [], [], 0, False
    while not is_done:
        time.sleep(TICK_SECONDS)
        taken, messages = _poll(client)
        seconds.append(taken)
        counts.append(len(messages))
        frames += sum(message.type == "frame" for message in messages)
        is_done = any(message.type == "done" for message in messages)
    client.close()
    if frames != FRAMES:
        raise SystemExit(f"{frames} of {FRAMES} frames were announced")
    return seconds, counts


def _poll(client) -> tuple[float, list]:
    begin = time.perf_counter()
    messages = client.poll()
    return time.perf_counter() - begin, messages


if __name__ == "__main__":
    sys.exit(main())
