# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""FOMM at full size (vox-256): the published program's loop against the rearranged networks, in one run.

The loop is re-created as the paper's program runs it: source encoded again for every frame, one frame at a time,
float32. Weights are random with statistics calibrated on pictures, the keypoint head scaled until keypoints move like a
talking head's; times do not depend on them. Arrangements take turns, and ratios are formed within a turn, so that a
busy machine disturbs all alike. Peak memory is that of a process of its own.
"""

import argparse
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample, interpolate

ROOT = Path(__file__).resolve().parent.parent
package = ModuleType("pastiche")
package.__path__ = [str(ROOT)]
sys.modules.setdefault("pastiche", package)

from pastiche.vendor.fomm.configurations import OFFICIAL  # noqa: E402
from pastiche.vendor.fomm.fast.detector import FastDetector  # noqa: E402
from pastiche.vendor.fomm.fast.generator import FastGenerator  # noqa: E402
from pastiche.vendor.fomm.generator import OcclusionAwareGenerator  # noqa: E402
from pastiche.vendor.fomm.keypoint_detector import KeypointDetector  # noqa: E402
from pastiche.vendor.fomm.keypoint_motion import transfer  # noqa: E402

MOTION_BATCH, PAINT_BATCH = 8, 1  # the hourglasses read 200 MB of weights per call; painting is bound by arithmetic
KEYPOINT_LOGITS = 0.2  # standard deviation; keypoints then move by 0.07 of the half picture on average, 0.28 at most
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def clip(count: int, device: torch.device) -> Iterator[Tensor]:
    """A picture that turns, grows and shifts: `count` frames (1, 3, 256, 256), 0..1, made one at a time."""
    dice = torch.Generator().manual_seed(2)
    waves = [torch.randn(1, 3, n, n, generator=dice) / n**0.5 for n in (4, 12, 40)]
    picture = sum(interpolate(wave, size=(320, 320), mode="bicubic") for wave in waves).sigmoid()
    for index in range(count):
        angle, scale = 0.15 * math.sin(index / 5), 0.75 + 0.05 * math.cos(index / 7)
        cos, sin = scale * math.cos(angle), scale * math.sin(angle)
        turn = torch.tensor([[[cos, -sin, 0.1 * angle], [sin, cos, 0.0]]])
        grid = affine_grid(turn, (1, 3, 256, 256), align_corners=True)
        yield grid_sample(picture, grid, padding_mode="reflection", align_corners=True).to(device)


def model(device: torch.device) -> tuple[KeypointDetector, OcclusionAwareGenerator]:
    """The full-size networks with random weights that behave like trained ones."""
    torch.manual_seed(0)
    configuration = OFFICIAL["vox-256"]
    detector, generator = KeypointDetector(configuration.detector), OcclusionAwareGenerator(configuration.generator)
    frames = torch.cat(list(clip(2, torch.device("cpu"))))
    for module in (*detector.modules(), *generator.modules()):
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    features = detector.predictor(detector.down(frames))
    detector.kp.weight.mul_(KEYPOINT_LOGITS / detector.kp(features).std())
    detector.jacobian.weight.normal_(0, 0.002)
    detector.eval()
    keypoints = detector(frames)
    generator(frames[:1].expand(2, -1, -1, -1), keypoints, keypoints.frames(slice(0, 1)))
    return detector.to(device), generator.eval().to(device)


class Reference:
    """The loop as published."""

    name = "reference loop"

    def __init__(self, detector: KeypointDetector, generator: OcclusionAwareGenerator) -> None:
        self.detector, self.generator = detector, generator

    def run(self, source: Tensor, driving: Iterator[Tensor]) -> Iterator[Tensor]:
        """One picture (1, 3, H, W) per driving frame."""
        kp_source, initial = self.detector(source), None
        for frame in driving:
            found = self.detector(frame)
            initial = initial or found
            moved = transfer(kp_source, found, initial, adapt_movement_scale=True)
            yield self.generator(source, moved, kp_source).prediction.cpu()


class Fast:
    """The rearranged networks, driving keypoints and motion in batches."""

    def __init__(self, detector: KeypointDetector, generator: OcclusionAwareGenerator, precision: str) -> None:
        self.name = f"fast {precision}"
        self.detector, self.generator = FastDetector(detector), FastGenerator(generator, DTYPES[precision])

    def run(self, source: Tensor, driving: Iterator[Tensor]) -> Iterator[Tensor]:
        """One picture (1, 3, H, W) per driving frame."""
        kp_source, initial = self.detector(source), None
        kept = self.generator.encode(source, kp_source)
        while frames := list(islice(driving, MOTION_BATCH)):
            found = self.detector(torch.cat(frames))
            initial = initial or found.frames(0)
            moved = transfer(kp_source, found, initial, adapt_movement_scale=True)
            flow, occlusion = self.generator.dense_motion_network(kept.motion, moved)
            for start in range(0, len(flow), PAINT_BATCH):
                part = slice(start, start + PAINT_BATCH)
                yield from self.generator.paint(kept, flow[part], occlusion[part]).cpu().split(1)


def components(reference: Reference, fast: list[Fast], device: torch.device) -> dict[str, list[Callable[[], object]]]:
    """Part -> what computes it for one frame (fast motion: for a batch), in the order of the arrangements."""
    frames = torch.cat(list(clip(MOTION_BATCH, device)))
    source, keypoints = frames[:1], reference.detector(frames)
    first, second = keypoints.frames(0), keypoints.frames(1)
    plain = reference.generator
    features = plain.encode(source)
    parts: dict[str, list[Callable[[], object]]] = {
        "keypoints": [lambda: reference.detector(source)],
        "source encoder": [lambda: plain.encode(source)],
        "motion": [lambda: plain.dense_motion_network(source, second, first, True)],
        "warp, decoder": [lambda: plain.decode(plain.warp(features, still))],
    }
    still = plain.dense_motion_network(source, second, first, True).deformation
    for arrangement in fast:
        generator, detector = arrangement.generator, arrangement.detector
        kept = generator.encode(source, first)
        flow, occlusion = generator.dense_motion_network(kept.motion, keypoints)
        few = flow[:PAINT_BATCH], occlusion[:PAINT_BATCH]
        parts["keypoints"].append(partial(detector, frames))
        parts["source encoder"].append(partial(generator.encode, source, first))
        parts["motion"].append(partial(generator.dense_motion_network, kept.motion, keypoints))
        parts["warp, decoder"].append(partial(generator.paint, kept, *few))
    return parts


def stopwatch(work: Callable[[], object], device: torch.device) -> float:
    """Milliseconds: of the clock, or, with one thread of a processor, of that thread, whoever else is working."""
    clock = time.process_time if device.type == "cpu" and torch.get_num_threads() == 1 else time.perf_counter
    if device.type == "cuda":
        torch.cuda.synchronize()
    start = clock()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return 1000 * (clock() - start)


def print_components(arrangements: list, device: torch.device, rounds: int) -> None:
    """The least time of each part, in milliseconds per frame (source encoder: per source)."""
    parts = components(arrangements[0], arrangements[1:], device)
    print(f"\n{'ms per frame, least of ' + str(rounds):28}" + "".join(f"{a.name:>18}" for a in arrangements))
    for name, works in parts.items():
        batch = [1] + [{"keypoints": MOTION_BATCH, "motion": MOTION_BATCH}.get(name, 1)] * (len(works) - 1)
        times = [[stopwatch(work, device) for work in works] for _ in range(rounds + 1)][1:]
        least = [min(column) / size for column, size in zip(zip(*times, strict=True), batch, strict=True)]
        note = " (per source)" if name == "source encoder" else ""
        print(f"{name:28}{least[0]:18.1f}" + "".join(f"{value:18.1f}" for value in least[1:]) + note)


def print_end_to_end(arrangements: list, device: torch.device, rounds: int, count: int) -> None:
    """Least milliseconds per frame, ratios within a round, and the difference from the reference's pictures."""
    source, frames = next(clip(1, device)), list(clip(count, device))
    pictures = [torch.cat(list(a.run(source, iter(frames)))) for a in arrangements]
    works = [lambda a=a: list(a.run(source, iter(frames))) for a in arrangements]
    times = [[stopwatch(work, device) for work in works] for _ in range(rounds)]
    head = f"{'ms/frame':>10}{'ratio median (least)':>24}{'max diff':>12}{'mean x 255':>12}"
    print(f"\n{f'end to end, {count} frames':28}{head}")
    for index, arrangement in enumerate(arrangements):
        ratios = [row[0] / row[index] for row in times]
        least = min(row[index] for row in times) / count
        difference = (pictures[index] - pictures[0]).abs()
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f})"
        print(f"{arrangement.name:28}{least:10.1f}{ratio:>24}{difference.max():12.1e}{255 * difference.mean():12.4f}")


def print_peak_memory(arguments: argparse.Namespace) -> None:
    """The largest resident size of a process that makes and drops a clip's frames, for two lengths."""
    lengths = (arguments.frames, 4 * arguments.frames)
    print(f"\n{'peak memory, MiB':28}" + "".join(f"{f'{count} frames':>14}" for count in lengths))
    for name in ("reference", *arguments.precisions):
        command = [sys.executable, __file__, "--device", arguments.device, "--peak", name, "--frames"]
        peaks = [subprocess.run([*command, str(count)], check=True, capture_output=True).stdout for count in lengths]
        print(f"{name:28}" + "".join(f"{float(peak):14.0f}" for peak in peaks))


def measure_peak(arguments: argparse.Namespace, device: torch.device) -> None:
    """Run one arrangement alone and print the process's peak."""
    import psutil

    networks = model(device)
    arrangement = Reference(*networks) if arguments.peak == "reference" else Fast(*networks, arguments.peak)
    if arguments.peak != "reference":
        del networks
    peak = 0
    for _ in arrangement.run(next(clip(1, device)), clip(arguments.frames, device)):
        peak = max(peak, psutil.Process().memory_info().rss)
    print((torch.cuda.max_memory_allocated() if device.type == "cuda" else peak) / 2**20)


def main() -> None:
    """Read the arguments and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--precisions", nargs="*", default=["float32", "bfloat16"], choices=list(DTYPES))
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="1: processor time is measured")
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    torch.set_grad_enabled(False)
    torch.set_num_threads(arguments.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    if arguments.peak:
        return measure_peak(arguments, device)
    networks = model(device)
    arrangements = [Reference(*networks), *(Fast(*networks, precision) for precision in arguments.precisions)]
    print(f"FOMM vox-256 at 256 x 256, torch {torch.__version__}, {device}, {torch.get_num_threads()} threads")
    print_components(arrangements, device, arguments.rounds)
    print_end_to_end(arrangements, device, arguments.rounds, arguments.frames)
    print_peak_memory(arguments)


if __name__ == "__main__":
    main()
