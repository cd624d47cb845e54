# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One picture in or out of a file, as RGBA that means the same everywhere: upright, sRGB, straight alpha.

Not for: films (footage.py). Pillow reads: it checks what it reads, knows EXIF and color profiles, and tells the size
before it decodes; its 8 bits for color PNG and TIFF of 16 are made up for by OpenCV. FFmpeg's encoder, through PyAV,
writes: of the three it is the fastest at the same size of file (`benchmarks/media.py`), and it lets other threads run.
"""

import warnings
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...bridge.errors import InputError, StorageError
from .color_profiles import cmyk_to_srgb, to_srgb

MAX_SIDE = 16_384
MAX_PIXELS = 2**27  # 134 megapixels: half a gigabyte of 8-bit RGBA, and what a medium format camera makes
Image.init()
_WANTED = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "TGA", "PPM", "GIF", "AVIF", "JPEG2000")  # none runs another program
FORMATS = tuple(name for name in _WANTED if name in Image.OPEN)  # AVIF is missing from some builds of Pillow
SUFFIXES = frozenset(
    ".png .jpg .jpeg .jpe .jfif .mpo .tif .tiff .webp .bmp .dib .tga .ppm .pgm .pnm .avif .jp2 .j2k".split()
)
_ORIENTATION = 0x0112  # EXIF


def read_picture(path: str | Path) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The picture in a file: (H, W, 4) RGBA, straight alpha, sRGB, top row first, upright as EXIF says.

    uint8, or uint16 where the file holds 16 bits per channel (full range 0..65535). The first picture of several.
    An embedded color profile other than sRGB is converted. The size is checked before anything is decoded.
    Raises InputError when the file is missing, no picture, truncated, or larger than MAX_SIDE or MAX_PIXELS.
    """
    path = Path(path)
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's decompression bomb warning: check_size is stricter
            return _read(file, path)
    except FileNotFoundError as error:
        raise InputError(f"There is no picture at {path}.", "Check the path.") from error
    except Image.DecompressionBombError as error:
        raise _too_large(path, str(error)) from error
    except Image.UnidentifiedImageError as error:
        raise InputError(f"{path} is not a picture.", f"Choose a file of one of {', '.join(FORMATS)}.") from error
    except InputError:
        raise
    except MemoryError as error:
        raise InputError(f"{path} needs more memory than there is.", "Make the picture smaller.") from error
    except Exception as error:  # a hostile file can make a decoder raise anything; every one of them means the same
        remedy = "Open it in a picture editor and save it again, or choose another file."
        raise InputError(f"The picture {path} cannot be read ({error}).", remedy) from error


def encode_png(image: NDArray[np.uint8] | NDArray[np.uint16], compress_level: int = 1) -> bytes:
    """A whole PNG file as bytes; the same pixels give the same bytes.

    image: (H, W, 4) or (H, W, 3), uint8 or uint16, sRGB, straight alpha. Alpha is kept, colors under alpha 0 too.
    compress_level: 0 (none) .. 9; 1 is two to five times faster than 6 and 5 to 15 % larger.
    Raises ValueError for another shape or dtype.
    """
    image = np.ascontiguousarray(image)
    formats = {(3, "uint8"): "rgb24", (4, "uint8"): "rgba", (3, "uint16"): "rgb48be", (4, "uint16"): "rgba64be"}
    layout = formats.get((image.shape[2] if image.ndim == 3 else 0, image.dtype.name))
    if layout is None or 0 in image.shape:
        raise ValueError(f"a picture of shape {image.shape} and type {image.dtype} cannot become a PNG")
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = image.shape[1], image.shape[0], layout
    encoder.time_base, encoder.sample_aspect_ratio = Fraction(1, 24), Fraction(1)
    encoder.thread_count = 1
    encoder.options = {"compression_level": str(compress_level), "pred": "paeth"}
    frame = av.VideoFrame.from_ndarray(image, format=layout)
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def write_png(
    target: str | Path | BinaryIO, image: NDArray[np.uint8] | NDArray[np.uint16], compress_level: int = 1
) -> None:
    """`encode_png` into a file, or into anything that has `write`. Raises StorageError when it cannot be written."""
    data = encode_png(image, compress_level)
    try:
        target.write(data) if hasattr(target, "write") else Path(target).write_bytes(data)
    except OSError as error:
        where = getattr(target, "name", target)
        reason = error.strerror or error
        raise StorageError(f"{where} cannot be written ({reason}).", "Free space or choose another folder.") from error


def check_size(path: Path, width: int, height: int) -> None:
    """Raise InputError when a picture is larger than we are ready to decode."""
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise _too_large(path, f"{width} x {height} pixels")


def _too_large(path: Path, measure: str) -> InputError:
    limit = f"at most {MAX_SIDE:,} pixels on a side and {MAX_PIXELS // 10**6} megapixels in all"
    return InputError(f"The picture {path} is too large ({measure}).", f"Scale it down to {limit}.")


def _read(file: BinaryIO, path: Path) -> NDArray:
    with Image.open(file, formats=FORMATS) as image:
        check_size(path, *image.size)
        profile = image.info.get("icc_profile")
        is_deep = _bits_per_channel(image, file) == 16
        image.load()  # decodes all of it: what is truncated or damaged is refused here, also for the deep path below
        orientation = image.getexif().get(_ORIENTATION, 1)  # 1 for a TIFF by now: Pillow and OpenCV turn those
        if is_deep:
            file.seek(0)
            pixels = _decode_deep(file.read(), image)
        else:
            if image.mode in ("I", "F"):
                raise ValueError(f"its {image.mode} pixels are not supported: save it with 8 or 16 bits per channel")
            pixels = np.array((cmyk_to_srgb(image, profile, path) if image.mode == "CMYK" else image).convert("RGBA"))
    if profile and image.mode != "CMYK":
        pixels = to_srgb(pixels, profile, path)
    return np.ascontiguousarray(_upright(pixels, orientation))


def _bits_per_channel(image: Image.Image, file: BinaryIO) -> int:
    if image.format == "PNG":
        file.seek(24)  # IHDR: 8 signature, 8 chunk head, 8 size, then the bit depth
        bits = file.read(1)[0]
        file.seek(0)
        return bits
    if image.format == "TIFF":
        return max(image.tag_v2.get(258, (1,)))  # BitsPerSample
    return 16 if image.mode.startswith("I") else 8


def _decode_deep(data: bytes, image: Image.Image) -> NDArray[np.uint16]:
    """16-bit (H, W, 4) RGBA."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise ValueError(f"its {image.mode} pixels are of a kind that is not supported: save it with 8 or 16 bits")
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    pixels = cv2.cvtColor(pixels, {1: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_BGR2RGBA, 4: cv2.COLOR_BGRA2RGBA}[channels])
    if image.format == "TIFF" and 1 in image.tag_v2.get(338, ()):  # ExtraSamples: alpha is premultiplied
        alpha = np.maximum(pixels[..., 3:].astype(np.float32), 1) / 65535
        pixels[..., :3] = np.minimum(pixels[..., :3] / alpha, 65535).round()
    return pixels


def _upright(pixels: NDArray, orientation: int) -> NDArray:
    """Apply EXIF orientation 1..8 (CIPA DC-008, Orientation): which edges are the first row and column."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels
