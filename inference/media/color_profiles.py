# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Embedded color profiles to sRGB (ICC.1:2022; sRGB after IEC 61966-2-1).

LittleCMS, through Pillow, converts 8 bits. It offers Pillow no 16, so those are computed here for profiles made of
three curves and a matrix, which is what cameras and editors embed (Adobe RGB, Display P3, ProPhoto, linear ones).
"""

import io
import logging
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

logger = logging.getLogger(__name__)

_SRGB_TO_XYZ = np.array(  # adapted to D50, the connection space of ICC profiles (ICC's own sRGB profile)
    [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
)
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
_CLOSE_TO_SRGB = 2  # of 255: closer than that a profile is some edition of sRGB, and the pixels stay untouched


def to_srgb(pixels: NDArray, profile: bytes, path: Path) -> NDArray:
    """pixels (H, W, 4) RGBA, uint8 or uint16, of the RGB or gray space that `profile` describes; the same in sRGB.

    Alpha stays. A profile that cannot be used is left out, with a line in the log that names `path`.
    """
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        mode = {"RGB": "RGB", "GRAY": "L"}[space]
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB", _INTENT, _FLAGS)
        if _is_srgb(transform, mode):
            return pixels
        if pixels.dtype == np.uint16:
            curves = _curves_or_none(profile, "kTRC" if mode == "L" else "rgb")
            if curves:
                return _convert_deep(pixels, source, curves, mode)
            logger.warning("%s: its color profile is converted with 8 bits of precision", path)
            return to_srgb((pixels / 257).round().astype(np.uint8), profile, path).astype(np.uint16) * 257
        converted = pixels.copy()
        plane = pixels[..., 0] if mode == "L" else pixels[..., :3]
        converted[..., :3] = ImageCms.applyTransform(Image.fromarray(np.ascontiguousarray(plane)), transform)
        return converted
    except (ImageCms.PyCMSError, KeyError, OSError, ValueError, struct.error) as error:
        logger.warning("%s: its color profile cannot be used (%s)", path, error)
        return pixels


def cmyk_to_srgb(image: Image.Image, profile: bytes | None, path: Path) -> Image.Image:
    """The inks of a CMYK picture as sRGB: by the profile, or by Pillow's plain formula without a usable one."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), _INTENT, "RGB", flags=_FLAGS)
    except (ImageCms.PyCMSError, OSError) as error:
        logger.warning("%s: CMYK without a usable color profile, its colors are guessed (%s)", path, error)
        return image.convert("RGB")


def _is_srgb(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether a lattice of colors comes out of the transform as it went in."""
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    lattice = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(16, -1, 3) if mode == "RGB" else steps[None]
    result = np.asarray(ImageCms.applyTransform(Image.fromarray(np.ascontiguousarray(lattice)), transform))
    expected = lattice if mode == "RGB" else np.repeat(lattice[..., None], 3, -1)
    return int(np.abs(result.astype(int) - expected).max()) <= _CLOSE_TO_SRGB


def _convert_deep(pixels: NDArray, source: ImageCms.ImageCmsProfile, curves: list[NDArray], mode: str) -> NDArray:
    """Curves to linear light, matrix to linear sRGB, sRGB's curve; row by row blocks, so that memory stays small."""
    if mode == "L":
        matrix, curves = np.eye(3), curves * 3
    else:
        description = source.profile
        colorants = (description.red_colorant, description.green_colorant, description.blue_colorant)
        matrix = np.linalg.inv(_SRGB_TO_XYZ) @ np.array([colorant[0] for colorant in colorants]).T
    converted = pixels.copy()
    for row in range(0, len(pixels), 64):
        block = pixels[row : row + 64]
        linear = np.stack([curve[block[..., channel]] for channel, curve in enumerate(curves)], -1) @ matrix.T
        linear = linear.clip(0, 1)
        encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
        converted[row : row + 64, :, :3] = (encoded * 65535).round()
    return converted


def _curves_or_none(profile: bytes, kind: str) -> list[NDArray] | None:
    """Each channel's curve as 65,536 values 0..1, or None when the profile is not made of curves and a matrix."""
    count = struct.unpack(">I", profile[128:132])[0]
    rows = [struct.unpack_from(">4sII", profile, 132 + 12 * i) for i in range(min(count, 100))]
    tags = {name.decode("latin-1"): profile[start : start + size] for name, start, size in rows}
    names = [kind] if kind == "kTRC" else ["rTRC", "gTRC", "bTRC"]
    if "A2B0" in tags or not all(name in tags for name in names):
        return None
    return [_curve(tags[name]) for name in names]


def _curve(tag: bytes) -> NDArray:
    x = np.linspace(0, 1, 65536)
    if tag[:4] == b"curv":  # 10.6: identity, a power, or a table
        n = struct.unpack(">I", tag[8:12])[0]
        if n == 0:
            return x
        table = np.frombuffer(tag, ">u2", n, 12)
        return x ** (table[0] / 256) if n == 1 else np.interp(x, np.linspace(0, 1, n), table / 65535)
    if tag[:4] != b"para":
        raise ValueError("a curve of an unknown kind")
    kind = struct.unpack(">H", tag[8:10])[0]  # 10.18: five families of a power with a linear toe
    n_parameters = (1, 3, 4, 5, 7)[kind] if kind < 5 else 0
    g, a, b, c, d, e, f = _named(kind, np.frombuffer(tag, ">i4", n_parameters, 12) / 65536)
    return np.where(x >= d, np.maximum(a * x + b, 0) ** g + e, c * x + f)


def _named(kind: int, p: NDArray) -> tuple[float, ...]:
    """The parameters g a b c d e f of the largest family, of which the others are cases."""
    match kind:
        case 0:
            return p[0], 1, 0, 0, 0, 0, 0
        case 1:
            return p[0], p[1], p[2], 0, -p[2] / p[1], 0, 0
        case 2:
            return p[0], p[1], p[2], 0, -p[2] / p[1], p[3], p[3]
        case 3:
            return p[0], p[1], p[2], p[3], p[4], 0, 0
        case 4:
            return tuple(p)
    raise ValueError("a curve of an unknown kind")
