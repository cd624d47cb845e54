# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `pairs`: encoder, generator and extrinsic path of a DualStyleGAN learn together, told by rendered people.

What a portrait in a style should look like is known for rendered people, so there is nothing to guess and nothing to
play against: each step draws people as they are, in a style with their own colors, and in it with the exemplar's, and
compares. What DualStyleGAN does by destylization and progressive fine-tuning (Yang et al. 2022, section 3.3) for
pictures without pairs happens here at once, for all styles in one network. Exemplars of a style share their structure
codes; their color codes are their own.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ....bridge.errors import InputError
from ....vendor.dualstylegan.network import DualStyleGAN
from ....vendor.psp.encoder import GradualStyleEncoder
from ...settings import read_settings
from ...torch_device import choose_device, choose_precision
from ...weights.safe_open import load_tensors, open_checkpoint
from ..portraits import as_bytes
from ..stage import Settings, Sheet
from ..stylegan2.optimizing import descend, follow
from .drawing import ROUND, Window, draw_ways
from .likeness import unlike
from .pair_data import ATTENTION, Batch, PairData
from .settings import PairsTraining

SHOWN = 6
WINDOW = 64  # features one resolution below the last, where the last is learned in parts
WAKENED = 16  # people that an untrained encoder is shown
BY_KNOWN = 0.25  # share of portraits drawn from what the dice decided
TITLES = ("portrait", "drawn again", "style", "colors kept", "style, exemplar's colors", "exemplar's colors taken")


class Networks(nn.Module):
    """All that learns: the two networks, and the exemplars' codes in z+."""

    def __init__(self, settings: PairsTraining, styles: int, per_style: int) -> None:
        super().__init__()
        self.dual = DualStyleGAN(settings.network)
        self.encoder = GradualStyleEncoder(settings.encoder)
        slots, width = settings.network.generator.slots, settings.style_dim
        self.style_codes = nn.Parameter(torch.randn(styles, slots, width))
        self.color_codes = nn.Parameter(
            torch.randn(styles * per_style, slots - settings.network.structure_slots, width)
        )

    def exemplars(self) -> Tensor:
        """Codes of all exemplars, z+ (E, L, S)."""
        per_style, colors = len(self.color_codes) // len(self.style_codes), self.color_codes.shape[1]
        codes = self.style_codes.repeat_interleave(per_style, 0)
        return torch.cat((codes[:, :-colors], codes[:, -colors:] + self.color_codes), 1)


class PairsStage:
    """See training/stage.py for what every stage promises. data: folders that `heads --exemplars` made, `A,B`."""

    name = "pairs"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know, and folders without pairs."""
        s = self._settings = read_settings(PairsTraining, settings, "the training pairs")
        if s.size & (s.size - 1) or s.seen & (s.seen - 1):
            raise InputError(f"Pictures of {s.size} and {s.seen} pixels do not fit.", "Choose powers of two.")
        self._device = choose_device(device)
        precision = choose_precision(self._device, s.precision)
        self._dtype = torch.float32 if precision == torch.float16 else precision  # gradients would vanish in it
        self._data = PairData(data, s.size, s.held_out, s.style_dim)
        self._networks = Networks(s, len(self._data.styles), self._data.per_style).to(self._device)
        if s.start:
            _start(self._networks, s.start)
        self._networks.encoder.to(memory_format=torch.channels_last)
        self._average = copy.deepcopy(self._networks).requires_grad_(False).eval()
        self._steps = torch.optim.Adam(
            [
                {"params": self._networks.dual.parameters(), "lr": s.rate},
                {"params": self._networks.encoder.parameters(), "lr": s.encoder_rate},
                {"params": [self._networks.style_codes, self._networks.color_codes], "lr": 5 * s.rate},
            ],
            betas=(0.5, 0.99),
            fused=True,
        )
        self.parts = {"networks": self._networks, "average": self._average, "optimizer": self._steps}
        self.steps = s.steps
        self.notes: list[str] = []

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Read the pictures."""
        self._data.prepare(on_progress)
        everybody = self._data.held_out
        chosen = [everybody[index % len(everybody)] for index in range(0, 5 * SHOWN, 5)]
        self._shown = self._data.batch(chosen, np.random.default_rng(1), moved=False)
        if not self._settings.start:
            self._waken()

    def draw(self, dice: np.random.Generator) -> Batch:
        """Some people, each in one style."""
        return self._data.draw(dice, self._settings.batch)

    def step(self, batch: Batch, index: int) -> dict[str, float]:
        """One step."""
        s, networks = self._settings, self._networks
        side = 64 if index < s.steps_64 else 128 if index < s.steps_64 + s.steps_128 else s.size
        side = min(side, s.size)
        photo, own, worn, attention = self._pictures(batch)
        gain = 1 + 0.1 * torch.randn(len(photo), 3, 1, 1) + 0.12 * torch.randn(len(photo), 1, 1, 1)
        photo, own = ((each + 1) * gain.to(each) - 1 for each in (photo, own))
        codes = self._encoded(networks, _spoiled(fitted(photo, s.seen)))
        traits = batch.traits.to(self._device)
        known = networks.dual.generator.style(torch.nan_to_num(traits))
        is_known = traits[:, 0].isfinite()
        by_known = is_known & (torch.rand(len(photo), device=self._device) < BY_KNOWN)
        plain = torch.where(by_known[:, None, None], known[:, None], codes)
        window = _window(side) if side == s.size and side > 2 * WINDOW else None
        made = self._drawn(networks, plain, codes, batch.exemplar, side, window, torch.rand(()) < 0.5)
        wanted = fitted(torch.cat((photo, own, worn)), side)
        weight = 1 + ATTENTION * fitted(attention, side)
        if window is not None:
            made, wanted, weight = _rim_cut(made), _rim_cut(_part(wanted, window)), _rim_cut(_part(weight, window))
        thirds = zip(made.chunk(3), wanted.chunk(3), weight.chunk(3), strict=True)
        parts = [unlike(*third, s.edges) for third in thirds]
        center = codes.mean(1, keepdim=True)
        told = (known - codes.detach().mean(1)).square().mean(1)[is_known]
        found = {
            "portrait": parts[0],
            "colors kept": parts[1],
            "colors taken": parts[2],
            "calm": s.calm * ((codes - center).square().mean() + center.square().mean() / 5),
            "known": s.known * (told.mean() if len(told) else codes.new_zeros(())),
        }
        descend(self._steps, sum(found.values()))
        follow(self._average, networks, s.batch, min(s.average, (index + 1) * s.batch // 4))  # what was untrained goes
        for old, new in zip(self._average.buffers(), networks.buffers(), strict=True):
            old.copy_(new)
        return {name: loss.item() for name, loss in found.items()}

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """People who were never learned from."""
        photo, own, worn, _attention = self._pictures(self._shown)
        codes = self._encoded(self._average, fitted(photo, self._settings.seen))
        made = self._drawn(self._average, codes, codes, self._shown.exemplar, self._settings.size, None, True).chunk(3)
        columns = (photo, made[0], own, made[1], worn, made[2])
        rows = zip(*map(as_bytes, columns), strict=True)
        return Sheet(TITLES, [list(row) for row in rows])

    def weights(self) -> dict[str, Any]:
        """Generator, encoder and codes as the files of published models hold them."""
        networks = self._average
        names = [f"{style}_{picture.stem}" for style, picture in self._data.exemplars]
        state = {f"encoder.{name}": value for name, value in networks.encoder.state_dict().items()}
        return {
            "g_ema": networks.dual.state_dict(),
            "state_dict": state,
            "opts": {},
            "exemplars": dict(zip(names, networks.exemplars().split(1), strict=True)),
            "style_codes": networks.style_codes,
            "color_codes": networks.color_codes,
        }

    @torch.no_grad()
    def _waken(self) -> None:
        """Let the untrained encoder tell people apart: each head's latents about 0, spread by 1, as random ones are.

        Its many halvings would begin with latents a twentieth of that, and the generator with one face for all.
        """
        photo = self._pictures(self._data.draw(np.random.default_rng(0), WAKENED))[0]
        codes = self._encoded(self._networks, fitted(photo, self._settings.seen))
        heads, spreads = self._networks.encoder.styles, codes.std(0).mean(1)
        for head, center, spread in zip(heads, codes.mean(0), spreads, strict=True):
            head.linear.weight /= spread
            head.linear.bias -= center / spread
        self._average.encoder.load_state_dict(self._networks.encoder.state_dict())

    def _pictures(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Photograph, style, style recolored (B, 3, S, S) -1..1, and how much pixels count (3 B, 1, S, S) 0..1."""
        pixels = batch.pictures.to(self._device).float()
        three = (pixels[:, :, :3] / 127.5 - 1).unbind(1)
        return *three, pixels[:, :, 3:].transpose(0, 1).flatten(0, 1) / 255

    def _encoded(self, networks: Networks, seen: Tensor) -> Tensor:
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            return networks.encoder(seen).float()

    def _drawn(
        self,
        networks: Networks,
        plain: Tensor,
        codes: Tensor,
        exemplar: Tensor,
        side: int,
        window: Window | None,
        by_codes: bool,
    ) -> Tensor:
        """(3 B, 3, side, side).   by_codes: colors are kept by codes, not by weights."""
        dual = networks.dual
        extrinsic = dual.generator.style(networks.exemplars()[exemplar.to(self._device)])
        return draw_ways(
            dual,
            plain,
            codes,
            extrinsic,
            (plain, _colored(dual, codes) if by_codes else codes, _colored(dual, extrinsic)),
            side,
            self._dtype,
            window,
        )


def _colored(dual: DualStyleGAN, codes: Tensor) -> Tensor:
    """Codes (B, L, S) through the color transforms of their slots."""
    n = dual.shape.structure_slots
    colors = [dual.res[slot](codes[:, slot]) for slot in range(n, codes.shape[1])]
    return torch.cat((codes[:, :n], torch.stack(colors, 1)), 1)


def _spoiled(pictures: Tensor) -> Tensor:
    """As portraits come: soft, or with grain."""
    soft = F.interpolate(F.avg_pool2d(pictures, 2), scale_factor=2, mode="bilinear")
    share = torch.rand(len(pictures), 1, 1, 1).to(pictures)
    return torch.lerp(pictures, soft, share) + 0.06 * torch.rand(()).to(pictures) * torch.randn_like(pictures)


def _window(side: int) -> Window:
    """Where the last resolution is drawn, in features of the one below; more often in the middle."""
    room = side // 2 - WINDOW
    places = [int(room * (0.5 + 0.5 * float(torch.rand(()) + torch.rand(()) - 1))) for _ in range(2)]
    return tuple(slice(place, place + WINDOW) for place in places)


def _part(pictures: Tensor, window: Window) -> Tensor:
    """What a window of features becomes one resolution above."""
    down, across = (slice(2 * cut.start, 2 * cut.stop) for cut in window)
    return pictures[..., down, across]


def _rim_cut(pictures: Tensor) -> Tensor:
    """Pictures of a window without the edge that its surroundings would have changed."""
    return pictures[..., ROUND:-ROUND, ROUND:-ROUND]


def fitted(pictures: Tensor, side: int) -> Tensor:
    """Pictures (B, C, S, S), averaged down to `side`."""
    return pictures if pictures.shape[-1] == side else F.avg_pool2d(pictures, pictures.shape[-1] // side)


def _start(networks: Networks, path: str) -> None:
    """Go on from what an earlier training of other data or settings has learned. Raises InputError."""
    contents = open_checkpoint(Path(path))
    try:
        encoder = load_tensors(contents["state_dict"], "state_dict")
        networks.dual.load_state_dict(load_tensors(contents["g_ema"], "g_ema"))
        networks.encoder.load_state_dict({name.removeprefix("encoder."): value for name, value in encoder.items()})
        for name in ("style_codes", "color_codes"):
            getattr(networks, name).data.copy_(contents[name].load())
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError) as error:
        what = f"{Path(path).name} cannot be gone on from ({' '.join(str(error).split())[:200]})."
        raise InputError(what, "Set start to the weights of a training of the same sizes.") from error
