# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Media: PNG encoders against each other, footage speed, and memory for 100 against 2,000 frames.

Candidates take turns and ratios are formed within a turn, so that a busy machine disturbs all alike; the least time and
the median ratio are printed. Peak memory is that of a process of its own.
"""

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import root_package  # noqa: E402, F401  the checkout's root becomes the package `pastiche`
from made_films import make_film, numbered_picture  # noqa: E402
from pastiche.inference.media.audio import extract_audio  # noqa: E402
from pastiche.inference.media.footage import Footage  # noqa: E402
from pastiche.inference.media.movie import MovieWriter  # noqa: E402
from pastiche.inference.media.pictures import encode_png, read_picture  # noqa: E402

TURNS = 7


def take_turns(candidates: dict[str, Callable[[], object]], turns: int = TURNS) -> dict[str, tuple[float, float]]:
    """name -> (least milliseconds, median of the ratios to the first candidate)."""
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(turns):
        for name, candidate in candidates.items():
            start = time.perf_counter()
            candidate()
            times[name].append((time.perf_counter() - start) * 1000)
    first = next(iter(times.values()))
    return {
        name: (min(own), statistics.median(a / b for a, b in zip(own, first, strict=True)))
        for name, own in times.items()
    }


def photograph(side: int, dtype: type) -> NDArray:
    """A real photograph, (side, side, 4) with a soft round alpha; in 16 bits with noise below the eighth."""
    from skimage.data import astronaut

    image = cv2.resize(astronaut(), (side, side), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    alpha = ((1 - np.hypot(x, y)) * 2000).clip(0, 255).astype(np.uint8)
    image = np.dstack([image, alpha])
    if dtype == np.uint8:
        return image
    return image.astype(np.uint16) * 257 ^ np.random.default_rng(0).integers(0, 128, image.shape).astype(np.uint16)


def png_by_opencv(image: NDArray, level: int, strategy: int = cv2.IMWRITE_PNG_STRATEGY_DEFAULT) -> bytes:
    """What `cv2.imencode` makes of it."""
    options = [cv2.IMWRITE_PNG_COMPRESSION, level, cv2.IMWRITE_PNG_STRATEGY, strategy]
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGBA2BGRA), options)[1].tobytes()


def png_by_pillow(image: NDArray, level: int) -> bytes:
    """What Pillow makes of it (8 bits only)."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=level)
    return buffer.getvalue()


def png_encoders() -> None:
    """Which encoder writes frames fastest, and how large."""
    print("PNG, RGBA photograph             ms (least)  ratio   KiB")
    for dtype in (np.uint8, np.uint16):
        for side in (512, 1024, 2048):
            image = photograph(side, dtype)
            candidates = {
                "ours (PyAV), level 1": lambda image=image: encode_png(image),
                "ours (PyAV), level 0": lambda image=image: encode_png(image, 0),
                "ours (PyAV), level 2": lambda image=image: encode_png(image, 2),
                "ours (PyAV), level 6": lambda image=image: encode_png(image, 6),
                "OpenCV, level 1": lambda image=image: png_by_opencv(image, 1),
                "OpenCV, Huffman only": lambda image=image: png_by_opencv(
                    image, 1, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY
                ),
            }
            if dtype == np.uint8:
                candidates["Pillow, level 1"] = lambda image=image: png_by_pillow(image, 1)
            results = take_turns(candidates, 5)
            for name, (least, ratio) in results.items():
                size = len(candidates[name]()) / 1024
                print(f"{side:5} {image.dtype.name:6} {name:22} {least:8.1f}  {ratio:5.2f}  {size:6.0f}")


def reading(folder: Path) -> None:
    """Milliseconds per frame of footage and per picture."""
    print("\nReading, ms per frame")
    for size in ((512, 512), (1280, 720), (1920, 1080)):
        path = real_film(folder / f"{size[1]}.mp4", size, 60)
        least = take_turns({"": lambda path=path: sum(1 for _ in Footage.open(path).frames())}, 3)[""][0]
        print(f"  H.264 {size[0]} x {size[1]}: {least / 60:.2f}")
    for dtype in (np.uint8, np.uint16):
        picture = folder / "picture.png"
        picture.write_bytes(encode_png(photograph(1024, dtype)))
        least = take_turns({"": lambda picture=picture: read_picture(picture)}, 5)[""][0]
        print(f"  PNG 1024 {np.dtype(dtype).name}: {least:.1f}")


def shrinking(folder: Path) -> None:
    """Whether decoding to half the size would gain anything (it does not, so footage has no such option)."""
    import av

    path = real_film(folder / "shrink.mp4", (1920, 1080), 40)

    def decode(divisor: int) -> None:
        reformatter = av.video.reformatter.VideoReformatter()
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                size = {"width": frame.width // divisor, "height": frame.height // divisor}
                reformatter.reformat(frame, format="rgb24", threads=1, **size).to_ndarray()

    print("\nDecoding 1080p to RGB, ms per frame (ratio)")
    for name, (least, ratio) in take_turns({"whole": lambda: decode(1), "half": lambda: decode(2)}, 5).items():
        print(f"  {name}: {least / 40:.2f} ({ratio:.2f})")


def writing(folder: Path) -> None:
    """Milliseconds per frame of a written film."""
    print("\nWriting MP4, ms per frame")
    for side in (512, 1024, 2048):
        image = photograph(side, np.uint8)
        images = [np.ascontiguousarray(np.roll(image, 3 * i, 1)) for i in range(8)]

        def write(images: list[NDArray] = images, side: int = side) -> None:
            with MovieWriter(folder / "w.mp4", Fraction(24), (side, side)) as movie:
                for i in range(24):
                    movie.write(images[i % 8])

        print(f"  {side} x {side}: {take_turns({'': write}, 3)[''][0] / 24:.1f}")


def memory(folder: Path) -> None:
    """Peak memory for 100 and for 2,000 frames, each in a process of its own."""
    print("\nPeak memory, MB                  100 frames   2,000 frames")
    for task in ("frames", "audio", "movie"):
        peaks = []
        for count in (100, 2000):
            clip = folder / f"clip{count}.mp4"
            if not clip.exists():
                make_film(clip, count, size=(640, 360), clicks=[1.0], options={"preset": "veryfast"})
            command = [sys.executable, __file__, "--measure", task, str(clip)]
            peaks.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        print(f"  {task:30} {peaks[0]:8.1f}   {peaks[1]:8.1f}")


def measure(task: str, clip: Path) -> None:
    """Do one task and print the peak memory of this process in MB."""
    footage = Footage.open(clip)
    if task == "frames":
        for _ in footage.frames():
            pass
    elif task == "audio":
        extract_audio(clip, clip.with_suffix(".wav"))
    else:
        image = numbered_picture(1, footage.size)
        with MovieWriter(clip.with_suffix(".out.mp4"), footage.fps, footage.size, audio=clip) as movie:
            for _ in range(footage.frame_count):
                movie.write(image)
    print(peak_megabytes())


def peak_megabytes() -> float:
    """Peak resident memory of this process alone: on Linux getrusage would count the parent's before the start."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1000
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def real_film(path: Path, size: tuple[int, int], count: int) -> Path:
    """A film of a photograph that drifts, as H.264."""
    image = cv2.resize(photograph(1024, np.uint8)[..., :3], size)
    with MovieWriter(path, Fraction(30), size) as movie:
        for i in range(count):
            movie.write(np.roll(image, 2 * i, 1))
    return path


def main() -> None:
    """Print every table."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        png_encoders()
        reading(folder)
        shrinking(folder)
        writing(folder)
        memory(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
