# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs of picture networks: convert, invert, drag. As in verbs.py, each returns plain data and tells a person."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from ..bridge.drag_commands import DragCommand, DragOptions, Keep, Run, SetMask, SetPoints
from ..bridge.requests import DragRequest, InvertRequest
from .terminal import Terminal
from .verbs import Listener, perform_in_passing, perform_told


def convert(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """NVIDIA's pickle -> numbers alone, with a description."""
    from .weights.network_file import convert_network, open_network
    from .weights.network_name import disagreements

    description = convert_network(options.file, options.out)
    remarks = disagreements(options.file, open_network(options.out))
    for remark in remarks:
        terminal.say(f"Warning: {remark}")
    size = f"{description['width']}x{description['height']}"
    terminal.say(f"{description['family']}, {size}, {description['numbers']:,} numbers: {options.out}")
    return {"outcome": 'FINISHED', "out": str(options.out), **description, "warnings": remarks}


def invert(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """A picture -> the latent that makes it. The job's folder is gone afterwards: the latent says what it is of."""
    result = perform_in_passing(lambda folder: _invert_request(options, folder), terminal, is_cancelled)
    if "psnr" in result:
        known = " (known already)" if result.get("reused") else ""
        terminal.say(f"{result['psnr']:.1f} dB, {result['perceptual']} {result['distance']:.4f}{known}")
        terminal.say(f"latent: {result['latent']}")
    return result


def drag(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """Handles of a network's picture go to their targets; the way is kept as an expression, and as frames."""
    handles, targets = zip(*options.points, strict=True)
    script: list[DragCommand] = [SetPoints(handles, targets)]
    if options.mask:
        script.append(SetMask(True, str(options.mask)))
    script += [Run(), Keep(options.name)]
    request = DragRequest(
        folder=str(options.out),
        network=str(options.network),
        latent=str(options.latent or ""),
        seed=options.seed or 0,
        truncation=options.truncation,
        options=DragOptions(step_size=options.step_size, is_per_row=not options.w, most_steps=options.steps),
        script=tuple(script),
        is_filmed=options.frames,
    )
    result = perform_told(request, terminal, is_cancelled)
    if "distances" in result:
        left = ", ".join(f"{distance:.1f}" for distance in result["distances"])
        word = "arrived" if result["is_arrived"] else "not all arrived"
        terminal.say(f"{result['steps']} steps, {word}; pixels left: {left}")
        terminal.say(f"picture: {Path(result['folder']) / result['picture']}")
    return result


def _invert_request(options: Namespace, folder: Path) -> InvertRequest:
    return InvertRequest(
        folder=str(folder),
        source=str(options.source),
        network=str(options.network),
        latent=str(options.out),
        framing=options.framing.upper(),
        face=options.face,
        steps=options.steps,
        tuning=options.tuning,
        is_per_row=options.w_plus,
        lpips=str(options.lpips or ""),
    )
