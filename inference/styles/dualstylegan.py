# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""DualStyleGAN's files as a style, pSp's as an encoder; from here on codes are W+ and pictures are numbers.

The folder of its authors holds `generator.pt`, `refined_exstyle_code.npy` or `exstyle_code.npy`, and perhaps
`sampler.pt`. Not for: style packs (packs.py), which styles exist (bridge/catalogue.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...bridge.errors import InputError
from ...bridge.requests import Look
from ...vendor.dualstylegan.controls import Controls, mixed, stylize, to_w_plus
from ...vendor.dualstylegan.network import DualStyleGAN
from ...vendor.dualstylegan.sampler import BATCH, StyleSampler
from ...vendor.psp.psp import PSp
from ..weights.safe_open import load_tensors, open_checkpoint
from ..weights.style_codes import StyleCodes, read_style_codes

SPACE = "space"  # option of an encoder's file: what its codes are. Published files do not say it.
CODE_FILES = ("refined_exstyle_code.npy", "exstyle_code.npy")  # the better ones first
Built = TypeVar("Built")


@dataclass(frozen=True)
class Style:
    """A DualStyleGAN with its exemplars."""

    network: DualStyleGAN
    exemplars: StyleCodes
    sampler: StyleSampler | None

    @property
    def size(self) -> int:
        """Side of its pictures in pixels."""
        return self.network.shape.generator.size

    @property
    def device(self) -> torch.device:
        """What it computes on."""
        return self.network.generator.input.input.device

    def code(self, look: Look) -> Tensor:
        """The style a look asks for, W+ (1, L, S). Raises InputError: no such exemplar, or no sampler."""
        if look.random is not None:
            return self._random(look.random)
        first = self._exemplar(look.exemplar)
        if look.second is None:
            return first
        slots = self.network.shape.structure_slots
        return mixed(first, self._exemplar(look.second), look.mix_structure, look.mix_color, slots)

    def picture(
        self, portrait: Tensor, look: Look, dtype: torch.dtype = torch.float32, least_side: int | None = None
    ) -> NDArray[np.float32]:
        """A portrait, W+ (1, L, S), in a look: (side, side, 3), 0..1.

        least_side: draw no more than the first resolution that has it; None: `size`. Raises InputError when the look
        does not fit, and when the numbers run over.
        """
        net = self.network.generator
        controls = Controls(look.structure, look.color, look.keep_color, look.truncation)
        noise = None if look.noise is None else net.seeded_noise(look.noise)
        try:
            with torch.inference_mode():
                pixels = stylize(self.network, portrait, self.code(look), controls, noise, dtype, least_side)
        except ValueError as error:
            raise InputError(
                f"The style cannot be applied: {error}.", "Change the weights of structure and color."
            ) from error
        if not torch.isfinite(pixels).all():
            remedy = "Use single precision, and weights between 0 and 1."
            raise InputError("The style gives no picture: its numbers run over.", remedy)
        return ((pixels[0] + 1) / 2).permute(1, 2, 0).float().cpu().numpy()

    def _exemplar(self, exemplar: str | int) -> Tensor:
        code = self.exemplars.codes[self.exemplars.index(exemplar)]
        return self._mapped(torch.from_numpy(code)[None])

    def _random(self, seed: int) -> Tensor:
        if self.sampler is None:
            raise InputError("This style has no sampler for random styles.", "Choose an exemplar, or another style.")
        with torch.inference_mode():
            return self._mapped(self.sampler.draw(seed // BATCH, self.exemplars.codes.shape[2])[seed % BATCH][None])

    def _mapped(self, code: Tensor) -> Tensor:
        with torch.inference_mode():
            return to_w_plus(self.network, code.to(self.device), 'Z+')


@dataclass(frozen=True)
class Encoder:
    """A pSp encoder; `space` is 'Z+' or 'W+', what it was trained for: its file does not say."""

    network: PSp
    space: str

    def code(self, face: NDArray[np.uint8], style: Style) -> Tensor:
        """An aligned face (S, S, 3) RGB, S at least 256, as W+ (1, L, S) of a style's network."""
        device = style.device
        with torch.inference_mode():
            pixels = torch.tensor(face, device=device).permute(2, 0, 1)[None].float() / 127.5 - 1
            return to_w_plus(style.network, self.network(pixels), self.space)


@dataclass(frozen=True)
class StyleFiles:
    """Where the parts of a style lie: as its authors publish them, or as trainings save them."""

    generator: Path
    codes: Path
    sampler: Path | None = None

    @staticmethod
    def of(folder: Path) -> "StyleFiles":
        """Those of a folder as authors publish it."""
        sampler = folder / "sampler.pt"
        return StyleFiles(folder / "generator.pt", code_file(folder), sampler if sampler.is_file() else None)


def open_style(folder: Path, device: str = "cpu") -> Style:
    """The style in a folder of authors' files. Raises InputError naming the file that is missing, damaged or odd."""
    return open_style_files(StyleFiles.of(Path(folder)), Path(folder).name, device)


def open_style_files(files: StyleFiles, name: str, device: str = "cpu") -> Style:
    """The style of that name in these files. Raises InputError as `open_style`."""
    network = built(files.generator, lambda file: DualStyleGAN.from_state(load_tensors(file.get("g_ema"), "g_ema")))
    sampler = built(files.sampler, _sampler) if files.sampler else None
    return make_style(name, network, read_style_codes(files.codes), sampler, device)


def code_file(folder: Path) -> Path:
    """The better one of the files of exemplar codes in a folder."""
    return next((folder / name for name in CODE_FILES if (folder / name).is_file()), folder / CODE_FILES[-1])


def make_style(
    name: str, network: DualStyleGAN, exemplars: StyleCodes, sampler: StyleSampler | None, device: torch.device | str
) -> Style:
    """A style of parts that fit together, on a device. Raises InputError, naming the style, when they do not."""
    inner = network.shape.generator
    if exemplars.codes.shape[1:] != (inner.slots, inner.style_dim):
        slots, width = exemplars.codes.shape[1:]
        what = f"The exemplars of {name} have codes of {slots} x {width}, its model takes"
        remedy = "Use the codes that were published with this model."
        raise InputError(f"{what} {inner.slots} x {inner.style_dim}.", remedy)
    if sampler and not _fits(sampler, network):
        raise InputError(f"The sampler of {name} makes codes of another model.", "Use the style's own sampler.pt.")
    return Style(network.to(device), exemplars, sampler.to(device) if sampler else None)


def open_encoder(path: Path, style: Style, space: str) -> Encoder:
    """The encoder in its authors' file, for a style.   space: 'Z+' or 'W+'. Raises InputError as `open_style`."""
    return make_encoder(Path(path).name, built(Path(path), read_psp), style, space)


def make_encoder(name: str, network: PSp, style: Style, space: str) -> Encoder:
    """An encoder for the network of a style, on its device. Raises InputError when it is one of another size."""
    wanted, found = style.network.shape.generator, network.encoder.shape
    if (found.slots, found.style_dim) != (wanted.slots, wanted.style_dim):
        what = f"{name} makes codes of {found.slots} x {found.style_dim}"
        raise InputError(
            f"{what}, the style takes {wanted.slots} x {wanted.style_dim}.", "Use the encoder of its size."
        )
    return Encoder(network.to(style.device), space)


def built(path: Path, build: Callable[[Mapping[str, Any]], Built]) -> Built:
    """What `build` makes of a checkpoint; its complaints name the file."""
    contents = open_checkpoint(path)
    if not isinstance(contents, Mapping):
        raise InputError(f"{path.name} is not a model of this kind.", "Choose the file its authors publish.")
    try:
        return build(contents)
    except ValueError as error:
        raise InputError(f"{path.name} does not fit: {error}.", "Choose the file its authors publish.") from error


def _sampler(file: Mapping[str, Any]) -> StyleSampler:
    return StyleSampler.from_checkpoint({name: load_tensors(file.get(name), name) for name in ("structure", "color")})


def read_psp(file: Mapping[str, Any]) -> PSp:
    """The encoder's tensors alone: the generator beside them is four times as long to read and shows nothing new."""
    state = file.get("state_dict")
    if not isinstance(state, Mapping):
        raise ValueError("it holds no state_dict")
    average = file.get("latent_avg")
    return PSp.from_checkpoint(
        {
            "state_dict": load_tensors({k: v for k, v in state.items() if str(k).startswith("encoder.")}, "encoder"),
            "opts": file.get("opts"),
            "latent_avg": average.load() if hasattr(average, "load") else average,
        }
    )


def _fits(sampler: StyleSampler, network: DualStyleGAN) -> bool:
    structure, inner = network.shape.structure_slots, network.shape.generator
    outputs = [part.lin_out.weight.shape[0] for part in (sampler.structure, sampler.color)]
    return outputs == [structure * inner.style_dim, (inner.slots - structure) * inner.style_dim]
