# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Style packs: a folder with a `pack.toml` that names every other file in it with its size and SHA-256.

The format is told in docs/style_packs.md. A pack comes from anywhere, so nothing in it is believed before it is
checked: names stay inside the folder, sizes are bounded, and a file is opened only when its hash is the recorded one.
Not for: networks (inference/styles), where packs come from (catalogue.py).
"""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .errors import InputError
from .file_hash import hash_of
from .plain_data import from_plain
from .whole_file import write_whole

TOML = "pack.toml"
VERSION = 1
GENERATOR, EXEMPLARS, SAMPLER, ENCODER = (
    f"{name}.safetensors" for name in ("generator", "exemplars", "sampler", "encoder")
)
THUMBNAILS = "thumbnails"
SPACES = ("", "Z+", "W+")
MAX_TOML = 1 << 20  # bytes
MAX_EXEMPLARS = 4096
MAX_THUMBNAIL = 1 << 18  # bytes
MAX_FILE = 16 << 30  # bytes
MAX_NAME = 255  # characters
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}){0,3}")
_REMEDY = "Get the pack again, or make it from its authors' files."


@dataclass(frozen=True)
class PackedFile:
    """What a file of a pack must be."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class PackedExemplar:
    """One exemplar. thumbnail: a file of the pack, "" for none."""

    name: str
    thumbnail: str = ""


@dataclass(frozen=True)
class PackFacts:
    """What `pack.toml` says; the field names are its keys.

    size: side of the pictures in pixels, 0 for a pack that holds an encoder alone.   space: what the encoder in it was
    trained for, 'Z+' or 'W+', "" without one.   noncommercial: the license forbids commercial use.
    drawn_thumbnails: the model drew them, they are not the exemplars' own pictures.   sources: the authors' files it
    was made from, name -> SHA-256.
    """

    pastiche: str
    version: int
    name: str
    size: int
    authors: str = ""
    license: str = ""
    paper: str = ""
    noncommercial: bool = False
    drawn_thumbnails: bool = False
    space: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    exemplars: list[PackedExemplar] = field(default_factory=list)
    files: dict[str, PackedFile] = field(default_factory=dict)


@dataclass(frozen=True)
class StylePack:
    """A pack in a folder. Reading it looks at `pack.toml` alone; `verified` looks at a file."""

    folder: Path
    facts: PackFacts

    @property
    def has_style(self) -> bool:
        """Whether it can draw."""
        return GENERATOR in self.facts.files

    @property
    def has_encoder(self) -> bool:
        """Whether it can read faces."""
        return ENCODER in self.facts.files

    def verified(self, name: str, check: Callable[[], None] = lambda: None) -> Path:
        """Where a file of the pack lies, once it is known to be the recorded one. check: may raise to stop.

        Raises InputError: not in the pack, missing, reached through a link, of another size or content.
        """
        wanted = self.facts.files.get(name)
        if wanted is None:
            raise InputError(f"The pack {self.facts.name} has no {name}.", _REMEDY)
        path = self.folder / name
        try:
            if not path.resolve(strict=True).is_relative_to(self.folder.resolve()):
                raise InputError(f"{name} of the pack {self.facts.name} lies outside its folder.", _REMEDY)
            is_same = path.is_file() and path.stat().st_size == wanted.bytes and hash_of(path, check) == wanted.sha256
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{path} cannot be read ({reason}).", _REMEDY) from error
        if not is_same:
            raise InputError(f"{path} is not the file that the pack {self.facts.name} was made with.", _REMEDY)
        return path

    def index(self, exemplar: str | int) -> int:
        """The place of an exemplar given by number, name, or name without suffix. Raises InputError: none such."""
        names = [each.name for each in self.facts.exemplars]
        wanted = str(exemplar)
        if wanted.isascii() and wanted.isdecimal() and int(wanted) < len(names):
            return int(wanted)
        for place, name in enumerate(names):
            if wanted in (name, Path(name).stem):
                return place
        remedy = f"Choose one of {len(names)}, numbered from 0" + (f", such as {names[0]}." if names else ".")
        raise InputError(f"The style {self.facts.name} has no exemplar {wanted[:80]!r}.", remedy)


def is_pack(folder: Path) -> bool:
    """Whether a folder looks like a pack."""
    return (folder / TOML).is_file()


def read_pack(folder: Path | str) -> StylePack:
    """The pack in a folder. Raises InputError when it is none, damaged, too large, or names files outside."""
    folder = Path(folder)
    path = folder / TOML
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TOML + 1)
        if len(data) > MAX_TOML:
            raise ValueError(f"it is larger than {MAX_TOML} bytes")
        facts: PackFacts = from_plain(PackFacts, tomllib.loads(data.decode("utf-8")), "pack")
        _check(facts)
    except (FileNotFoundError, NotADirectoryError) as error:
        remedy = "Choose the folder of a pack, or make one: python inference pack --from FOLDER --out PACK."
        raise InputError(f"{folder} is no style pack: there is no {TOML} in it.", remedy) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}).", _REMEDY) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not sound: {str(error)[:200]}.", _REMEDY) from error
    return StylePack(folder, facts)


def packs_in(folder: Path) -> list[StylePack]:
    """The sound packs among the folders in a folder, by name; others are passed over."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            if is_pack(path):
                found.append(read_pack(path))
        except (InputError, OSError):
            continue
    return sorted(found, key=lambda pack: pack.facts.name.casefold())


def write_facts(folder: Path, facts: PackFacts) -> StylePack:
    """Write `pack.toml`, last of all, so that a pack without it is not whole. Raises StorageError, ValueError."""
    _check(facts)
    write_whole(folder / TOML, _toml(facts).encode())
    return StylePack(folder, facts)


def packed(path: Path) -> PackedFile:
    """What a pack records of a file."""
    return PackedFile(path.stat().st_size, hash_of(path))


def _check(facts: PackFacts) -> None:
    """Raise ValueError for what the types cannot say."""
    if facts.pastiche != "style pack" or facts.version != VERSION:
        raise ValueError(f"it is no style pack of version {VERSION}")
    if facts.space not in SPACES or not 0 <= facts.size <= 1 << 14:
        raise ValueError("its size or space is impossible")
    if len(facts.exemplars) > MAX_EXEMPLARS or len(facts.files) > MAX_EXEMPLARS + 16:
        raise ValueError(f"it lists more than {MAX_EXEMPLARS} exemplars")
    for name, file in facts.files.items():
        if not _FILE_NAME.fullmatch(name):
            raise ValueError(f"{name[:80]!r} is no name of a file in the pack")
        most = MAX_THUMBNAIL if name.startswith(f"{THUMBNAILS}/") else MAX_FILE
        if not 0 <= file.bytes <= most or not re.fullmatch("[0-9a-f]{64}", file.sha256):
            raise ValueError(f"{name} has an impossible size or hash")
    for exemplar in facts.exemplars:
        if not (0 < len(exemplar.name) <= MAX_NAME and exemplar.name.isprintable()):
            raise ValueError("an exemplar has no usable name")
        if exemplar.thumbnail and not (
            exemplar.thumbnail in facts.files and exemplar.thumbnail.startswith(f"{THUMBNAILS}/")
        ):
            raise ValueError(f"the thumbnail {exemplar.thumbnail[:80]!r} is not listed")
    if not facts.name or not all(
        text.isprintable() and len(text) <= 1000 for text in (facts.name, facts.authors, facts.license, facts.paper)
    ):
        raise ValueError("its name, authors, license or paper are no line of text")


def _toml(facts: PackFacts) -> str:
    lines = [
        f"{key} = {_value(getattr(facts, key))}"
        for key in ("pastiche", "version", "name", "authors", "license", "noncommercial", "paper", "size", "space",
                    "drawn_thumbnails")
    ]  # fmt: skip
    for exemplar in facts.exemplars:
        lines += ["", "[[exemplars]]", f"name = {_value(exemplar.name)}", f"thumbnail = {_value(exemplar.thumbnail)}"]
    lines += ["", "[sources]", *(f"{_value(name)} = {_value(sha256)}" for name, sha256 in facts.sources.items())]
    lines += ["", "[files]"]
    for name, file in facts.files.items():
        lines.append(f"{_value(name)} = {{ bytes = {file.bytes}, sha256 = {_value(file.sha256)} }}")
    return "\n".join(lines) + "\n"


def _value(value: str | int | bool) -> str:
    """JSON's text and numbers are TOML's, as long as text is printable and unescaped beyond ASCII."""
    return json.dumps(value, ensure_ascii=False)
