# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Style packs as strangers may hand them over: what is read, what is refused, and in which words."""

import os
from dataclasses import replace

import pytest
from pastiche.bridge.errors import InputError
from pastiche.bridge.style_pack import (
    MAX_TOML,
    PackedExemplar,
    PackFacts,
    is_pack,
    packed,
    packs_in,
    read_pack,
    write_facts,
)

FACTS = PackFacts("style pack", 1, 'A "name" of ü 字', 64, "Ann \\ Bob", "CC0", "A paper, 2022", True, space="W+")


@pytest.fixture
def pack(tmp_path):
    """A pack of two files in a folder of its own."""
    folder = tmp_path / "pack"
    (folder / "thumbnails").mkdir(parents=True)
    (folder / "generator.safetensors").write_bytes(b"weights")
    (folder / "thumbnails" / "0000.jpg").write_bytes(b"picture")
    names = ("generator.safetensors", "thumbnails/0000.jpg")
    exemplars = [PackedExemplar("one.jpg", names[1]), PackedExemplar("字.png")]
    files = {name: packed(folder / name) for name in names}
    return write_facts(folder, replace(FACTS, exemplars=exemplars, files=files, sources={"generator.pt": "0" * 64}))


def change(pack, old, new):
    path = pack.folder / "pack.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_what_is_written_is_read(pack):
    assert is_pack(pack.folder) and read_pack(pack.folder) == pack
    assert pack.has_style and not pack.has_encoder
    assert pack.verified("thumbnails/0000.jpg").read_bytes() == b"picture"


@pytest.mark.parametrize("exemplar, place", [(0, 0), ("1", 1), ("one.jpg", 0), ("one", 0), ("字", 1)])
def test_an_exemplar_is_known_by_number_and_name(pack, exemplar, place):
    assert pack.index(exemplar) == place


@pytest.mark.parametrize("exemplar", [2, -1, "²", "two", ""])
def test_an_unknown_exemplar_is_named_with_what_there_is(pack, exemplar):
    with pytest.raises(InputError, match=r"no exemplar .*Choose one of 2, numbered from 0, such as one\.jpg"):
        pack.index(exemplar)


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "thumbnails/../../x", "C:/x", "a\\\\b", "..", "", "a/b/c/d/e", ".hidden", "a/./b"],
)
def test_a_path_that_leaves_the_folder_is_refused(pack, name):
    change(pack, '"thumbnails/0000.jpg" = {', f'"{name}" = {{')
    with pytest.raises(InputError, match="no name of a file in the pack"):
        read_pack(pack.folder)


def test_a_link_out_of_the_folder_is_refused(pack, tmp_path):
    (tmp_path / "secret").write_bytes(b"weights")
    (pack.folder / "generator.safetensors").unlink()
    os.symlink(tmp_path / "secret", pack.folder / "generator.safetensors")
    with pytest.raises(InputError, match="outside its folder"):
        pack.verified("generator.safetensors")


def test_a_changed_a_shorter_and_a_missing_file_are_named(pack):
    path = pack.folder / "generator.safetensors"
    for content in (b"weighty", b"weight"):
        path.write_bytes(content)
        os.utime(path, ns=(len(content), len(content)))
        with pytest.raises(InputError, match="generator.safetensors is not the file"):
            pack.verified("generator.safetensors")
    path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        pack.verified("generator.safetensors")
    with pytest.raises(InputError, match="has no sampler.safetensors"):
        pack.verified("sampler.safetensors")


@pytest.mark.parametrize(
    "old, new, text",
    [
        ('pastiche = "style pack"', 'pastiche = "recipe"', "no style pack of version 1"),
        ("version = 1", "version = 2", "no style pack of version 1"),
        ("version = 1", "version = true", "version"),
        ("size = 64", "size = 99999", "size or space"),
        ("size = 64", 'size = 64\nwhatever = "x"', "'whatever' is unknown"),
        ('space = "W+"', 'space = "Q"', "size or space"),
        ("bytes = 7", "bytes = -7", "impossible size"),
        ("bytes = 7", "bytes = 99999999999999", "impossible size"),
        ('thumbnail = "thumbnails/0000.jpg"', 'thumbnail = "generator.safetensors"', "not listed"),
        ('name = "one.jpg"', 'name = ""', "no usable name"),
        ('name = "one.jpg"', 'name = "a\\u001bb"', "no usable name"),
        ("[files]", "[files", "not sound"),
    ],
)
def test_a_damaged_pack_is_refused_in_words(pack, old, new, text):
    change(pack, old, new)
    with pytest.raises(InputError, match=text):
        read_pack(pack.folder)


def test_huge_binary_and_missing_descriptions_are_refused(pack, tmp_path):
    path = pack.folder / "pack.toml"
    path.write_bytes(b"#" * (MAX_TOML + 1))
    with pytest.raises(InputError, match="larger than"):
        read_pack(pack.folder)
    path.write_bytes(b"\xff\xfe\0")
    with pytest.raises(InputError, match="not sound"):
        read_pack(pack.folder)
    for nothing in (tmp_path / "nowhere", tmp_path, path):
        with pytest.raises(InputError, match="no style pack"):
            read_pack(nothing)


def test_the_sound_packs_of_a_folder_are_found(pack, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "pack.toml").write_text("nonsense")
    assert packs_in(tmp_path) == [pack] and packs_in(tmp_path / "nowhere") == []
