# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capture measured: milliseconds per picture by stage, jitter of the motion against the tracker's, memory, start time.

    python benchmarks/motion.py [CLIP ...]

Default: the driving clips beside the checkout, else a clip made from scikit-image's photograph. Jitter is the mean
second difference of the face's image points. Memory is that of a process of its own, for a clip and for the same clip
four times over. Residuals of the expression basis are another table (expression.py).
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
package = ModuleType("pastiche")
package.__path__ = [str(ROOT)]
sys.modules.setdefault("pastiche", package)

from pastiche.bridge.requests import CaptureRequest  # noqa: E402
from pastiche.inference.faces import topology  # noqa: E402
from pastiche.inference.faces.face_frame import fit_pose  # noqa: E402
from pastiche.inference.faces.landmarks import MediaPipeBackend  # noqa: E402
from pastiche.inference.faces.tracking import FaceTracker  # noqa: E402
from pastiche.inference.media.footage import Footage  # noqa: E402
from pastiche.inference.media.movie import MovieWriter  # noqa: E402
from pastiche.inference.motion.capture import capture  # noqa: E402
from pastiche.inference.motion.expression import expression_model  # noqa: E402
from pastiche.inference.motion.face_motion import read_face_motion  # noqa: E402
from pastiche.inference.motion.face_texture import encode_texture, make_texture  # noqa: E402
from pastiche.inference.motion.head import NAMES, head_poses  # noqa: E402
from pastiche.inference.motion.smoothing import smooth  # noqa: E402

STAGES = ("decode", "network", "tracking", "texture", "smoothing", "shape, channels")


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Measure capture.")
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--capture", type=Path, help=argparse.SUPPRESS)  # a process of its own: print its peak memory
    options = parser.parse_args()
    if options.capture:
        print(capture_alone(options.capture))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        clips = options.clips or sorted((ROOT.parent / "shared" / "footage" / "driving").glob("*.mp4"))
        clips = clips or [made_clip(Path(folder) / "made.mp4")]
        print("| clip | size | " + " | ".join(f"{stage}, ms" for stage in STAGES) + " | jitter LOW | HIGH |")
        print("|---|---|" + "---|" * (len(STAGES) + 2))
        for clip in clips:
            print(f"| {clip.stem} |", " | ".join(measure(clip)), "|", flush=True)
        print_memory(clips[-1], Path(folder))
    print_start()
    return 0


def measure(clip: Path) -> list[str]:
    """One row: size, median milliseconds by stage, jitter of two levels of smoothing in parts of the tracker's."""
    spent = defaultdict(list)
    footage, tracker = Footage.open(clip), FaceTracker(timed_backend(spent))
    pictures, times, landmarks = footage.frames(), [], []
    while True:
        start = time.perf_counter()
        time_and_image = next(pictures, None)
        if time_and_image is None:
            break
        spent["decode"].append(time.perf_counter() - start)
        image = np.ascontiguousarray(time_and_image[1][..., :3])
        before, start = sum(spent["network"]), time.perf_counter()
        faces = tracker.follow(image)
        spent["tracking"].append(time.perf_counter() - start - (sum(spent["network"]) - before))
        if 0 in faces:
            start = time.perf_counter()
            encode_texture(make_texture(image, faces[0]))
            spent["texture"].append(time.perf_counter() - start)
            times.append(time_and_image[0])
            landmarks.append(faces[0])
    raw, moments = np.array(landmarks), np.array(times)
    start = time.perf_counter()
    smoothed = smooth(raw, moments, "LOW")
    spent["smoothing"] = [(time.perf_counter() - start) / len(raw)]
    shapes = smoothed.copy()
    start = time.perf_counter()
    motion = read_face_motion(shapes, moments, np.ones(len(raw), bool), None)
    spent["shape, channels"] = [(time.perf_counter() - start) / len(raw)]
    jitters = [jitter(smooth(raw, moments, level)) / jitter(raw) for level in ("LOW", "HIGH")]
    check_roundtrip(motion, shapes, smoothed)
    cells = [f"{1000 * statistics.median(spent[stage]):.2f}" for stage in STAGES]
    return ["{}x{}".format(*footage.size), *cells, *(f"{ratio:.2f}" for ratio in jitters)]


def timed_backend(spent: dict[str, list[float]]) -> MediaPipeBackend:
    """A backend that notes how long the landmark network takes."""
    backend = MediaPipeBackend()
    fit = backend.fit

    def timed(image: np.ndarray, region: object) -> object:
        start = time.perf_counter()
        result = fit(image, region)
        spent["network"].append(time.perf_counter() - start)
        return result

    backend.fit = timed
    return backend


def jitter(landmarks: np.ndarray) -> float:
    """Mean second difference of the skin's points in the image."""
    return float(np.linalg.norm(np.diff(landmarks[:, : topology.N_SKIN, :2], 2, axis=0), axis=2).mean())


def check_roundtrip(motion: object, shapes: np.ndarray, smoothed: np.ndarray) -> None:
    """Channels of the head and shapes say where every point was; else the figures are of something else."""
    columns = [motion.names.index(name) for name in NAMES]
    poses = head_poses(motion.channels[:, columns], motion.neutral_pose, motion.eye_distance_px)
    error = np.abs(poses.to_image(shapes)[..., :2] - smoothed[..., :2]).max()
    assert error < 0.5, f"the motion is off by {error:.2f} pixels"
    assert len(motion.names) == len(expression_model().names) + len(NAMES)
    assert fit_pose(smoothed[:1], motion.neutral).scale[0] > 0


def print_memory(clip: Path, folder: Path) -> None:
    """Peak memory of capturing a clip, and the same pictures four times over."""
    long = folder / "long.mp4"
    footage = Footage.open(clip)
    with MovieWriter(long, Fraction(footage.fps), footage.size, None) as movie:
        for _ in range(4):
            for _, image in footage.frames():
                movie.write(image)
    peaks = []
    for path in (clip, long):
        command = [sys.executable, __file__, "--capture", str(path)]
        peaks.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    count = footage.frame_count
    print(f"\nPeak memory: {peaks[0]:.0f} MB for {count} pictures, {peaks[1]:.0f} MB for {4 * count}.")


def capture_alone(path: Path) -> float:
    """Capture a clip and return the peak memory of this process in MB."""
    from pastiche.inference.peak_memory import peak_memory

    with tempfile.TemporaryDirectory() as folder:
        capture(Footage.open(path), CaptureRequest(folder, str(path), str(Path(folder) / "out.motion")))
    return peak_memory()


def print_start() -> None:
    """How long a fresh process takes until it has looked at its first picture, and what of that is not ours."""
    ours = "import sys, types; p = types.ModuleType('pastiche'); "
    ours += f"p.__path__ = [{str(ROOT)!r}]; sys.modules['pastiche'] = p; "
    ours += "import numpy as np; from pastiche.inference.faces.tracking import FaceTracker; "
    ours += "FaceTracker().follow(np.zeros((64, 64, 3), np.uint8))"
    rows = {"this": ours, "numpy and cv2": "import numpy, cv2"}
    best = {name: min(run_time(code) for _ in range(3)) for name, code in rows.items()}
    print("\nStart, seconds:", ", ".join(f"{name} {seconds:.2f}" for name, seconds in best.items()))


def run_time(code: str) -> float:
    """Seconds a fresh Python takes for `code`."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - start


def made_clip(path: Path) -> Path:
    """A hundred pictures of scikit-image's photograph, swaying."""
    from skimage import data

    face = cv2.resize(data.astronaut()[:304, 72:376], (512, 512))
    with MovieWriter(path, Fraction(25), (512, 512), None) as movie:
        for i in range(100):
            turn = cv2.getRotationMatrix2D((256, 256), 8 * np.sin(i / 6), 1 + 0.05 * np.sin(i / 9))
            movie.write(cv2.warpAffine(face, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE))
    return path


if __name__ == "__main__":
    sys.exit(main())
