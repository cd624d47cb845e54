# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dragging: a step of ours against a step in the order of the published program, and what both do to pictures.

Speed: networks of the published widths with random weights, two points; orders take turns, the least processor time and
the median of the ratios within a turn are printed, all on one thread: waiting threads count as busy ones. Effect: fifty
fixed random drags on a narrower random network.
"""

import math
import random
import statistics
import sys
import time
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import root_package  # noqa: E402, F401  the checkout's root becomes the package `pastiche`
from _published_drag import PublishedDrag  # noqa: E402
from pastiche.inference.engines.latent.drag import Drag, DragSettings  # noqa: E402
from pastiche.vendor.stylegan2_ada.generator import Generator  # noqa: E402
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape  # noqa: E402

TURNS = 3
DRAGS = 50
STEPS = 30
EDITS = {
    "published": DragSettings(0.01, is_faithful=True),
    "ours": DragSettings(0.01),
}


def make_network(size: int, base: int, limit: int = 512, seed: int = 0) -> Generator:
    """A random network of that size; faint noise, as trained ones have."""
    torch.manual_seed(seed)
    sizes = {"z_dim": 512, "c_dim": 0, "w_dim": 512, "img_resolution": size, "img_channels": 3}
    network = Generator(GeneratorShape.of_keywords({**sizes, "channel_base": base, "channel_max": limit}))
    for name, parameter in network.named_parameters():
        if name.endswith("noise_strength"):
            parameter.data.fill_(0.02)
    return network.requires_grad_(False)


def half_mask(size: int, centers: list[tuple[int, int]], radius: float) -> torch.Tensor:
    """1 everywhere but within `radius` pixels of the centers."""
    y, x = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    free = torch.zeros(size, size, dtype=torch.bool)
    for cy, cx in centers:
        free |= (y - cy) ** 2 + (x - cx) ** 2 < radius**2
    return (~free).float()


def speed() -> None:
    """Print processor seconds per step of both orders."""
    print("| pixels | mask | published order, s/step | ours, s/step | ratio |\n|---|---|---|---|---|")
    for size, base in ((256, 16384), (512, 32768)):
        network = make_network(size, base)
        start = network.mapping(torch.randn(1, 512), psi=0.7).detach()
        third, half, more = size // 3, size // 2, size * 2 // 3
        for mask in (half_mask(size, [(third, third), (half, half)], size / 8), None):
            orders = [PublishedDrag(network, start, 0.001), Drag(network, start, DragSettings())]
            for order in orders:
                order.set_points([(third, third), (half, half)], [(third, half), (more, half)])
                order.set_mask(mask)
                order.step()
            times = [[time_of(order, network) for order in orders] for _ in range(TURNS)]
            published, ours = (min(row) for row in zip(*times, strict=True))
            ratio = statistics.median(theirs / own for theirs, own in times)
            word = "no" if mask is None else "yes"
            print(f"| {size} | {word} | {published:.3f} | {ours:.3f} | {ratio:.1f} |", flush=True)


def time_of(order: PublishedDrag | Drag, network: Generator) -> float:
    """Processor seconds of one step."""
    network.requires_grad_(isinstance(order, PublishedDrag))
    began = time.process_time()
    order.step()
    return time.process_time() - began


@torch.no_grad()
def change_outside(network: Generator, drag: Drag, mask: torch.Tensor) -> float:
    """How much the fixed part of the picture changed: mean |difference| against the picture's own spread."""
    before, after = network.synthesis(drag.start), network.synthesis(drag.latent)
    return float(((after - before).abs().mean(1)[0] * mask).sum() / mask.sum() / before.std())


def one_edit(network: Generator, settings: DragSettings, index: int) -> tuple[float, bool, float]:
    """Distance left in pixels, whether the point arrived, change outside the mask, of one of the fixed drags."""
    chance = random.Random(index)
    z = torch.randn(1, 512, generator=torch.Generator().manual_seed(index))
    drag = Drag(network, network.mapping(z, psi=0.7), settings)
    y, x, angle = chance.randrange(60, 196), chance.randrange(60, 196), chance.random() * 2 * math.pi
    target = (round(y + 25 * math.sin(angle)), round(x + 25 * math.cos(angle)))
    mask = half_mask(256, [(y, x), target], 40)
    drag.set_points([(y, x)], [target])
    drag.set_mask(mask)
    for _ in range(STEPS):
        step = drag.step()
        if step.is_finished:
            break
    return step.distances[0], step.is_finished, change_outside(network, drag, mask)


def effect() -> None:
    """Print what fifty fixed drags of 25 pixels at 256 did, in the published order and in ours."""
    network = make_network(256, 2048, 32, seed=3)
    edits = {name: [one_edit(network, settings, i) for i in range(DRAGS)] for name, settings in EDITS.items()}
    print(f"\n| {DRAGS} drags, {STEPS} steps | distance left, px | arrived | change outside the mask |")
    print("|---|---|---|---|")
    for name, rows in edits.items():
        left, arrived, outside = zip(*rows, strict=True)
        print(f"| {name} | {statistics.mean(left):.1f} | {sum(arrived)} | {statistics.mean(outside):.4f} |")
    pairs = list(zip(*edits.values(), strict=True))
    further = [ours[0] - theirs[0] for theirs, ours in pairs]
    more = [ours[2] - theirs[2] for theirs, ours in pairs]
    print(f"| ours - published | {with_error(further, 1)} | | {with_error(more, 4)} |")


def with_error(values: list[float], digits: int) -> str:
    """Mean and its standard error."""
    error = statistics.stdev(values) / len(values) ** 0.5
    return f"{statistics.mean(values):+.{digits}f} ± {error:.{digits}f}"


if __name__ == "__main__":
    torch.set_num_threads(1)
    speed()
    effect()
