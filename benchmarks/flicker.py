# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flicker of stylized footage: how unlike neighboring frames are once the motion between them is taken out.

Warp error (Lai et al. 2018, "Learning Blind Video Temporal Consistency"): optical flow of the source clip carries each
stylized frame to the one before it; the mean squared difference counts where flow forth and back agree and the source
itself is carried well. In units of 1e-4 of the squared range, in the middle of the face's square. Frames drawn one by
one, as pictures are (the face searched anew, with fresh grain), are compared with the clip drawn as a clip. The weights
are random: the table says what tracking, filters and fixed grain do to whatever the networks see, not how a trained
style looks.

    python benchmarks/flicker.py [CLIP] [PACK]
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import root_package  # noqa: E402, F401  the checkout's root becomes the package `pastiche`
from acted_clips import film, swaying  # noqa: E402
from pastiche.bridge.requests import Look, PackRequest, StyledFace, Styling, StylizeRequest  # noqa: E402
from pastiche.inference.faces.landmarks import find_faces  # noqa: E402
from pastiche.inference.jobs import perform  # noqa: E402
from pastiche.inference.media.footage import Footage  # noqa: E402
from pastiche.inference.media.pictures import read_picture  # noqa: E402
from pastiche.inference.styles.aligned_face import aligned_square  # noqa: E402
from pastiche.inference.styles.pack_maker import make_pack  # noqa: E402
from pastiche.inference.styles.packs import open_stylist  # noqa: E402
from pastiche.inference.styles.stylist import face_square  # noqa: E402
from small_style import publish  # noqa: E402

SECONDS = 1.0
AGREEMENT = 1.0  # pixels between flow forth and back
CARRIED = 12  # levels by which the source itself may differ after the flow
Frames = list[NDArray[np.uint8]]


def warp_error(source: Frames, stylized: Frames, region: NDArray[np.bool_]) -> float:
    """The mean over pairs of neighbors, in 1e-4 of the squared range.   region: (H, W), where it counts."""
    flow_of = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    height, width = region.shape
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=2).astype(np.float32)
    errors = []
    for i in range(len(source) - 1):
        now, after = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in source[i : i + 2])
        forth, back = flow_of.calc(now, after, None), flow_of.calc(after, now, None)
        places = grid + forth
        returned = forth + cv2.remap(back, places, None, cv2.INTER_LINEAR)
        own = cv2.remap(source[i + 1], places, None, cv2.INTER_LINEAR).astype(int) - source[i]
        counts = region & (np.linalg.norm(returned, axis=2) < AGREEMENT) & (np.abs(own).max(axis=2) < CARRIED)
        carried = cv2.remap(stylized[i + 1], places, None, cv2.INTER_LINEAR).astype(np.float32) - stylized[i]
        errors.append(np.square(carried[counts] / 255).mean())
    return float(np.mean(errors)) * 1e4


def one_by_one(pack: str, source: Frames) -> tuple[Frames, Frames]:
    """Each frame as a picture of its own: with fresh grain, as the authors' program draws, and with the model's own."""
    stylist = open_stylist(Styling(pack))
    fresh, own = [], []
    for number, image in enumerate(source):
        rgba = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
        square = face_square(rgba, find_faces(image)[0])
        latent = stylist.encode(rgba, square)
        fresh.append(stylist.draw(rgba, square, latent, Look(noise=number))[..., :3])
        own.append(stylist.draw(rgba, square, latent, Look())[..., :3])
    return fresh, own


def as_clip(pack: str, clip: Path, smoothing: str) -> Frames:
    """The clip as a job stylizes it."""
    with tempfile.TemporaryDirectory() as folder:
        faces = (StyledFace(Styling(pack)),)
        request = StylizeRequest(folder, str(clip), faces, end=SECONDS, smoothing=smoothing)
        done = perform(request)
        numbers = range(done.result["first"], done.result["last"] + 1)
        return [read_picture(f"{folder}/frames/frame_{number:06d}.png")[..., :3] for number in numbers]


def face_region(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The middle of the face's square, where nothing is blended: (H, W)."""
    square = aligned_square(find_faces(image)[0])
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    return np.hypot(x - square.center[0], y - square.center[1]) < 0.35 * square.side


def clips() -> Iterator[tuple[str, Path]]:
    """The clip that was named, else those beside the project, else a photograph that sways."""
    named = [Path(name) for name in sys.argv[1:2]]
    beside = [ROOT.parent / "shared" / "footage" / "driving" / f"{name}.mp4" for name in ("d18", "d3")]
    for path in named or [path for path in beside if path.exists()]:
        yield path.stem, path
    if not named:
        yield "swaying", film(Path(tempfile.mkdtemp()) / "swaying.mp4", swaying(25))


def main() -> None:
    """Print the table."""
    if len(sys.argv) > 2:
        pack = sys.argv[2]
    else:
        folder = Path(tempfile.mkdtemp())
        (folder / "files").mkdir()
        pack = str(make_pack(PackRequest("", str(publish(folder / "files")), str(folder / "pack"))).folder)
    print("Random weights.\n" if len(sys.argv) <= 2 else f"{pack}\n")
    print("| clip | source | one by one, fresh grain | one by one | clip, smoothing off | low | high |")
    print("|---|---|---|---|---|---|---|")
    for name, clip in clips():
        source = [np.ascontiguousarray(image[..., :3]) for _, image in Footage.open(clip).frames(0, SECONDS)]
        region = face_region(source[0])
        drawn = [source, *one_by_one(pack, source)]
        drawn += [as_clip(pack, clip, smoothing) for smoothing in ("OFF", "LOW", "HIGH")]
        figures = [f"{warp_error(source, frames, region):.1f}" for frames in drawn]
        print(f"| {name} | {' | '.join(figures)} |", flush=True)


if __name__ == "__main__":
    main()
