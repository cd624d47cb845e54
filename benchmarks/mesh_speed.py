# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time of the mesh engine per frame, whole, without file writing; against a plain cv2.remap of the whole picture.

    python benchmarks/mesh_speed.py [--cards FOLDER] [--clips FOLDER] [--sizes 512 1024 2048] [--frames 60]

The remap (bilinear, fixed point maps, same size, same threads) takes turns with the engine, and ratios are formed
within a turn: on a machine that does other things besides, the ratios are what to compare. "play" is channels alone,
"take" the actor's mouth and wrinkles too.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from _mesh_footage import SUFFIXES, Motion, MotionFrame, Portrait, capture_clip, chosen, engine_for, parser, read_card
from numpy.typing import NDArray


def main() -> int:
    """Print one line per card and size."""
    options = parser("Measure the mesh engine's time per frame.")
    options.add_argument("--sizes", type=int, nargs="*", default=[512, 1024, 2048], help="longer side, pixels")
    options.add_argument("--frames", type=int, default=60)
    given = options.parse_args()
    cards = chosen(given.cards, given.only_cards, SUFFIXES)
    clips = chosen(given.clips, given.only_clips, {".mp4", ".mov"})
    if not cards or not clips:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        motion = capture_clip(clips[0], Path(folder), seconds=6.0)
        print(f"{clips[0].stem}, {cv2.getNumThreads()} threads, load {os.getloadavg()[0]:.1f}\n")
        print(
            "| card | size | build s | play ms: least, middle | take ms: least, middle | remap ms "
            "| play / remap | take / remap |"
        )
        print("|---" * 8 + "|")
        for path in cards:
            for size in given.sizes:
                print(
                    f"| {path.stem} | {size} |", " | ".join(measure(path, size, motion, given.frames)), "|", flush=True
                )
    return 0


def measure(path: Path, size: int, motion: Motion, frames: int) -> list[str]:
    """One line of the table."""
    portrait = read_card(path, size)
    start = time.perf_counter()
    engine = engine_for(portrait)
    built = time.perf_counter() - start
    remap = remap_of(portrait)
    numbers = [motion.first + i % len(motion) for i in range(frames)]
    taken = [motion.frame(number) for number in numbers]
    alone = [MotionFrame(each.number, {**each.channels, "takeDetail": 0.0}, each.take) for each in taken]
    engine.render(taken[0])
    times = np.array(
        [
            [timed(lambda e=each: engine.render(e)) for each in pair] + [timed(remap)]
            for pair in zip(alone, taken, strict=True)
        ]
    )
    play, take, plain = times.T * 1000
    spans = [f"{each.min():.1f}, {np.median(each):.1f}" for each in (play, take)]
    return [
        f"{built:.2f}",
        *spans,
        f"{plain.min():.2f}",
        f"{np.median(play / plain):.1f}",
        f"{np.median(take / plain):.1f}",
    ]


def remap_of(portrait: Portrait) -> Callable[[], NDArray]:
    """The baseline: every pixel fetched from a little beside it."""
    height, width = portrait.image.shape[:2]
    y, x = np.indices((height, width), dtype=np.float32)
    maps = cv2.convertMaps(x + 3.3, y + 2.2, cv2.CV_16SC2)
    out = np.empty_like(portrait.image)
    return lambda: cv2.remap(portrait.image, *maps, cv2.INTER_LINEAR, dst=out)


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
