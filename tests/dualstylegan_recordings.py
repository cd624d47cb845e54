# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded cases of the published DualStyleGAN and pSp (shared/parity/dualstylegan), and what reads them."""

import json
import re
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "parity" / "dualstylegan"


def _path(name):
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the recordings in {FOLDER} are not here")
    return path


@cache
def archive(name):
    """A recorded archive as tensors of its own types; skips the test where the recordings are not at hand."""
    with np.load(_path(f"{name}.npz"), allow_pickle=False) as file:
        return {key: torch.from_numpy(np.asarray(file[key])) for key in file.files}


@cache
def recorded_json(name):
    """A recorded JSON file; skips likewise."""
    return json.loads(_path(f"{name}.json").read_text(encoding="utf-8"))


def under(arrays, prefix):
    """The entries of a dictionary below a prefix, without it."""
    return {key[len(prefix) :]: value for key, value in arrays.items() if key.startswith(prefix)}


def noise_maps(arrays):
    """The explicit noise of a case file, layer by layer."""
    maps = under(arrays, "in/noise_")
    return [maps[str(index)] for index in range(len(maps))]


def gap(found, expected):
    """Largest absolute difference; a recorded trace may keep the first channels alone. Fails when shapes differ."""
    found = found[:, : expected.shape[1]] if found.dim() == expected.dim() and found.dim() > 1 else found
    assert found.shape == expected.shape
    return (found.detach().double() - expected.double()).abs().max().item()


def official_shapes(name):
    """Key -> (shape, dtype) of a published checkpoint; the dtype is torch.float32 unless recorded."""
    table = recorded_json("keys_official")["tables"][name]
    shapes = {}
    for key, entry in table.items():
        entry = entry if isinstance(entry, dict) else {"shape": entry}
        shapes[key] = (tuple(entry["shape"]), getattr(torch, entry.get("dtype", "float32")))
    return shapes


def shapes_of(module):
    """Key -> (shape, dtype) of a module's state dictionary."""
    return {key: (tuple(value.shape), value.dtype) for key, value in module.state_dict().items()}


def traced(module, names, run):
    """The outputs of submodules during run(), as name -> list of copies, one for each call."""
    outputs = {name: [] for name in names}
    hooks = [
        module.get_submodule(name).register_forward_hook(
            lambda _module, _inputs, output, name=name: outputs[name].append(output.detach().clone())
        )
        for name in names
    ]
    try:
        run()
    finally:
        for hook in hooks:
            hook.remove()
    return outputs


_RULES = (
    (r".*running_var", lambda r, u, shape: 0.5 + r),
    (r".*running_mean", lambda r, u, shape: 0.2 * u),
    (r".*modulation\.bias", lambda r, u, shape: 1 + 0.2 * u),
    (r".*norm2?\.style\.weight", lambda r, u, shape: 0.7 * u / np.sqrt(shape[1])),
    (r".*norm2?\.style\.bias", lambda r, u, shape: 0.2 * u + (np.arange(shape[0]) < shape[0] // 2)),
    (r"(.*\.)?style\.\d+\.weight", lambda r, u, shape: 100 * u),
    (r"(.*\.)?style\.\d+\.bias", lambda r, u, shape: 20 * u),
    (r".*noise\.weight", lambda r, u, shape: 0.3 * u),
    (r".*(input_layer|res_layer)\.2\.weight", lambda r, u, shape: 0.25 + 0.1 * u),
    (r".*\.weight", lambda r, u, shape: 1 + 0.2 * u if len(shape) == 1 else None),
    (r".*bias", lambda r, u, shape: 0.2 * u),
    (r".*res\.\d+\.conv2?\.0\.weight", lambda r, u, shape: 0.5 * u),
    (r".*to_rgb(1|s\.\d+)\.conv\.weight", lambda r, u, shape: 0.12 * u),
    (
        r".*(input_layer|body|latlayer\d|styles\.\d+\.convs).*",
        lambda r, u, shape: u * np.sqrt(2 / np.prod(shape[1:])) if len(shape) == 4 else None,
    ),
    (r".*output_layer\.3\.weight", lambda r, u, shape: u / np.sqrt(shape[1])),
    (r".*", lambda r, u, shape: u),
)


def hashed_state(seed, constructed, prefix=""):
    """The full-size weights of the recordings, made from key, shape and seed by the recipe of their README.

    constructed: a state dictionary that gives keys, shapes and what the recipe keeps.   prefix: for hashing alone.
    """
    return {key: _hashed(seed, prefix + key, value) for key, value in constructed.items()}


def _hashed(seed, key, value):
    if key.endswith((".kernel", "num_batches_tracked")):
        return value
    shape = tuple(value.shape)
    draw = np.random.RandomState(zlib.crc32(f"{seed}|{key}".encode()))
    r = draw.random_sample(int(np.prod(shape))).reshape(shape)
    u = (2 * r - 1) * np.sqrt(3)
    for pattern, rule in _RULES:
        made = rule(r, u, shape) if re.fullmatch(pattern, key) else None
        if made is not None:
            body = 0.6 if "body." in key and len(shape) == 4 else 1.0
            return torch.from_numpy((made * body).astype(np.float32))
    raise AssertionError(key)
