# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find MediaPipe's 468 landmarks on the parametric head, and how much of the sky each of its vertices sees.

    python tools/mark_heads.py OUT.npz [--heads 24]

Bald heads are rendered and looked at by our own landmark finder; a landmark is the median of the places of the mean
head that it hit, made symmetric. `tools/pack_heads.py --landmarks` adds the result to head.npz.
"""

import argparse
import dataclasses
import math
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
SIDE = 384


def main() -> None:
    """Do what the command line says."""
    package = ModuleType("pastiche")
    package.__path__ = [str(ROOT)]
    sys.modules["pastiche"] = package
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--heads", type=int, default=24)
    options = parser.parse_args()
    from pastiche.inference.training.heads.scene import Stage

    stage = Stage()
    corners, weights = landmarks(stage, options.heads)
    np.savez_compressed(
        options.out, landmark_corners=corners.astype(np.uint16), landmark_weights=weights, openness=openness(stage)
    )


def landmarks(stage: object, heads: int) -> tuple[np.ndarray, np.ndarray]:
    """Corners (468, 3) and weights (468, 3) on the finer mesh."""
    from pastiche.inference.faces.landmarks import find_faces
    from pastiche.inference.faces.topology import N_SKIN, mirror_indices
    from pastiche.inference.training.heads.anatomy import SKIN
    from pastiche.inference.training.heads.scene import EYES

    hits: list[list[np.ndarray]] = [[] for _ in range(N_SKIN)]
    for number in range(heads):
        picture, seen, part = photograph(stage, number)
        faces = find_faces(picture)
        if not faces:
            continue
        rest = seen.blend(stage.rest, stage.triangles)
        places = seen.image(torch.where((part == SKIN)[:, None], rest, torch.full_like(rest, math.nan)), math.nan)[0]
        marks = on_lids(faces[0][:N_SKIN], seen.image((part == EYES).float()[:, None])[0, 0].numpy() > 0)
        for index, (x, y, _z) in enumerate(marks):
            if 0 <= x < SIDE and 0 <= y < SIDE:
                place = places[:, int(y), int(x)].numpy()
                if np.isfinite(place).all():
                    hits[index].append(place)
        print(f"head {number}: {sum(map(bool, hits))} landmarks seen so far", flush=True)
    mean = stage.rest[stage.spans[0]].numpy()
    places = np.stack([np.median(found, 0) if found else np.full(3, np.nan) for found in hits])
    mirror = mirror_indices()[:N_SKIN]
    places = np.nanmean((places, places[mirror] * (-1, 1, 1)), 0)
    return nearest(stage, mean, places)


def on_lids(marks: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Landmarks (468, 3) with those of the lids on the skin next to the eyeballs' pixels (SIDE, SIDE)."""
    from pastiche.inference.faces import topology

    marks = marks.copy()
    for side in ("RIGHT", "LEFT"):
        outer, inner = getattr(topology, f"{side}_EYE_CORNERS")
        low, high = sorted((int(marks[outer, 0]), int(marks[inner, 0])))
        near = np.zeros_like(eye)
        middle = int(marks[[outer, inner], 1].mean())
        near[middle - 30 : middle + 30, low - 8 : high + 9] = True
        rows, columns = np.nonzero(eye & near)
        if not len(rows):
            continue
        for corner in (outer, inner):
            at = columns.argmin() if marks[corner, 0] < (low + high) / 2 else columns.argmax()
            marks[corner, :2] = columns[at] + (-1 if at == columns.argmin() else 1) + 0.5, rows[at] + 0.5
        for lid, past in (("UPPER", -1), ("LOWER", 1)):
            for index in getattr(topology, f"{side}_{lid}_LID"):
                column = rows[np.abs(columns - int(marks[index, 0])) <= 1]
                if len(column):
                    marks[index, 1] = (column.min() if past < 0 else column.max()) + past + 0.5
    return marks


def photograph(stage: object, number: int) -> tuple[np.ndarray, object, torch.Tensor]:
    """A bald person at rest: picture (SIDE, SIDE, 3) uint8, what its pixels see, and their parts."""
    from pastiche.inference.training.heads import camera, surfaces
    from pastiche.inference.training.heads.caricature import Proportions
    from pastiche.inference.training.heads.person import draw_person, draw_shot, stack
    from pastiche.inference.training.heads.scene import Cut

    dice = np.random.default_rng((3, number))
    person, shot = draw_person(dice, stage.anatomy.targets), draw_shot(dice, stage.anatomy.units)
    person = dataclasses.replace(person, glasses=person.glasses * 0, stubble=0.0, lashes=-1.0)
    person.haircut.density = 0.0
    turn = np.array(((number % 5 - 2) * 0.13, (number % 3 - 1) * 0.08, 0.0))
    shot = dataclasses.replace(shot, units=shot.units * 0, gaze=-turn[:2], turn=turn, softness=1.0, sky=np.full(3, 0.7))
    people, shots = stack([person]), stack([shot])
    view = stage.view(people, shots, SIDE, Proportions(), Cut(), 1.5)
    image, covered = surfaces.render(view, surfaces.Finish())
    picture = camera.develop_plain(image + 0.25 * (1 - covered))[0].permute(1, 2, 0).numpy()
    return (picture * 255).astype(np.uint8), view.seen, stage.part[view.seen.triangle]


def nearest(stage: object, mean: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The triangle of the outer skin around each place, by its corners and weights."""
    from pastiche.inference.training.heads.anatomy import SKIN

    skin = stage.anatomy.triangles[stage.part[: len(stage.anatomy.triangles)] == SKIN].numpy()
    a, b, c = (mean[skin[:, corner]] for corner in range(3))
    corners, weights = [], []
    for place in places:
        near = np.argsort((((a + b + c) / 3 - place) ** 2).sum(1))[:40]
        best = None
        for triangle in near:
            edges = np.stack((b[triangle] - a[triangle], c[triangle] - a[triangle]), 1)
            uv = np.linalg.lstsq(edges, place - a[triangle], rcond=None)[0]
            w = np.clip((1 - uv.sum(), *uv), 0, None)
            w /= w.sum()
            distance = np.linalg.norm(w @ np.stack((a[triangle], b[triangle], c[triangle])) - place)
            if best is None or distance < best[0]:
                best = (distance, skin[triangle], w)
        corners.append(best[1])
        weights.append(best[2])
    return np.stack(corners), np.stack(weights).astype(np.float32)


def openness(stage: object, looks: int = 48) -> np.ndarray:
    """Share of the sky that each vertex of the skin sees, weighted by the cosine, as 0..255 (W,)."""
    from pastiche.inference.training.heads.anatomy import SKIN, vertex_normals
    from pastiche.inference.training.heads.light import _axes
    from pastiche.inference.training.heads.raster import rasterize

    side, reach = 384, 2.2
    mean = stage.rest[stage.spans[0]]
    normal = vertex_normals(mean[None], stage.anatomy.quads)[0]
    triangles = stage.anatomy.triangles[stage.part[: len(stage.anatomy.triangles)] == SKIN]
    total, weight = torch.zeros(len(mean)), torch.zeros(len(mean))
    for look in range(looks):  # a spiral over the sphere, thinned below
        height = 1 - 1.5 * (look + 0.5) / looks
        angle = look * 2.39996
        ring = math.sqrt(max(0.0, 1 - height**2))
        toward = torch.tensor(((ring * math.cos(angle), height, ring * math.sin(angle)),))
        local = (mean + 0.012 * normal + torch.tensor((0.0, 0.3, 0.5))) @ _axes(toward)[0].T
        screen = torch.stack(
            ((local[:, 0] / reach + 1) * side / 2, (local[:, 1] / reach + 1) * side / 2, local[:, 2] / 12 + 0.5), -1
        )
        seen = rasterize(screen[None], triangles, (side, side), False)
        depth = seen.image(seen.blend(screen, triangles)[:, 2:])[0, 0]
        at = screen[:, :2].long().clamp(0, side - 1)
        open_sky = (depth[at[:, 1], at[:, 0]] <= screen[:, 2] + 0.004).float()
        cosine = (normal @ toward[0]).clamp(min=0)
        total += open_sky * cosine
        weight += cosine
    return (255 * (total / weight.clamp(min=1e-3)).clamp(0, 1)).round().numpy().astype(np.uint8)


if __name__ == "__main__":
    main()
