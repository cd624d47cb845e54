# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo does, in order: a photograph, footage, a driven card in Blender, pictures of it."""

import argparse
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from ..bridge.errors import PasticheError
from .blender_scene import BlenderScene
from .driving_clip import make_driving_clip
from .pictures import write_pictures

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Run the demo; 0 when everything was made."""
    parser = argparse.ArgumentParser(prog="demo", description="Drive a character card from footage in real Blender.")
    parser.add_argument("--card", type=Path, help="picture of a face (default: a real photograph, the astronaut)")
    parser.add_argument("--footage", type=Path, help="film of a face (default: one made from that photograph)")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "demo", help="folder for what is made")
    options = parser.parse_args(arguments)
    try:
        return tell(options.card, options.footage, options.out.resolve())
    except (PasticheError, RuntimeError, OSError) as error:
        print(f"The demo failed: {error}", file=sys.stderr)
        return 1


def tell(card: Path | None, footage: Path | None, out: Path) -> int:
    """Make everything in `out` and say where it is and how long each stage took."""
    out.mkdir(parents=True, exist_ok=True)
    times: dict[str, float] = {}
    if card is None or footage is None:
        with stage("photograph", times):
            photograph = save_astronaut(out / "astronaut.png")
    card = card.resolve() if card else photograph
    if footage is None:
        with stage("driving clip", times):
            footage = make_driving_clip(photograph, out / "driving")
    footage = footage.resolve()
    with stage("start Blender", times):
        scene = BlenderScene(out)
    with stage("card from image", times):
        scene.make_card(card, footage)
    with stage("capture: footage to keyframes", times):
        scene.capture(footage)
    with stage("render: keyframes to frames", times):
        frames = scene.render()
    with stage("save the .blend", times):
        blend = scene.save(out / "driven_card.blend")
    with stage("film of the sequencer", times):
        film = scene.film(out / "driven_card.mp4")
    with stage("contact sheet", times):
        pictures = write_pictures(card, footage, frames, out)
    print(f"\n{scene.summary()}\n")
    for what, path in {"blend": blend, "frames": frames[0].parent, "film": film, **pictures}.items():
        print(f"{what:>9}  {path}")
    print("\n" + "\n".join(f"{seconds:8.1f} s  {name}" for name, seconds in times.items()))
    return 0


@contextmanager
def stage(name: str, times: dict[str, float]):
    """Say what is being done, and remember how long it took."""
    print(f"... {name}", flush=True)
    start = time.perf_counter()
    yield
    times[name] = time.perf_counter() - start


def save_astronaut(path: Path) -> Path:
    """A real photograph: the head of NASA's portrait of Eileen Collins (public domain), which scikit-image ships."""
    from PIL import Image
    from skimage.data import astronaut

    head = Image.fromarray(astronaut()).crop((72, 0, 376, 304))
    head.resize((608, 608), Image.Resampling.LANCZOS).save(path)
    return path
