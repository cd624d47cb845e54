# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file or job folder of ours, or a stranger's weights, hold, without running or believing anything in them."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..bridge.errors import InputError
from ..bridge.job_folder import JobFolder, read_recipe
from ..bridge.motion_file import MotionFile, open_motion_file
from ..bridge.plain_data import to_plain

_REMEDY = "Inspect reads job folders, recipes, motion files, checkpoints, networks, style codes, pictures and films."
_MOST_LISTED = 2000  # tensors


def inspect_path(path: Path) -> dict[str, Any]:
    """What is at `path`, as plain data whose "kind" says what it is. Raises InputError."""
    if path.is_dir():
        return _job_folder(JobFolder(path))
    head = _head(path)
    if head[8:9] == b"{" and head[:1] != b"{":
        return _tensors(path)
    if head.lstrip()[:1] == b"{":
        return {"kind": "recipe", **to_plain(read_recipe(path))}
    if head.startswith(b"\x93NUMPY"):
        return _style_codes(path)
    return _weights(path)


def _head(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is a device, no file.", _REMEDY)
        with path.open("rb") as file:
            return file.read(64)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", "Check the path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read ({reason}).", "Check the path and your rights.") from error


def _job_folder(folder: JobFolder) -> dict[str, Any]:
    recipe, frames, outcome = folder.read_recipe(), folder.valid_frames(), folder.read_outcome()
    numbers = list(frames)
    return {
        "kind": "job folder",
        "outcome": outcome.get("outcome") if outcome else "not finished",
        "frames": len(numbers),
        "first": numbers[0] if numbers else None,
        "last": numbers[-1] if numbers else None,
        "bytes": sum(record.bytes for record in frames.values()),
        "movie": str(folder.movie) if folder.movie.is_file() else None,
        "recipe": to_plain(recipe),
    }


def _tensors(path: Path) -> dict[str, Any]:
    with open_motion_file(path) as file:
        kind = file.metadata.get("pastiche", "tensors")
        if kind == "network":
            return _network(path)
        listed = {name: [tensor.dtype, *tensor.shape] for name, tensor in list(file.tensors.items())[:_MOST_LISTED]}
        found = {"kind": kind, "metadata": file.metadata, "tensors": listed}
        return found | (_motion_facts(file) if kind == "motion" else _generator_in(path))


def _motion_facts(file: MotionFile) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "channels" in file.tensors:
        facts["frames"] = file.tensors["channels"].shape[0]
    if "found" in file.tensors and file.tensors["found"].dtype == "U8":
        names = {1: "seen", 2: "interpolated", 3: "held"}
        facts["found"] = {names.get(value, str(value)): n for value, n in Counter(file.read("found")).items()}
    if "take_shape" in file.tensors:
        facts["take_frames"] = file.tensors["take_shape"].shape[0]
    return facts


def _style_codes(path: Path) -> dict[str, Any]:
    from .weights.style_codes import read_style_codes

    codes = read_style_codes(path)
    return {"kind": "style codes", "exemplars": list(codes.names), "shape": list(codes.codes.shape)}


def _weights(path: Path) -> dict[str, Any]:
    """A torch checkpoint or a network pickle, whichever it lets itself be read as."""
    from .weights.safe_open import open_checkpoint, tensors_in

    try:
        contents = open_checkpoint(path)
    except InputError as refusal:
        try:
            return _network(path)
        except InputError:
            return _footage(path, refusal)
    tensors = dict(tensors_in(contents))
    listed = {name: [tensor.dtype, *tensor.shape] for name, tensor in list(tensors.items())[:_MOST_LISTED]}
    sections = list(map(str, contents)) if isinstance(contents, dict) else []
    size = sum(tensor.size for tensor in tensors.values())
    found = {"kind": "checkpoint", "sections": sections[:50], "count": len(tensors), "bytes": size, "tensors": listed}
    return found | _generator_in(path)


def _generator_in(path: Path) -> dict[str, Any]:
    """What the picture network among the tensors of a file is; nothing when there is none."""
    try:
        return {"network": _network(path)}
    except InputError:
        return {}


def _network(path: Path) -> dict[str, Any]:
    """A picture network: what it is by its contents, what it is called, and where the two differ."""
    from .weights.network_file import describe, open_network
    from .weights.network_name import disagreements, parse_name

    found = open_network(path)
    facts = {**describe(found), "named": asdict(parse_name(path)), "warnings": disagreements(path, found)}
    return {"kind": "network", **json.loads(json.dumps(facts, default=str))}


def _footage(path: Path, refusal: InputError) -> dict[str, Any]:
    """A picture or film. Raises what the file was refused with as weights when it is neither."""
    from .media.footage import Footage

    try:
        footage = Footage.open(path)
    except InputError:
        raise InputError(refusal.what, _REMEDY) from refusal
    return {
        "kind": "footage",
        "size": list(footage.size),
        "fps": str(footage.fps),
        "duration": footage.duration,
        "frames": footage.frame_count,
        "has_audio": footage.has_audio,
        "has_alpha": footage.has_alpha,
    }
