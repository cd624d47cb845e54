# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A training on disk: where it stands, so that it goes on after any interruption, and the weights it has made.

Written whole or not at all, read through the safe opener alone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ...bridge.errors import InputError
from ...bridge.whole_file import whole_file
from ..weights.safe_open import StoredTensor, open_checkpoint
from .stage import Stateful

_REMEDY = "Give the training a new folder, or take the file away to begin again."


def write_checkpoint(path: Path, identity: str, step: int, parts: Mapping[str, Stateful]) -> None:
    """Keep a training that has done `step` steps. identity: what it must go on with. Raises StorageError."""
    states = {name: part.state_dict() for name, part in parts.items()}
    write_tensors(path, {"pastiche": "training", "identity": identity, "step": step, "parts": states})


def read_checkpoint(path: Path, identity: str, parts: Mapping[str, Stateful]) -> int:
    """Take a training up where it was; how many steps it has done, 0 without a file.

    Raises InputError when the file is damaged, no training's, or that of another training.
    """
    if not path.exists():
        return 0
    contents = open_checkpoint(path)
    if not isinstance(contents, dict) or contents.get("pastiche") != "training":
        raise InputError(f"{path} is no training's checkpoint.", _REMEDY)
    if contents.get("identity") != identity:
        what = f"{path} belongs to another training: {contents.get('identity')}, and this one is {identity}."
        raise InputError(what, "Repeat that one's stage, seed and settings, or give this one a folder of its own.")
    states, step = contents.get("parts"), contents.get("step")
    if type(step) is not int or not isinstance(states, dict) or set(states) != set(parts):
        raise InputError(f"{path} does not hold what this training keeps.", _REMEDY)
    for name, part in parts.items():
        try:
            part.load_state_dict(_loaded(states[name]))
        except (RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}: {name} does not fit ({' '.join(str(error).split())[:200]}).", _REMEDY) from error
    return step


def write_tensors(path: Path, contents: Mapping[str, Any]) -> None:
    """Tensors in plain containers as a torch checkpoint. Raises StorageError."""
    with whole_file(path) as file:
        torch.save(_on_processor(contents), file)


def _on_processor(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().clone()  # a clone: a view would drag its whole storage into the file
    if isinstance(value, Mapping):
        return {key: _on_processor(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_on_processor, value))
    return value


def _loaded(value: Any) -> Any:
    if isinstance(value, StoredTensor):
        return value.load()
    if isinstance(value, dict):
        return {key: _loaded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_loaded, value))
    return value
