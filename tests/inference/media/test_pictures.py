# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture means the same whatever file it came in, and a bad file ends in a clear error."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pastiche.bridge.errors import InputError, StorageError
from pastiche.inference.media.pictures import encode_png, read_picture, write_png
from PIL import Image, ImageCms


def noise(height=20, width=30, channels=4, dtype=np.uint8, seed=0):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, (height, width, channels)).astype(dtype)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 67), st.integers(1, 67), st.sampled_from([3, 4]), st.sampled_from([np.uint8, np.uint16]))
def test_a_png_gives_back_every_pixel(tmp_path_factory, height, width, channels, dtype):
    path = tmp_path_factory.mktemp("png") / "picture.png"
    image = noise(height, width, channels, dtype)
    write_png(path, image)
    result = read_picture(path)
    assert result.dtype == dtype and result.shape == (height, width, 4)
    assert np.array_equal(result[..., :channels], image)
    if channels == 3:
        assert (result[..., 3] == np.iinfo(dtype).max).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_other_programs_read_our_png(dtype):
    image = noise(dtype=dtype)
    seen = cv2.imdecode(np.frombuffer(encode_png(image), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(cv2.cvtColor(seen, cv2.COLOR_BGRA2RGBA), image)
    with Image.open(io.BytesIO(encode_png(image))) as seen:
        seen.load()
        assert seen.mode == "RGBA"


def test_the_same_pixels_give_the_same_bytes():
    assert encode_png(noise()) == encode_png(noise())


def test_a_strided_view_can_be_written():
    image = noise(40, 60)[::2, ::-2]
    assert np.array_equal(cv2.imdecode(np.frombuffer(encode_png(image), np.uint8), -1)[..., [2, 1, 0, 3]], image)


@pytest.mark.parametrize("image", [np.zeros((4, 4)), np.zeros((4, 4, 4)), np.zeros((0, 4, 4), np.uint8)])
def test_what_is_no_picture_cannot_become_a_png(image):
    with pytest.raises(ValueError):
        encode_png(image)


def test_png_goes_into_an_open_file_too():
    buffer = io.BytesIO()
    write_png(buffer, noise())
    assert buffer.getvalue() == encode_png(noise())


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path):
    with pytest.raises(StorageError):
        write_png(tmp_path / "missing" / "a.png", noise())


def upright(pixels, orientation):
    """EXIF orientation the slow way: where the stored pixel (row, column) belongs."""
    rows, columns = pixels.shape[:2]
    r, c = np.mgrid[:rows, :columns]
    places = {
        1: (r, c), 2: (r, columns - 1 - c), 3: (rows - 1 - r, columns - 1 - c), 4: (rows - 1 - r, c),
        5: (c, r), 6: (c, rows - 1 - r), 7: (columns - 1 - c, rows - 1 - r), 8: (columns - 1 - c, r),
    }  # fmt: skip
    row, column = places[orientation]
    result = np.zeros((row.max() + 1, column.max() + 1, *pixels.shape[2:]), pixels.dtype)
    result[row, column] = pixels
    return result


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.webp", "a.jpg"])
def test_exif_orientation_is_applied(tmp_path, name, orientation):
    pixels = cv2.resize(noise(2, 3, 3), (48, 32), interpolation=cv2.INTER_NEAREST)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(
        tmp_path / name, exif=exif, quality=100, **({"lossless": True} if "webp" in name else {})
    )
    result = read_picture(tmp_path / name)[..., :3]
    expected = upright(pixels, orientation)
    assert result.shape == expected.shape
    assert np.abs(result[8::16, 8::16].astype(int) - expected[8::16, 8::16]).max() <= (4 if "jpg" in name else 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_to_sixteen_bits(tmp_path, orientation):
    pixels = noise(5, 7, 1, np.uint16)[..., 0]
    Image.fromarray(pixels).save(tmp_path / "a.tif", tiffinfo={274: orientation})
    assert np.array_equal(read_picture(tmp_path / "a.tif")[..., 0], upright(pixels, orientation))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "I;16"])
@pytest.mark.parametrize("suffix", ["png", "tif", "webp", "jpg", "bmp", "tga", "gif"])
def test_every_mode_of_every_format_comes_as_rgba(tmp_path, mode, suffix):
    source = Image.fromarray(noise(16, 16)).convert("RGBA")
    image = (
        source.convert("RGB").convert(mode) if mode not in ("I;16", "PA", "LA") else source.convert("L").convert(mode)
    )
    try:
        image.save(tmp_path / f"a.{suffix}")
    except (OSError, ValueError):
        pytest.skip(f"{suffix} cannot hold {mode}")
    result = read_picture(tmp_path / f"a.{suffix}")
    assert result.shape == (16, 16, 4)
    assert result.dtype == (np.uint16 if mode == "I;16" and suffix in ("png", "tif") else np.uint8)


def test_a_palette_keeps_its_transparent_color(tmp_path):
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "a.png", transparency=1)
    assert read_picture(tmp_path / "a.png").tolist() == [[[255, 0, 0, 255], [0, 255, 0, 0]]]


def test_premultiplied_sixteen_bit_alpha_becomes_straight(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    straight = noise(8, 8, 4, np.uint16)
    straight[..., 3] = 30000
    associated = straight.copy()
    associated[..., :3] = (straight[..., :3] * (30000 / 65535)).round()
    tifffile.imwrite(tmp_path / "a.tif", associated, photometric="rgb", extrasamples=["assocalpha"])
    assert np.abs(read_picture(tmp_path / "a.tif").astype(int) - straight).max() <= 2


def linear_profile(gamma=1.0):
    """An ICC profile like sRGB's, but with a power for a curve."""
    curve = struct.pack(">4s4xIH", b"curv", 1, round(gamma * 256)) + b"\0\0"
    columns = {
        "rXYZ": (0.43607, 0.22249, 0.01392),
        "gXYZ": (0.38515, 0.71687, 0.09708),
        "bXYZ": (0.14307, 0.06061, 0.7141),
    }
    xyz = {name: struct.pack(">4s4x3i", b"XYZ ", *(round(v * 65536) for v in value)) for name, value in columns.items()}
    text = struct.pack(">4s4xI5s91x", b"desc", 5, b"test\0")
    white = struct.pack(">4s4x3i", b"XYZ ", 63190, 65536, 54061)
    tags = {
        "desc": text,
        "wtpt": white,
        "cprt": b"text\0\0\0\0none\0\0\0\0",
        **xyz,
        "rTRC": curve,
        "gTRC": curve,
        "bTRC": curve,
    }
    table, body, offset = b"", b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        table += struct.pack(">4sII", name.encode(), offset + len(body), len(value))
        body += value
    size = offset + len(body)
    head = struct.pack(
        ">I4xI4s4s4s12x4s28x3i48x", size, 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp", 63190, 65536, 54061
    )
    assert len(head) == 128
    return head + struct.pack(">I", len(tags)) + table + body


def with_profile(path, image, profile):
    """A PNG of ours with an iCCP chunk put in after its header."""
    data = encode_png(image)
    body = b"iCCP" + b"test\0\0" + zlib.compress(profile)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    path.write_bytes(data[:33] + chunk + data[33:])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_linear_profile_is_converted_to_srgb(tmp_path, dtype):
    top = np.iinfo(dtype).max
    image = noise(dtype=dtype)
    with_profile(tmp_path / "a.png", image, linear_profile())
    linear = image[..., :3] / top
    expected = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255
    result = read_picture(tmp_path / "a.png")
    assert result.dtype == dtype
    assert np.abs(result[..., :3] / top * 255 - expected).max() < (1.5 if dtype == np.uint8 else 0.1)
    assert np.array_equal(result[..., 3], image[..., 3])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_an_srgb_profile_leaves_every_pixel_alone(tmp_path, dtype):
    image = noise(dtype=dtype)
    with_profile(tmp_path / "a.png", image, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    assert np.array_equal(read_picture(tmp_path / "a.png"), image)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_broken_profile_is_left_out(tmp_path, dtype):
    image = noise(dtype=dtype)
    for profile in (b"nonsense", linear_profile()[:150], b""):
        with_profile(tmp_path / "a.png", image, profile)
        assert np.array_equal(read_picture(tmp_path / "a.png"), image)


def tiny_png_that_claims(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">2I5B", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (16_385, 1), (12_000, 12_000)])
def test_a_huge_picture_is_refused_before_decoding(tmp_path, size):
    path = tmp_path / "huge.png"
    path.write_bytes(tiny_png_that_claims(*size))
    with pytest.raises(InputError) as refusal:
        read_picture(path)
    assert "too large" in refusal.value.what and "Scale it down" in refusal.value.remedy
    assert str(path) in refusal.value.what


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp", "a.bmp"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_truncated_picture_is_refused(tmp_path, name, dtype):
    if dtype == np.uint16 and name not in ("a.png", "a.tif"):
        pytest.skip("holds 8 bits only")
    whole = cv2.imencode(name[1:], noise(64, 64, 3, dtype))[1].tobytes()
    for share in (0.02, 0.3, 0.6, 0.9):
        (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError):
            read_picture(tmp_path / name)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"]
)
def test_what_is_no_picture_is_refused_by_name(tmp_path, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        read_picture(path)
    assert str(path) in refusal.value.what and refusal.value.remedy


def test_a_missing_picture_and_a_folder_are_refused_by_name(tmp_path):
    for path in (tmp_path / "none.png", tmp_path, tmp_path / ("n" * 300 + ".png")):
        with pytest.raises(InputError) as refusal:
            read_picture(path)
        assert str(path) in refusal.value.what


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([".png", ".jpg", ".tif", ".webp", ".gif16.png"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_damaged_bytes_are_a_picture_or_an_input_error(tmp_path_factory, suffix, damage):
    dtype = np.uint16 if "16" in suffix else np.uint8
    data = bytearray(
        cv2.imencode(suffix[-4:] if "webp" not in suffix else suffix, noise(16, 16, 3, dtype))[1].tobytes()
    )
    for place, value in damage:
        data[min(int(place * len(data)), len(data) - 1)] = value
    path = tmp_path_factory.mktemp("damaged") / ("a" + suffix)
    path.write_bytes(data)
    try:
        assert read_picture(path).shape[2] == 4
    except InputError as error:
        assert error.remedy


@pytest.mark.parametrize("name", ["with space.png", "日本語 Ärger ñ.png", "n" * 246 + ".png", "100%d {x}.png"])
def test_any_file_name_works(tmp_path, name):
    write_png(tmp_path / name, noise())
    assert np.array_equal(read_picture(tmp_path / name), noise())
