# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How truly the mesh engine plays: drawn frames are tracked again, actors are driven by themselves, rest is compared.

    python benchmarks/mesh_quality.py [--cards FOLDER] [--clips FOLDER] [--size 512] [--frames 80]

All lengths are in percent of the card's eye distance (% io). Landmark error (NME): tracked again against asked for,
mean of all points, over the fastest-moving frames of each clip. r: Pearson's, asked for against tracked again. SSIM and
L1 of self-reenactment are taken inside the actor's face; "still" is the card not animated.
"""

import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from _mesh_footage import SUFFIXES, Tracker, capture_clip, chosen, engine_for, parser, read_card, scaled
from numpy.typing import NDArray
from pastiche.bridge.channels import REST
from pastiche.inference.engines.mesh import MeshEngine, MeshSettings
from pastiche.inference.faces import topology
from pastiche.inference.faces.face_frame import eye_distance, fit_pose, rotation_to_angles
from pastiche.inference.media.footage import Footage
from pastiche.inference.motion import measures
from pastiche.inference.motion.captured_file import neutral_pose_of
from pastiche.inference.motion.gaze import gaze_of_channels
from pastiche.inference.motion.head import NAMES as HEAD_NAMES
from pastiche.inference.motion.head import head_poses
from pastiche.inference.motion.take import Motion, MotionFrame
from pastiche.inference.portrait import Portrait, make_portrait

SECONDS = 14.0
REENACTED_FRAMES = 40
PARTS = {
    "eyes": topology.RIGHT_LID_RING + topology.LEFT_LID_RING,
    "mouth": topology.OUTER_LIPS + topology.INNER_LIPS,
    "brows": topology.RIGHT_BROW_UPPER + topology.LEFT_BROW_UPPER,
    "oval": topology.FACE_OVAL,
}


def main() -> int:
    """Print the tables."""
    options = parser("Measure how truly the mesh engine plays.")
    options.add_argument("--size", type=int, default=512, help="longer side of the cards, pixels")
    options.add_argument("--frames", type=int, default=80, help="the fastest so many of each clip")
    options.add_argument("--tables", nargs="*", default=["landmarks", "reenactment", "rest", "jitter", "curves"])
    options.add_argument("--keep", type=Path, help="folder for the captured motion, used again")
    given = options.parse_args()
    cards = chosen(given.cards, given.only_cards, SUFFIXES)
    clips = chosen(given.clips, given.only_clips, {".mp4", ".mov"})
    if not cards or not clips:
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        motions = {path.stem: capture_clip(path, folder, SECONDS) for path in clips}
        portraits = {path.stem: read_card(path, given.size) for path in cards}
        for table in given.tables:
            if table == "landmarks":
                print_landmarks(portraits, motions, given.frames)
            elif table == "reenactment":
                print_reenactment(clips, motions, given.size)
            elif table == "rest":
                print_rest(portraits)
            elif table == "jitter":
                print_jitter(portraits, clips, motions, folder)
            elif table == "curves":
                print_curves(portraits, motions)
    return 0


def print_landmarks(portraits: dict[str, Portrait], motions: dict[str, Motion], frames: int) -> None:
    """What was asked for against what a tracker sees in the drawn frames."""
    print("\n### Landmarks tracked again against asked for\n")
    print("| card x clip | yaw | NME | p95 | eyes | mouth | brows | oval | r blink | r mouth | yaw RMSE | pitch RMSE "
          "| gaze r, slope x | gaze r, slope y | missed |")  # fmt: skip
    print("|---" * 15 + "|")
    tracker = Tracker()
    for card, portrait in portraits.items():
        engine, totals = engine_for(portrait), []
        for clip, motion in motions.items():
            figures = play_and_track(engine, portrait, motion, fastest(motion, frames), tracker)
            totals.append(figures)
            print(f"| {card} x {clip} |", " | ".join(row(figures)), "|", flush=True)
        mean = {name: float(np.nanmean([each[name] for each in totals])) for name in totals[0]}
        print(f"| **{card}** |", " | ".join(row(mean)), "|", flush=True)


def row(figures: dict[str, float]) -> list[str]:
    """One line of the table."""
    plain = ("NME", "p95", "eyes", "mouth", "brows", "oval", "r blink", "r mouth", "yaw RMSE", "pitch RMSE")
    cells = [f"{figures['yaw']:.0f}", *(f"{figures[name]:.2f}" for name in plain)]
    cells += [f"{figures[f'gaze r {axis}']:.2f}, {figures[f'gaze slope {axis}']:.2f}" for axis in "xy"]
    return [*cells, f"{figures['missed']:.0f}"]


def fastest(motion: Motion, count: int) -> list[int]:
    """Numbers of the frames in which the face and the head move most."""
    shapes = motion.take.shapes
    speed = np.abs(np.gradient(np.asarray(shapes, np.float32), axis=0)).mean(axis=(1, 2))
    head = np.column_stack([motion.channels[:, motion.channel_names.index(name)] for name in HEAD_NAMES[:3]])
    speed = speed[: len(head)] / speed.mean() + np.abs(np.gradient(head, axis=0)).sum(axis=1)[: len(speed)] / 2
    return sorted((np.argsort(speed)[::-1][:count] + motion.first).tolist())


def play_and_track(
    engine: MeshEngine, portrait: Portrait, motion: Motion, numbers: list[int], tracker: Tracker
) -> dict[str, float]:
    """The figures of one card and one clip."""
    rest = tracker.look(portrait.image, portrait.landmarks)
    asked, seen, wanted_gaze, missed = [], [], [], 0
    for number in numbers:
        frame = motion.frame(number)
        wanted = engine.landmarks(frame)
        found = tracker.look(engine.render(frame), wanted)
        if found is None:
            missed += 1
            continue
        asked.append(wanted)
        seen.append(found)
        wanted_gaze.append(gaze_of_channels(frame.channels))
    return compare(portrait, np.array(asked), np.array(seen), np.array(wanted_gaze), rest) | {"missed": missed}


def compare(portrait: Portrait, asked: NDArray, seen: NDArray, wanted_gaze: NDArray, rest: NDArray) -> dict[str, float]:
    """asked, seen: (T, 478, 3), pixels.   wanted_gaze: (T, 2, 2).   rest: (478, 3), the still card as tracked."""
    io = float(eye_distance(portrait.landmarks))
    error = 100 * np.linalg.norm((seen - asked)[..., :2], axis=2) / io  # (T, 478)
    skin = error[:, : topology.N_SKIN].mean(axis=1)
    figures = {"NME": skin.mean(), "p95": np.percentile(skin, 95)}
    figures |= {name: error[:, list(points)].mean() for name, points in PARTS.items()}
    openness = [measures.eye_openness(each[..., :2]) for each in (asked, seen)]
    figures["r blink"] = np.mean([correlation(openness[0][:, eye], openness[1][:, eye]) for eye in (0, 1)])
    figures["r mouth"] = correlation(gap(asked), gap(seen))
    shape = portrait.pose.to_face(portrait.landmarks)
    angles = [rotation_to_angles(fit_pose(each, shape).rotation @ portrait.pose.rotation.T) for each in (asked, seen)]
    rmse = np.sqrt(((angles[0] - angles[1]) ** 2).mean(axis=0))
    figures |= {"yaw RMSE": rmse[0], "pitch RMSE": rmse[1], "yaw": rotation_to_angles(portrait.pose.rotation)[0]}
    gaze = measures.gaze(seen) - measures.gaze(rest)
    both = openness[1].mean(axis=1)
    is_open = both > 0.6 * np.median(both)
    for axis, name in enumerate("xy"):
        wanted, found = wanted_gaze[is_open].mean(axis=1)[:, axis], gaze[is_open].mean(axis=1)[:, axis]
        figures[f"gaze r {name}"] = correlation(wanted, found)
        figures[f"gaze slope {name}"] = np.cov(wanted, found)[0, 1] / max(wanted.var(ddof=1), 1e-12)
    return {name: float(value) for name, value in figures.items()}


def gap(landmarks: NDArray) -> NDArray:
    """Opening of the mouth over its width, (T,), in the picture."""
    opening = np.linalg.norm(landmarks[:, 13, :2] - landmarks[:, 14, :2], axis=1)
    return opening / np.linalg.norm(landmarks[:, 61, :2] - landmarks[:, 291, :2], axis=1)


def correlation(first: NDArray, second: NDArray) -> float:
    """Pearson's r."""
    return float(np.corrcoef(first, second)[0, 1]) if len(first) > 2 and first.std() and second.std() else float("nan")


def print_reenactment(clips: list[Path], motions: dict[str, Motion], size: int) -> None:
    """Actors driven by themselves, against the footage."""
    print("\n### Self-reenactment: the card is the actor's neutral frame\n")
    print("| clip | SSIM wrinkles | SSIM plain | still | L1 wrinkles | L1 plain | still | AKD | whole L1 | still |")
    print("|---" * 10 + "|")
    tracker, all_figures = Tracker(), []
    for path in clips:
        figures = reenact(path, motions[path.stem], size, tracker)
        all_figures.append(figures)
        print(f"| {path.stem} |", " | ".join(f"{value:.4f}" for value in figures), "|", flush=True)
    print("| **mean** |", " | ".join(f"{value:.4f}" for value in np.mean(all_figures, axis=0)), "|", flush=True)


def reenact(path: Path, motion: Motion, size: int, tracker: Tracker) -> list[float]:
    """The figures of one clip."""
    numbers = np.linspace(0, len(motion.take) - 1, REENACTED_FRAMES).astype(int).tolist()
    neutral = int(motion.metadata["neutral_frame"])
    pictures = read_frames(path, {*numbers, neutral}, size)
    portrait = make_portrait(pictures[neutral], path.name)
    engines = [engine_for(portrait, wrinkles=amount) for amount in (MeshSettings().wrinkles, 0.0)]
    figures = []
    for number in numbers:
        truth = pictures[number]
        channels = {**REST, **motion.take.channels(number), "takeFrame": number, "takeDetail": 1.0}
        frame = MotionFrame(number, channels, motion.take)
        landmarks = tracker.look(truth, engines[0].landmarks(frame))
        if landmarks is None:
            continue
        face = hull(landmarks, truth.shape)
        drawn = [*(engine.render(frame) for engine in engines), portrait.image]
        seen = tracker.look(drawn[0], landmarks)
        distance = np.nan if seen is None else np.linalg.norm((seen - landmarks)[: topology.N_SKIN, :2], axis=1).mean()
        ssims, errors = zip(*(face_figures(each, truth, face) for each in drawn), strict=True)
        whole = [np.abs(each[..., :3].astype(float) - truth[..., :3]).mean() / 255 for each in (drawn[0], drawn[2])]
        figures.append([*ssims, *errors, 100 * distance / float(eye_distance(landmarks)), *whole])
    return np.nanmean(figures, axis=0).tolist()


def read_frames(path: Path, numbers: set[int], size: int) -> dict[int, NDArray]:
    """Pictures (H, W, 4) uint8 of a clip by number."""
    found = {}
    for number, (_, picture) in enumerate(Footage.open(path).frames(0.0, SECONDS)):
        if number in numbers:
            rgb = picture[..., :3]
            found[number] = scaled(np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8))), size)
    return found


def hull(landmarks: NDArray, shape: tuple[int, ...]) -> NDArray:
    """1 inside the face, (H, W)."""
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.rint(landmarks[: topology.N_SKIN, :2]).astype(np.int32)), 1)
    return mask


def face_figures(image: NDArray, truth: NDArray, face: NDArray) -> tuple[float, float]:
    """SSIM (Wang et al. 2004, sigma 1.5, gray) and mean absolute error 0..1, inside the face."""
    x, y = (cv2.cvtColor(each[..., :3], cv2.COLOR_RGB2GRAY).astype(np.float64) for each in (image, truth))

    def mean(values: NDArray) -> NDArray:
        return cv2.GaussianBlur(values, (11, 11), 1.5)

    mx, my = mean(x), mean(y)
    vx, vy, vxy = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ssim = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    error = np.abs(image[..., :3].astype(np.float64) - truth[..., :3]).mean(axis=2) / 255
    return float(ssim[face > 0].mean()), float(error[face > 0].mean())


def print_rest(portraits: dict[str, Portrait]) -> None:
    """Channels at rest against the source."""
    print("\n### At rest, of 255\n\n| card | mean error | largest |\n|---|---|---|")
    for card, portrait in portraits.items():
        drawn = engine_for(portrait).render(MotionFrame(1, dict(REST), None))
        error = np.abs(drawn.astype(int) - portrait.image)
        print(f"| {card} | {error.mean():.4f} | {error.max()} |", flush=True)


def print_jitter(portraits: dict[str, Portrait], clips: list[Path], motions: dict[str, Motion], folder: Path) -> None:
    """Mean second difference of what is asked for against that of the unsmoothed footage, both in eye distances."""
    print("\n### Jitter asked for, against the footage as tracked\n\n| card | " + " | ".join(motions) + " | mean |")
    print("|---" * (len(motions) + 2) + "|")
    raw = {path.stem: raw_jitter(capture_clip(path, folder, SECONDS, "OFF")) for path in clips}
    for card, portrait in portraits.items():
        engine = engine_for(portrait)
        io, ratios = float(eye_distance(portrait.landmarks)), []
        for clip, motion in motions.items():
            numbers = range(motion.first, motion.last + 1)
            asked = np.array([engine.landmarks(motion.frame(number)) for number in numbers])
            ratios.append(second_difference(asked / io) / raw[clip])
        print(f"| {card} |", " | ".join(f"{value:.2f}" for value in [*ratios, np.mean(ratios)]), "|", flush=True)


def raw_jitter(motion: Motion) -> float:
    """Of a capture without smoothing, put together again from shapes and head channels."""
    take = motion.take
    columns = [take.channel_names.index(name) for name in HEAD_NAMES]
    io = float(motion.metadata["eye_distance_px"])
    poses = head_poses(np.asarray(take.rows)[:, columns], neutral_pose_of(motion.metadata), io)
    return second_difference(poses.to_image(np.asarray(take.shapes, np.float64)) / io)


def second_difference(landmarks: NDArray) -> float:
    """Mean length of the second difference over frames, in the picture's plane; landmarks: (T, 478, 3)."""
    return float(np.linalg.norm(np.diff(landmarks[:, : topology.N_SKIN, :2], n=2, axis=0), axis=2).mean())


def print_curves(portraits: dict[str, Portrait], motions: dict[str, Motion]) -> None:
    """The channels alone against channels and take: how far apart what they ask for is, % io."""
    print("\n### Channels alone against the whole take, % io\n\n| card | " + " | ".join(motions) + " | mean |")
    print("|---" * (len(motions) + 2) + "|")
    for card, portrait in portraits.items():
        engine, errors = engine_for(portrait), []
        for motion in motions.values():
            frames = [motion.frame(number) for number in range(motion.first, motion.last + 1, 3)]
            played = ([engine.landmarks(each) for each in version] for version in (frames, map(without_take, frames)))
            whole, alone = (np.array(each)[:, : topology.N_SKIN, :2] for each in played)
            errors.append(100 * np.linalg.norm(whole - alone, axis=2).mean() / float(eye_distance(portrait.landmarks)))
        print(f"| {card} |", " | ".join(f"{value:.2f}" for value in [*errors, np.mean(errors)]), "|", flush=True)


def without_take(frame: MotionFrame) -> MotionFrame:
    """The same frame played by its channels alone, by the same actor."""
    return MotionFrame(frame.number, {**frame.channels, "takeDetail": 0.0}, frame.take)


if __name__ == "__main__":
    sys.exit(main())
