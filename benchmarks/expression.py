# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The expression basis: what of a clip's expression it carries that it was not fitted to; `--write` fits and stores it.

Fits the hand-written basis (_expression_prior.py) to footage, alternating between the channels that explain each frame
and the displacements that explain all frames, held near the idea where footage says little (Li, Weise, Pauly,
"Example-based facial rigging", 2010). Every clip counts alike, and so does its mirror image.

    python benchmarks/expression.py [FOLDER OF CLIPS] [--write]
"""

import argparse
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
package = ModuleType("pastiche")
package.__path__ = [str(ROOT)]
sys.modules.setdefault("pastiche", package)

from _expression_prior import PLAIN, carry_irises, expression_prior, mirrored, mirrored_name, reach  # noqa: E402
from pastiche.inference.faces import topology  # noqa: E402
from pastiche.inference.faces.face_frame import fit_pose  # noqa: E402
from pastiche.inference.faces.tracking import FaceTracker  # noqa: E402
from pastiche.inference.media.footage import Footage  # noqa: E402
from pastiche.inference.motion import measures  # noqa: E402
from pastiche.inference.motion.expression import ExpressionModel  # noqa: E402
from pastiche.inference.motion.gaze import channels_of_gaze, combine_eyes  # noqa: E402
from pastiche.inference.motion.neutral import OPENNESS, choose_neutral, describe_frames  # noqa: E402
from pastiche.inference.motion.smoothing import smooth  # noqa: E402

TARGET = ROOT / "inference" / "motion" / "expression_basis.npz"
ROUNDS = 8
FRAMES_PER_CLIP = 300.0  # what each clip weighs, whatever its length
LOYALTY = (0.5, 8.0)  # frames at full expression that the idea of a plain channel is worth, and of any other
UNIT = 1e-4  # centimeters; the basis is stored in whole numbers of it


def main() -> int:
    """Print the residual on each clip by a basis fitted to the others; fit to all and store when asked."""
    parser = argparse.ArgumentParser(description="Fit and judge the expression basis.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared" / "footage" / "driving")
    parser.add_argument("--write", action="store_true", help=f"store the basis fitted to all clips in {TARGET.name}")
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.mp4")) if options.folder.is_dir() else []
    if len(paths) < 2:
        print(f"{options.folder} holds no two clips to fit to and to hold out.")
        return 0
    clips = {path.stem: read_clip(path) for path in paths}
    print("| held out | expression, % io | residual | p95 | lids | lips | explained | of variance | prior alone |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, clip in clips.items():
        model = fit([other for key, other in clips.items() if key != name])
        print(f"| {name} |", " | ".join(judge(model, clip)), f"| {judge(prior_model(), clip)[1]} |", flush=True)
    if options.write:
        store(fit(list(clips.values())))
        print(f"\nWrote {TARGET.name}, {TARGET.stat().st_size / 1024:.0f} KB.")
    return 0


def read_clip(path: Path) -> tuple[NDArray, NDArray]:
    """The expressions (T, 478, 3) of a clip and its gaze (T, 2, 2), relative to its neutral frame."""
    tracker, times, landmarks = FaceTracker(), [], []
    for time, image in Footage.open(path).frames():
        faces = tracker.follow(np.ascontiguousarray(image[:, :, :3]))
        if 0 in faces:
            times.append(time)
            landmarks.append(faces[0])
    smoothed = smooth(np.array(landmarks), np.array(times), "LOW")
    poses = fit_pose(smoothed, topology.canonical_shape())
    shapes = poses.to_face(smoothed)
    described = describe_frames(shapes, poses, smoothed)
    n = choose_neutral(described, np.array(times), np.ones(len(times), bool))
    neutral = shapes[max(0, n - 2) : n + 3].mean(axis=0)
    gaze = combine_eyes(measures.gaze(smoothed), described[:, OPENNESS])
    return fit_pose(smoothed, neutral).to_face(smoothed) - neutral, gaze - gaze[n]


def importance() -> NDArray[np.float32]:
    """How much each coordinate (478, 3) counts: lids, lips and brows more, depth less, irises not at all."""
    weights = np.ones((topology.N_LANDMARKS, 3), np.float32)
    lids, lips = [*topology.RIGHT_LID_RING, *topology.LEFT_LID_RING], [*topology.INNER_LIPS, *topology.OUTER_LIPS]
    weights[lids], weights[lips], weights[list(topology.FACE_OVAL)] = 4.0, 2.0, 0.5
    weights[:, 2] *= 0.2  # the tracker guesses depth
    weights[topology.N_SKIN :] = 0.0
    return weights


def prior_model() -> ExpressionModel:
    """The hand-written basis as it is."""
    prior = expression_prior()
    return ExpressionModel(tuple(prior), np.array(list(prior.values()), np.float32), importance())


def fit(clips: list[tuple[NDArray, NDArray]]) -> ExpressionModel:
    """The basis fitted to clips."""
    model = prior_model()
    names, prior = model.names, model.basis.astype(np.float64)
    reaches = np.array([reach(name, delta) for name, delta in zip(names, prior, strict=True)])  # (K, 478)
    loyalty = np.array([LOYALTY[not name.startswith(PLAIN)] for name in names])
    expressions = np.concatenate([part for e, _ in clips for part in (e, mirrored(e))])
    looks = np.concatenate([part for _, g in clips for part in (g, g[:, ::-1] * (-1, 1))])
    weights = np.concatenate([np.full(2 * len(e), FRAMES_PER_CLIP / (2 * len(e))) for e, _ in clips])
    looks = channels_of_gaze(looks, names)
    order = [names.index(mirrored_name(name)) for name in names]
    for _ in range(ROUNDS):
        values = model.encode(expressions, looks).astype(np.float64)
        basis = prior + _corrections(values, weights, expressions - model_sum(values, prior), reaches, loyalty)
        basis = (basis + mirrored(basis[order])) / 2
        carry_irises(basis, names)
        model = ExpressionModel(names, basis.astype(np.float32), model.weights)
    return model


def model_sum(values: NDArray, basis: NDArray) -> NDArray:
    """Expressions (T, 478, 3) of channel values (T, K)."""
    return np.tensordot(values, basis, axes=1)


def _corrections(
    values: NDArray, weights: NDArray, remainder: NDArray, reaches: NDArray, loyalty: NDArray
) -> NDArray:
    """What to add to the prior (K, 478, 3): ridge regression of what it leaves, each channel as free as its reach."""
    gram = (values * weights[:, None]).T @ values
    right = np.einsum("tk,tvd->vkd", values * weights[:, None], remainder)  # (478, K, 3)
    scale = reaches.T  # (478, K)
    systems = scale[:, :, None] * gram * scale[:, None, :] + np.diag(loyalty)
    return np.swapaxes(scale[:, :, None] * np.linalg.solve(systems, scale[:, :, None] * right), 0, 1)


def judge(model: ExpressionModel, clip: tuple[NDArray, NDArray]) -> list[str]:
    """Size of a clip's expression, residual, its p95, lids, lips (image plane, % of the eye distance), and
    how much of it is explained, against the neutral face and against the clip's mean.
    """
    expressions, gaze = clip
    values = model.encode(expressions, channels_of_gaze(gaze, model.names))
    seen = expressions[:, : topology.N_SKIN, :2]
    left = seen - model.decode_rows(values)[:, : topology.N_SKIN, :2]
    unit = np.linalg.norm(topology.canonical_shape()[33] - topology.canonical_shape()[263]) / 100
    size, residual = np.linalg.norm(seen, axis=2) / unit, np.linalg.norm(left, axis=2) / unit
    lids, lips = [*topology.RIGHT_LID_RING, *topology.LEFT_LID_RING], [*topology.INNER_LIPS, *topology.OUTER_LIPS]
    explained = [100 * (1 - (left**2).sum() / ((seen - middle) ** 2).sum()) for middle in (0, seen.mean(axis=0))]
    figures = (size.mean(), residual.mean(), np.percentile(residual.mean(axis=1), 95))
    figures += (residual[:, lids].mean(), residual[:, lips].mean())
    return [f"{figure:.2f}" for figure in figures] + [f"{share:.1f} %" for share in explained]


def store(model: ExpressionModel) -> None:
    """Write the basis where the product reads it."""
    whole = np.round(model.basis / UNIT).astype(np.int16)
    names = np.frombuffer("\n".join(model.names).encode(), np.uint8)
    np.savez_compressed(TARGET, names=names, basis=whole, unit=np.float32(UNIT), weights=model.weights)


if __name__ == "__main__":
    sys.exit(main())
