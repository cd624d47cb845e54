# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authors' files -> a style pack (docs/style_packs.md): opened safely, checked, and written as plain numbers."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ...bridge.errors import InputError
from ...bridge.file_hash import hash_of
from ...bridge.motion_file import write_motion_file
from ...bridge.requests import Look, PackRequest
from ...bridge.style_pack import (
    ENCODER,
    EXEMPLARS,
    GENERATOR,
    MAX_EXEMPLARS,
    SAMPLER,
    THUMBNAILS,
    TOML,
    VERSION,
    PackedExemplar,
    PackFacts,
    StylePack,
    is_pack,
    packed,
    read_pack,
    write_facts,
)
from ...bridge.whole_file import storage_error, write_whole
from ...vendor.dualstylegan.controls import SPACES
from ..media.pictures import SUFFIXES, read_picture
from ..weights.safe_open import StoredTensor, open_checkpoint
from .dualstylegan import SPACE, Style, StyleFiles, built, open_style_files, read_psp
from .packs import AVERAGE, CODES
from .stylist import over_gray

THUMBNAIL_SIDE = 128  # pixels
_DTYPES = {"float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "uint8": "U8"}
TRAINED = "weights.pth.tar"  # as a training calls its weights
_ENCODERS = {"encoder.pt": "", "encoder_wplus.pt": "W+"}  # file -> the space its name tells
_AVERAGED = 512  # random faces whose mean is the face on drawn thumbnails


def make_pack(
    request: PackRequest,
    check: Callable[[], None] = lambda: None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> StylePack:
    """Make the pack of a request, or copy the one that `source` is.

    check: may raise to stop.   on_progress: (thumbnails done, of how many).
    The pack is whole once its pack.toml is there, which is written last. Raises InputError naming the file that is
    missing, damaged, carries code or does not fit; StorageError.
    """
    target = Path(request.pack)
    if request.source and is_pack(Path(request.source)):
        return _copy_pack(read_pack(Path(request.source)), target, check)
    found, encoder = _style_files(request), _encoder_file(request)
    if not (found or encoder):
        where = f" in {request.source}" if request.source else ""
        remedy = "Choose the folder that its authors publish, with generator.pt and exstyle_code.npy, or encoder.pt."
        raise InputError(f"There is neither generator.pt nor encoder.pt{where}.", remedy)
    name = request.name or Path(request.source or request.pack).absolute().name
    _make_room(target)
    exemplars: list[PackedExemplar] = []
    size, sources, is_drawn = 0, {}, False
    if found:
        style = open_style_files(found, name)
        sources |= {"generator": found.generator, "codes": found.codes}
        check()
        _write_sections(found.generator, ("g_ema",), target / GENERATOR, is_flat=True)
        codes = style.exemplars.codes
        write_motion_file(target / EXEMPLARS, {}, {CODES: ("F32", codes.shape, np.ascontiguousarray(codes))})
        if found.sampler:
            sources["sampler"] = found.sampler
            _write_sections(found.sampler, ("structure", "color"), target / SAMPLER)
        size, is_drawn = style.size, not request.pictures
        exemplars = _write_thumbnails(style, request.pictures, target, check, on_progress)
    space = ""
    if encoder:
        check()
        sources["encoder"] = encoder
        space = _write_encoder(encoder, target / ENCODER) or _ENCODERS.get(encoder.name, "") or request.space
    files = {
        file.relative_to(target).as_posix(): packed(file)
        for file in sorted(target.rglob("*"))
        if file.is_file() and (file.suffix == ".safetensors" or file.parent.name == THUMBNAILS)
    }
    facts = PackFacts(
        pastiche="style pack",
        version=VERSION,
        name=name,
        size=size,
        authors=request.authors,
        license=request.license,
        paper=request.paper,
        noncommercial=request.is_noncommercial,
        drawn_thumbnails=is_drawn,
        space=space,
        sources={_source_name(part, file): hash_of(file, check) for part, file in sources.items()},
        exemplars=exemplars,
        files=files,
    )
    try:
        return write_facts(target, facts)
    except ValueError as error:
        raise InputError(f"The pack cannot be made: {error}.", "Give it another name, authors or license.") from error


def _style_files(request: PackRequest) -> StyleFiles | None:
    """The parts of the style that are asked for, None without one."""
    folder = Path(request.source)
    generator = Path(request.generator or folder / "generator.pt")
    if not request.generator and not (request.source and generator.is_file()):
        return None
    if not (request.codes or request.source):
        raise InputError("No codes of exemplars are given.", "Give those of the training refine, or of destylize.")
    beside = StyleFiles.of(folder) if request.source else None
    sampler = Path(request.sampler) if request.sampler else beside.sampler if beside else None
    return StyleFiles(generator, Path(request.codes) if request.codes else beside.codes, sampler)


def _encoder_file(request: PackRequest) -> Path | None:
    if request.encoder:
        return Path(request.encoder)
    found = [Path(request.source) / name for name in _ENCODERS] if request.source else []
    return next((file for file in found if file.is_file()), None)


def _source_name(part: str, file: Path) -> str:
    """What a source is called in a pack: as authors call it; trainings call all of theirs alike."""
    return f"{part} ({file.name})" if file.name == TRAINED else file.name


def _copy_pack(pack: StylePack, target: Path, check: Callable[[], None]) -> StylePack:
    """A pack that somebody made, verified on the way."""
    if target.resolve() == pack.folder.resolve():
        raise InputError(f"{target} is that pack already.", "Choose another folder.")
    _make_room(target)
    try:
        for name in pack.facts.files:
            (target / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(pack.verified(name, check), target / name)
    except OSError as error:
        raise storage_error(target / TOML, error) from error
    copy = StylePack(target, pack.facts)
    for name in pack.facts.files:
        copy.verified(name, check)
    return write_facts(target, pack.facts)


def _make_room(target: Path) -> None:
    """An empty folder, or that of an earlier pack without its files."""
    try:
        if target.is_dir() and any(target.iterdir()) and not (target / TOML).is_file():
            raise InputError(f"{target} is not empty and no pack.", "Choose a new folder.")
        (target / TOML).unlink(missing_ok=True)
        for name in (GENERATOR, EXEMPLARS, SAMPLER, ENCODER):
            (target / name).unlink(missing_ok=True)
        if not (target / THUMBNAILS).is_symlink():
            shutil.rmtree(target / THUMBNAILS, ignore_errors=True)
        target.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise InputError(f"{target} is a file.", "Choose a new folder.") from error
    except OSError as error:
        raise storage_error(target / TOML, error) from error


def _write_sections(source: Path, sections: tuple[str, ...], target: Path, is_flat: bool = False) -> None:
    """Tables of tensors of a checkpoint as one file, each name under that of its section."""
    contents = open_checkpoint(source)
    found = {}
    for section in sections:
        for key, stored in contents[section].items():
            found[key if is_flat else f"{section}.{key}"] = stored
    write_motion_file(target, {}, {key: _entry(stored) for key, stored in found.items()})


def _write_encoder(source: Path, target: Path) -> str:
    """Write an encoder's file; the space that the source says its codes are of, "" where it says none."""
    network = built(source, read_psp)
    prefix = "encoder."
    contents = open_checkpoint(source)
    state, options = contents["state_dict"], contents.get("opts")
    found = {str(key)[len(prefix) :]: stored for key, stored in state.items() if str(key).startswith(prefix)}
    entries = {key: _entry(stored) for key, stored in found.items()}
    if network.latent_average is not None:
        average = network.latent_average.numpy()
        entries[AVERAGE] = ("F32", average.shape, np.ascontiguousarray(average))
    write_motion_file(target, {}, entries)
    space = options.get(SPACE) if isinstance(options, dict) else None
    return space if space in SPACES else ""


def _entry(stored: StoredTensor) -> tuple[str, tuple[int, ...], Iterator[NDArray]]:
    """A tensor as `write_motion_file` wants it, read when its turn comes."""
    dtype = _DTYPES.get(stored.dtype, "F32")

    def pieces() -> Iterator[NDArray]:
        tensor = stored.load()
        yield np.ascontiguousarray((tensor if stored.dtype in _DTYPES else tensor.float()).numpy())

    return dtype, stored.shape, pieces()


def _write_thumbnails(
    style: Style, pictures: str, target: Path, check: Callable[[], None], on_progress: Callable[[int, int], None]
) -> list[PackedExemplar]:
    """The exemplars with their thumbnails: their own pictures, or the average face in their style."""
    names = style.exemplars.names
    if len(names) > MAX_EXEMPLARS:
        raise InputError(f"The style has {len(names)} exemplars.", f"A pack takes {MAX_EXEMPLARS}.")
    own = _pictures_by_name(Path(pictures)) if pictures else None
    try:
        (target / THUMBNAILS).mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(target / THUMBNAILS, error) from error
    face = None if own is not None else _average_face(style)
    exemplars = []
    for place, name in enumerate(names):
        check()
        if own is None:
            pixels = np.uint8(np.rint(style.picture(face, Look(exemplar=place), least_side=THUMBNAIL_SIDE) * 255))
        else:
            file = own.get(Path(name).stem)
            pixels = None if file is None else over_gray(read_picture(file))
        thumbnail = "" if pixels is None else f"{THUMBNAILS}/{place:04d}.jpg"
        if pixels is not None:
            write_whole(target / thumbnail, _jpeg(pixels))
        exemplars.append(PackedExemplar(name, thumbnail))
        on_progress(place + 1, len(names))
    return exemplars


def _average_face(style: Style) -> torch.Tensor:
    with torch.inference_mode():
        net = style.network.generator
        return net.mean_latent(_AVERAGED)[:, None].expand(-1, net.shape.slots, -1)


def _pictures_by_name(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder} with pictures.", "Check the path.")
    return {file.stem: file for file in sorted(folder.iterdir()) if file.suffix.lower() in SUFFIXES}


def _jpeg(pixels: NDArray[np.uint8]) -> bytes:
    image = Image.fromarray(pixels)
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
