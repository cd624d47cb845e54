# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs of picture networks: convert, invert, drag. As in verbs.py, each returns plain data and tells a person."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from ..bridge.drag_commands import DragCommand, DragOptions, Keep, Run, SetMask, SetPoints, SetPreset
from ..bridge.messages import Progress, Status
from ..bridge.requests import DragRequest, InvertRequest
from .jobs.job import Cancelled
from .terminal import Terminal
from .torch_needed import importing_torch
from .verbs import Listener, perform_in_passing, perform_told


def convert(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """A network, as its authors publish it -> numbers alone, with a description."""
    from .weights.network_file import convert_network, open_network
    from .weights.network_name import disagreements

    description = convert_network(options.file, options.out, options.half)
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
        began = ", begun with the encoder's answer" if result.get("encoder") else ""
        terminal.say(f"{result['psnr']:.1f} dB, {result['perceptual']} {result['distance']:.4f}{began}{known}")
        terminal.say(f"latent: {result['latent']}\nwanted and found: {result['picture']}")
    return result


def drag(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """Handles of a network's picture go to their targets; the way is kept as an expression, and as frames."""
    if options.preset:
        script: list[DragCommand] = [SetPreset(options.preset, options.strength)]
    else:
        script = [SetPoints(*zip(*options.points, strict=True))]
    if options.mask:
        script.append(SetMask(True, str(options.mask)))
    script += [Run(), Keep(options.name or options.preset or "drag")]
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


def compare(options: Namespace, terminal: Terminal, is_cancelled: Listener) -> dict[str, Any]:
    """The same drags by several networks, in several ways: a table and a sheet. Cancelled, of what was done so far."""
    with importing_torch("Comparing drags"):
        from .engines.latent.comparison import compare, random_tasks
        from .engines.latent.comparison_report import summary, write_report

    def check() -> None:
        if is_cancelled():
            raise Cancelled

    tasks, outcomes, outcome = random_tasks(options.tasks, options.seed), [], 'FINISHED'
    total = len(tasks) * len(options.network) * len(options.ways)
    terminal.hear(Status("compare", "Dragging"))
    try:
        for each in compare(options.network, options.ways, tasks, options.steps, options.step_size, check):
            outcomes.append(each)
            terminal.hear(Progress("compare", len(outcomes), total, "drags", rate=0.0, seconds_left=-1.0))
    except Cancelled:
        outcome = 'CANCELLED'
    terminal.clear()
    if outcomes:
        options.out.mkdir(parents=True, exist_ok=True)
        write_report(options.out, outcomes)
        if not options.json:
            terminal.tell((options.out / "table.md").read_text("utf-8").rstrip())
        terminal.say(f"table and sheet: {options.out}")
    return {"outcome": outcome, "folder": str(options.out), "drags": len(outcomes), "rows": summary(outcomes)}


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
        locality=options.locality,
        is_per_row=options.w_plus,
        encoder=str(options.encoder or ""),
        lpips=str(options.lpips or ""),
    )
