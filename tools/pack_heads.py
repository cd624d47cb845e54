# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pack the parametric head of MakeHuman (CC0) into the one small file that the renderer of heads opens.

    python tools/pack_heads.py FOLDER inference/training/heads/head.npz [--landmarks head_marks.npz]

FOLDER holds `base.obj`, `targets/` and `uv_layers/` of MPFB2's assets. Kept: the bust, eyes, lashes, teeth and tongue;
every shape target as sparse 16-bit offsets. Expression units are the mean of the three populations. Units: decimeters.
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PARTS = {  # group of the mesh -> part
    "body": 0,
    "helper-l-eyelashes-1": 1, "helper-l-eyelashes-2": 1, "helper-r-eyelashes-1": 1, "helper-r-eyelashes-2": 1,
    "helper-upper-teeth": 2, "helper-lower-teeth": 2, "helper-tongue": 3,
    "helper-l-eye": 4, "helper-r-eye": 5,
}  # fmt: skip
MASKS = ("lips", "scalp", "eyelids", "face")
EYES_LEVEL = np.array((0.0, 7.285, 0.0))  # the origin of the packed head: between the eyes, over the neck
ADULTS = [f"{people}-{sex}-young" for people in ("african", "asian", "caucasian") for sex in ("female", "male")]


def read_mesh(path: Path) -> tuple[NDArray, NDArray, NDArray]:
    """Vertices (V, 3), quads (F, 4) and the part of each quad (F,), -1 for what is not drawn."""
    vertices, quads, parts, part = [], [], [], -1
    for line in path.read_text("utf-8").splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            vertices.append([float(word) for word in words[:3]])
        elif kind == "g":
            part = PARTS.get(words[0], -1)
        elif kind == "f":
            quads.append([int(word.split("/")[0]) - 1 for word in words])
            parts.append(part)
    return np.array(vertices), np.array(quads), np.array(parts)


def read_target(path: Path, count: int) -> NDArray:
    """A shape target as dense offsets (count, 3)."""
    offsets = np.zeros((count, 3))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if words := line.split("#")[0].split():
                offsets[int(words[0])] = [float(word) for word in words[1:4]]
    return offsets


def read_targets(folder: Path, count: int) -> dict[str, NDArray]:
    """Name -> offsets: `macro/...`, `unit/...` and the others by their own names."""
    found: dict[str, NDArray] = {}
    for path in sorted(folder.rglob("*.target.gz")):
        name = path.name.removesuffix(".target.gz")
        offsets = read_target(path, count)
        if path.parent.name == "macrodetails":
            found[f"macro/{name}"] = offsets
        elif "units" in path.parts:
            found[f"unit/{name}"] = found.get(f"unit/{name}", 0.0) + offsets / 3
        else:
            found[name] = offsets
    return found


def mask_of(folder: Path, name: str, quads: NDArray, count: int) -> NDArray:
    """How much of the faces around each vertex belongs to a layer of texture coordinates, 0..255 (count,)."""
    with gzip.open(folder / f"{name}_solid.json.gz", "rt", encoding="utf-8") as file:
        members = [int(key) for key in json.load(file)]
    inside, around = np.zeros(count), np.zeros(count)
    weight = np.zeros(len(quads))
    weight[[index for index in members if index < len(quads)]] = 1
    for corner in range(4):
        np.add.at(inside, quads[:, corner], weight)
        np.add.at(around, quads[:, corner], 1)
    return np.round(255 * inside / np.maximum(around, 1)).astype(np.uint8)


def parts_of(quads: NDArray, parts: NDArray, count: int) -> NDArray:
    """Which vertices (count,) are of the skin."""
    on_skin = np.zeros(count, bool)
    on_skin[quads[parts == 0]] = True
    return on_skin


def mouth_of(quads: NDArray, lips: NDArray, start: int, count: int) -> NDArray:
    """255 for vertices (count,) that cannot be reached from vertex `start` over the skin without crossing the lips."""
    reached, crossable = np.zeros(count, bool), lips[quads].min(1) < 255
    reached[start] = True
    while True:
        found = quads[crossable & reached[quads].any(1)]
        if reached[found].all():
            break
        reached[found] = True
    return np.where(parts_of(quads, np.zeros(len(quads)), count) & ~reached & (lips < 255), 255, 0).astype(np.uint8)


def pack(folder: Path) -> dict[str, NDArray]:
    """Everything of the file but the landmarks."""
    vertices, quads, parts = read_mesh(folder / "base.obj")
    targets = read_targets(folder / "targets", len(vertices))
    masks = {name: mask_of(folder / "uv_layers", name, quads, len(vertices)) for name in MASKS}
    crown = int(np.where(parts_of(quads, parts, len(vertices)), vertices[:, 1], -99).argmax())
    masks["mouth"] = mouth_of(quads[parts == 0], masks["lips"], crown, len(vertices))
    is_bust = (vertices[:, 1] > 2.8) & (np.abs(vertices[:, 0]) < 3.4)
    is_kept = (parts >= 0) & ((parts > 0) | is_bust[quads].all(1))
    quads, parts = quads[is_kept], parts[is_kept]
    kept = np.unique(quads)
    renumbered = np.full(len(vertices), -1)
    renumbered[kept] = np.arange(len(kept))
    mean_adult = sum(targets[f"macro/{name}"] for name in ADULTS) / len(ADULTS)
    middle = (vertices + mean_adult)[np.unique(quads[parts >= 4])].mean(0) * (0, 1, 0)
    indices, deltas, scales, starts = [], [], [], [0]
    for name, offsets in targets.items():
        offsets = offsets[kept]
        if name.startswith("macro/"):  # heads of all ages stand at the same place; the body below does not matter
            offsets = offsets - (offsets + vertices[kept])[renumbered[np.unique(quads[parts >= 4])]].mean(0) + middle
        touched = np.flatnonzero(np.abs(offsets).max(1) > 1e-4)
        scale = max(float(np.abs(offsets).max()), 1e-6) / 32767
        indices.append(touched.astype(np.uint16))
        deltas.append(np.round(offsets[touched] / scale).astype(np.int16))
        scales.append(scale)
        starts.append(starts[-1] + len(touched))
    return {
        "vertices": (vertices[kept] - middle).astype(np.float32),
        "quads": renumbered[quads].astype(np.uint16),
        "parts": parts.astype(np.uint8),
        "names": np.frombuffer(json.dumps(list(targets)).encode(), np.uint8),
        "starts": np.array(starts, np.int64),
        "indices": np.concatenate(indices),
        "deltas": np.concatenate(deltas),
        "scales": np.array(scales, np.float32),
        **{f"mask_{name}": mask[kept] for name, mask in masks.items()},
    }


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--landmarks", type=Path, help="what tools/mark_heads.py found, to add")
    options = parser.parse_args()
    arrays = pack(options.folder)
    if options.landmarks:
        with np.load(options.landmarks, allow_pickle=False) as extra:
            arrays |= dict(extra)
    np.savez_compressed(options.out, **arrays)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB, {len(arrays['vertices'])} vertices")


if __name__ == "__main__":
    main()
