# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stylizing: DualStyleGAN in the papers' order against ours, in float32 and bfloat16, and the encoder; random weights.

Candidates take turns and ratios are formed within a turn, so that a busy machine disturbs all alike; the least time and
the median ratio are printed. Differences are in levels of 8 bits for pictures of the amplitude a trained network gives
(random weights give larger ones). Peak memory is that of a process of its own.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import _paper_order  # noqa: E402
import root_package  # noqa: E402, F401  the checkout's root becomes the package `pastiche`
from pastiche.vendor.dualstylegan.network import DualStyleGAN, DualStyleGANShape  # noqa: E402
from pastiche.vendor.psp.encoder import EncoderShape, GradualStyleEncoder  # noqa: E402
from pastiche.vendor.stylegan2.shape import GeneratorShape, standard_channels  # noqa: E402

TURNS = 3
SIZES = (256, 1024)
CANDIDATES = ("paper order", "float32", "bfloat16")


def make(candidate: str, size: int) -> Callable[[], Tensor]:
    """A call that draws one picture."""
    torch.manual_seed(0)
    shape = DualStyleGANShape(GeneratorShape(standard_channels(size)))
    network = DualStyleGAN.from_state(DualStyleGAN(shape).state_dict())
    slots = shape.generator.slots
    intrinsic, extrinsic = torch.randn(2, 1, slots, 512)
    weights = [0.75] * 7 + [1.0] * (slots - 7)
    if candidate == "paper order":
        _paper_order.contiguous(network)
        return torch.inference_mode()(lambda: _paper_order.stylize(network, intrinsic, extrinsic, weights))
    dtype = getattr(torch, candidate)
    return torch.inference_mode()(lambda: network(intrinsic, extrinsic, weights, dtype=dtype))


def peak_memory(candidate: str, size: int) -> float:
    """MiB that a process needs to draw one picture, the program included."""
    command = [sys.executable, __file__, "--memory", candidate, str(size)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def report_memory(candidate: str, size: int) -> None:
    """Print this process's peak after one picture."""
    import psutil

    make(candidate, size)()
    facts = psutil.Process().memory_info()
    print(getattr(facts, "peak_wset", 0) / 2**20 or _peak_rss())


def _peak_rss() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def compare(size: int, memory: dict[str, float]) -> None:
    """The table of one size."""
    calls = {name: make(name, size) for name in CANDIDATES}
    times: dict[str, list[float]] = {name: [] for name in calls}
    pictures: dict[str, Tensor] = {}
    for turn in range(TURNS + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            pictures[name] = call()
            if turn:  # the first is for warming up
                times[name].append(time.perf_counter() - start)
    truth = pictures["paper order"]
    for name, own in times.items():
        ratio = statistics.median(a / b for a, b in zip(times["paper order"], own, strict=True))
        off = (pictures[name] - truth).abs() / truth.abs().max()
        error = f"{off.max():.1e} | {off.mean() * 127.5:.2f}"
        print(f"| {size} | {name} | {min(own):.2f} | {ratio:.1f} | {error} | {memory[name]:.0f} |", flush=True)


@torch.inference_mode()
def encode() -> None:
    """The encoder, once for each portrait."""
    encoder = GradualStyleEncoder.from_state(GradualStyleEncoder(EncoderShape()).state_dict())
    portrait, times = torch.rand(1, 3, 256, 256), []
    for _ in range(TURNS + 1):
        start = time.perf_counter()
        encoder(portrait)
        times.append(time.perf_counter() - start)
    print(f"\nEncoding a portrait: {min(times):.2f} s.")


def main() -> None:
    """Print the tables."""
    # All memory first: a child's peak starts at its parent's.
    memory = {size: {name: peak_memory(name, size) for name in CANDIDATES} for size in SIZES}
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}\n")
    print("| size | order | seconds | times as fast | largest difference | mean, levels | peak MiB |")
    print("|---|---|---|---|---|---|---|")
    for size in SIZES:
        compare(size, memory[size])
    encode()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        report_memory(sys.argv[2], int(sys.argv[3]))
    else:
        main()
