# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Pastiche costs Blender's main thread: the timer's ticks during a 1,000-frame job, and keys of 1,000 frames.

Ticks are taken 0.1 s apart, as in a window, on dummy frames that arrive faster than any engine makes them. The ratios
compare with what Blender offers otherwise: `keyframe_insert`, and `frame_set` in the scene itself.
"""

import importlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "bl_ext.user_default.pastiche"
FRAMES = 1000
os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp(prefix="pastiche_bench_")
os.environ.setdefault("PASTICHE_PYTHON", sys.executable)

import bpy  # noqa: E402  after the environment it reads
import numpy as np  # noqa: E402


def main() -> None:
    """Print the table."""
    import addon_utils

    repository = Path(bpy.utils.user_resource('EXTENSIONS', create=True)) / "user_default"
    repository.mkdir(parents=True, exist_ok=True)
    (repository / "pastiche").symlink_to(ROOT, target_is_directory=True)
    addon_utils.enable(NAME, default_set=True)
    try:
        bpy.ops.wm.read_homefile(use_empty=True)
        room("scene.png").write_png(repository / "picture.png", np.full((64, 64, 4), 255, np.uint8))
        bpy.ops.pastiche.card_from_image(filepath=str(repository / "picture.png"))
        card = bpy.context.object
        rows = [*ticks(card), *keys(card), *portrait(), live_picture(512), live_picture(1024), *live()]
    finally:
        addon_utils.disable(NAME)
    print(f"Blender {bpy.app.version_string}\n\n| what | time | against |\n|---|---|---|")
    for what, seconds, against in rows:
        print(f"| {what} | {seconds * 1000:.2f} ms | {against} |")


def room(name: str):
    """A module of the extension."""
    return importlib.import_module(f"{NAME}.{name}")


def ticks(card) -> list:
    """The main thread's share of a job of 1,000 frames: draining messages, card, strip."""
    jobs, spent = room("scene.jobs"), []
    jobs.worker.client()
    for title, pace in (("new", 0.01), ("reused", 0.01)):
        job = room("operators.dummy").dummy(bpy.context.scene, card, 1, FRAMES, pace)
        taken, processor = [], []
        while job.is_open:
            time.sleep(0.1)
            start, start_processor = time.perf_counter(), time.thread_time()
            jobs.poll()
            taken.append(time.perf_counter() - start)
            processor.append(time.thread_time() - start_processor)
        count = f"{FRAMES} {title} frames, {len(taken)} ticks"
        spent.append((f"tick, median: {count}", float(np.median(taken)), ""))
        spent.append(
            (
                f"tick, 99th percentile: {count}",
                float(np.percentile(taken, 99)),
                f"{np.percentile(processor, 99) * 1000:.2f} ms of processor time",
            )
        )
        spent.append((f"last tick, with recipe and undo step: {count}", taken[-1], ""))
    return spent


def keys(card) -> list:
    """A motion of 1,000 frames x all channels onto the card, and back into a file."""
    channels = list(room("bridge.channels").CHANNELS)
    random = np.random.default_rng(0)
    table = np.cumsum(random.normal(0, 0.01, (FRAMES, len(channels))), axis=0).astype(np.float32)
    metadata = {"pastiche": "motion", "version": "1", "fps": "24", "channels": json.dumps(channels)}
    file = Path(tempfile.mkdtemp()) / "walk.motion"
    room("bridge.motion_file").write_motion_file(file, metadata, {"channels": ("F32", table.shape, table.tobytes())})
    start = time.perf_counter()
    frames, values = room("scene.motion").read_channels(file, 1)
    room("scene.keyframes").write_action(card, "walk", frames, values, file)
    written = time.perf_counter() - start
    sampled = timed(lambda: room("scene.motion").sample_channels(card, 1, FRAMES))
    other = bpy.data.objects.new("other", None)
    bpy.context.scene.collection.objects.link(other)
    inserted = timed(lambda: insert_keys(other, table[:, :5])) * len(channels) / 5
    in_scene = timed(lambda: [bpy.context.scene.frame_set(frame) for frame in range(1, FRAMES + 1)])
    size = f"{FRAMES} frames x {len(channels)} channels"
    return [
        (f"capture to keys: {size}", written, f"{inserted / written:.0f} x faster than keyframe_insert"),
        (f"keys to motion: {size}", sampled, f"{sampled / in_scene:.2f} of frame_set in the scene"),
    ]


def insert_keys(thing, table) -> None:
    """Blender's usual way, on some channels."""
    for column in range(table.shape[1]):
        thing[f"c{column}"] = 0.0
        for row in range(len(table)):
            thing[f"c{column}"] = float(table[row, column])
            thing.keyframe_insert(f'["c{column}"]', frame=row)


def portrait() -> list:
    """The pixels of a 2048 x 2048 image into a file for the worker."""
    image = bpy.data.images.new("Large", 2048, 2048)
    noise = np.random.default_rng(0).random(2048 * 2048 * 4, np.float32)
    image.pixels.foreach_set(np.convolve(noise, np.ones(64, np.float32) / 64, "same"))
    read = room("scene.images").read_pixels
    file = Path(tempfile.mkdtemp()) / "source.png"
    pixels = read(image)
    return [
        ("read the pixels of a 2048 x 2048 image", timed(lambda: read(image)), ""),
        ("write them as PNG", timed(lambda: room("scene.png").write_png(file, pixels)), ""),
    ]


def live() -> list:
    """Playing a live card of a face placed by hand, against the time that a film leaves for a frame."""
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.pastiche.card_from_image(
        filepath=str(Path(bpy.utils.user_resource('EXTENSIONS')) / "user_default" / "picture.png")
    )
    card, scene = bpy.context.object, bpy.context.scene
    for name in ("jawOpen", "eyeBlinkLeft", "mouthSmileLeft", "headYaw", "headX", "browInnerUp"):
        for frame in range(1, 201):
            card[name] = frame % 20 / 40
            card.keyframe_insert(f'["{name}"]', frame=frame)
    bpy.ops.pastiche.place_face()
    start = time.perf_counter()
    bpy.ops.pastiche.live()
    made = time.perf_counter() - start
    bpy.ops.pastiche.forget_face()
    playing = timed(lambda: played(scene))
    scrub = timed(lambda: [scrubbed(card, number / 100) for number in range(100)]) / 100
    sampled = timed(lambda: room("scene.motion").sample_channels(card, 1, 200)) / 200
    vertices = len(card.data.vertices)
    frame = 1 / 24
    return [
        ("make a card live, worker running", made, ""),
        (f"a frame of a live card of {vertices} vertices", playing / 200, f"{playing / 200 / frame:.2f} of one at 24"),
        ("a slider moved on a live card", scrub, f"{scrub / frame:.2f} of one at 24"),
        ("read a frame of a live card's channels", sampled, f"{sampled / (playing / 200):.2f} of playing it"),
    ]


def played(scene) -> None:
    """200 frames, evaluated as playback does."""
    for frame in range(1, 201):
        scene.frame_set(frame)


def scrubbed(card, value: float) -> None:
    """A slider that moves a little."""
    card["mouthPucker"] = value
    card.update_tag()
    bpy.context.view_layer.update()


def live_picture(side: int) -> tuple:
    """A picture of a drag from shared memory into its image, against the way by a file."""
    memory, show = room("bridge.live_pictures").LivePictures, room("scene.drag.picture").show_picture
    worker = memory.make(side, side)
    blender = memory.open(worker.name, side, side)
    sequence = worker.write(np.random.default_rng(0).random((side, side, 4), np.float32).data.cast("B"))
    image = bpy.data.images.new("Live", side, side)
    shared = min(timed(lambda: show(image, blender.view(sequence))) for _ in range(10))
    image.filepath_raw, image.file_format = str(Path(tempfile.mkdtemp()) / "live.png"), 'PNG'
    image.save()
    loaded = bpy.data.images.load(image.filepath_raw)
    by_file = timed(lambda: (image.save(), loaded.reload(), loaded.pixels[0]))
    blender.close()
    worker.close()
    return f"live picture of {side} x {side} into its image", shared, f"{by_file / shared:.0f} x by a PNG"


def timed(action) -> float:
    """Seconds of the quickest of three."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)


if __name__ == "__main__":
    main()
