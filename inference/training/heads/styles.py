# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same people as a photograph and in art styles: proportions, matter and technique of each.

Not for: who is seen (person.py), writing files (data_set.py).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from . import brush, camera, cel, ink, pencil, surfaces
from .backdrop import backdrop
from .caricature import Proportions
from .person import Person, Shot
from .scene import EYES, HAIR, Cut, Stage, View
from .surfaces import Finish

FINER = 2  # pictures are drawn this much larger and averaged


@dataclass(frozen=True)
class Style:
    """How one style draws."""

    label: str
    proportions: Proportions = Proportions()
    cut: Cut = Cut()
    finish: Finish = Finish()
    technique: str = "photo"  # photo, render, cel, oil or pencil


STYLES: dict[str, Style] = {
    "photo": Style("Photograph"),
    "toon": Style(
        "3D toon",
        Proportions(
            eyes=1.4,
            eye_height=1.12,
            eye_depth=0.72,
            eyes_apart=0.045,
            nose=0.8,
            mouth=0.95,
            jaw=0.86,
            cheeks=1.05,
            cranium=1.05,
            lower_face=0.92,
            body=0.82,
            iris=1.25,
            wide_open=0.55,
        ),
        Cut(clumps=0.95, width=1.3, has_strands=False),
        Finish(detail=0.1, gloss=0.75, translucence=1.7, drawn_eyes=0.75, saturation=1.15, blush=0.12),
        "render",
    ),
    "chibi": Style(
        "Chibi",
        Proportions(
            eyes=1.5,
            eye_height=1.22,
            eye_depth=0.6,
            eyes_apart=0.085,
            eyes_down=0.05,
            nose=0.5,
            mouth=0.64,
            jaw=0.88,
            cheeks=1.08,
            cranium=1.16,
            lower_face=0.86,
            width=1.05,
            body=0.6,
            ears=0.85,
            iris=1.45,
            wide_open=0.75,
        ),
        Cut(clumps=1.0, width=1.45, has_strands=False),
        Finish(detail=0.0, gloss=0.55, translucence=2.2, drawn_eyes=1.0, saturation=1.15, lift=0.5, blush=0.22),
        "render",
    ),
    "anime": Style(
        "Anime cel",
        Proportions(
            eyes=1.42,
            eye_height=1.3,
            eye_depth=0.5,
            eyes_apart=0.06,
            eyes_down=0.03,
            nose=0.55,
            mouth=0.76,
            jaw=0.68,
            cheeks=0.96,
            cranium=1.1,
            lower_face=0.9,
            body=0.75,
            ears=0.9,
            iris=1.4,
            wide_open=0.7,
        ),
        Cut(clumps=1.0, width=1.4, has_strands=False),
        Finish(detail=0.0, drawn_eyes=1.0, saturation=1.15, lift=0.25, blush=0.18),
        "cel",
    ),
    "oil": Style(
        "Oil painting",
        Proportions(eyes=1.06, nose=1.04, jaw=0.97),
        Cut(clumps=0.6, width=1.1),
        Finish(detail=0.6, saturation=1.12),
        "oil",
    ),
    "pencil": Style("Pencil drawing", Proportions(eyes=1.08, nose=1.03), Cut(clumps=0.6), Finish(detail=0.3), "pencil"),
    "clay": Style(
        "Clay figure",
        Proportions(
            eyes=1.2,
            eye_height=1.1,
            eye_depth=0.9,
            eyes_apart=0.02,
            nose=1.22,
            mouth=1.1,
            jaw=0.95,
            cheeks=1.1,
            ears=1.2,
            lower_face=0.93,
            body=0.75,
            wide_open=0.4,
        ),
        Cut(clumps=1.0, width=1.7, has_strands=False),
        Finish(detail=0.0, gloss=0.3, translucence=0.6, drawn_eyes=0.9, saturation=1.15, lift=0.3, clay=0.75),
        "render",
    ),
}


@dataclass
class Drawn:
    """Pictures (B, 3, side, side) sRGB 0..1, and what is true of them.

    landmarks: (B, 478, 3), MediaPipe's numbering, pixels, z away from the camera, same scale.
    mask: (B, 1, side, side), the head and body.
    """

    picture: Tensor
    landmarks: Tensor
    mask: Tensor


@torch.no_grad()
def draw(
    stage: Stage, name: str, person: Person, shot: Shot, side: int, zoom: float = 1.0, finer: int = FINER
) -> Drawn:
    """People in shots, in the style of that name.   zoom: 1 is FFHQ's crop.   finer: 1 is quick and jagged."""
    return paint(look(stage, name, person, shot, side, zoom, finer), name)


def look(stage: Stage, name: str, person: Person, shot: Shot, side: int, zoom: float, finer: int) -> View:
    """What there is to draw in that style, to be painted once or, recolored (palette.py), several times."""
    style = STYLES[name]
    return stage.view(person, shot, side * finer, style.proportions, style.cut, zoom, finer)


@torch.no_grad()
def paint(view: View, name: str) -> Drawn:
    """A view as a picture in the style of that name."""
    style = STYLES[name]
    picture, covered = _TECHNIQUES[style.technique](view, style)
    return Drawn(picture.clamp(0, 1), view.landmarks / view.finer, covered)


def _photo(view: View, style: Style) -> tuple[Tensor, Tensor]:
    image, covered = _small(view, *surfaces.render(view, style.finish))
    return camera.develop(
        image + backdrop(view.shot, image.shape[-1]) * (1 - covered), view.shot, view.person.place
    ), covered


def _render(view: View, style: Style) -> tuple[Tensor, Tensor]:
    image, covered = _small(view, *surfaces.render(view, style.finish))
    image = image + _soft_backdrop(view.shot, image.shape[-1]) * (1 - covered)
    return camera.develop_plain(image * 0.92), covered


def _cel(view: View, style: Style) -> tuple[Tensor, Tensor]:
    image, covered = cel.draw(view, style.finish)
    image, covered = _small(view, image * covered, covered)
    return camera.encode(image + _soft_backdrop(view.shot, image.shape[-1]) * (1 - covered)), covered


def _oil(view: View, style: Style) -> tuple[Tensor, Tensor]:
    image, covered = _small(view, *surfaces.render(view, style.finish))
    side = image.shape[-1]
    picture = camera.develop_plain(image + backdrop(view.shot, side) * (1 - covered) * 0.75)
    picture = (picture + 0.25 * (picture - 0.45)).clamp(0, 1)
    return brush.paint(picture, brush.flow_angle(picture, side / 60), _features(view), view.person.place), covered


def _pencil(view: View, style: Style) -> tuple[Tensor, Tensor]:
    s = surfaces.look_at(view, style.finish)
    image, covered = _small(view, *surfaces.render(view, style.finish, s))
    lines = camera.shrink(ink.contours(view, s, 0.003, 0.6), view.finer)
    picture = camera.develop_plain(image + 0.9 * (1 - covered))
    angle = brush.flow_angle(picture, picture.shape[-1] / 40)
    angle = torch.where(_hair_mask(view) > 0.5, angle, torch.full_like(angle, -0.9))
    return pencil.draw(picture, covered, lines, angle, view.person.place, view.shot.backdrop[:, 1]), covered


_TECHNIQUES = {"photo": _photo, "render": _render, "cel": _cel, "oil": _oil, "pencil": _pencil}


def _small(view: View, *pictures: Tensor) -> tuple[Tensor, ...]:
    return tuple(camera.shrink(picture, view.finer) for picture in pictures)


def _soft_backdrop(shot: Shot, side: int) -> Tensor:
    """A clear gradient of the backdrop's colors, as studios of animation like it."""
    first, second = (shot.backdrop_colors[:, k, :, None, None].clamp(0.06, 0.8) for k in (0, 1))
    y = torch.linspace(0, 1, side, device=first.device)[:, None].expand(side, side)
    return torch.lerp(first * 0.8 + 0.15, second * 0.7 + 0.1, y)


def _hair_mask(view: View) -> Tensor:
    is_hair = (view.stage.part[view.seen.triangle] == HAIR).float()
    return camera.shrink(view.seen.image(is_hair[:, None]), view.finer)


def _features(view: View) -> Tensor:
    """Where a painter takes the fine brush: eyes, brows, lips, nose, edges of hair. (B, 1, side, side) 0..1."""
    seen = view.seen
    rest = seen.blend(view.stage.rest, view.stage.triangles)
    part = view.stage.part[seen.triangle]
    x, y = rest[:, 0].abs(), rest[:, 1]
    eyes = torch.exp(-(((x - 0.29) / 0.2) ** 2) - ((y - 0.05) / 0.16) ** 2)
    mouth = torch.exp(-((x / 0.3) ** 2) - ((y + 0.66) / 0.15) ** 2)
    nose = 0.5 * torch.exp(-((x / 0.17) ** 2) - ((y + 0.42) / 0.1) ** 2)
    fine = torch.maximum(torch.maximum(eyes, mouth), nose).clamp(0, 1) * (part < EYES)
    fine = torch.where(part == EYES, torch.ones_like(fine), torch.where(part == HAIR, torch.full_like(fine, 0.1), fine))
    return camera.shrink(seen.image(fine[:, None]), view.finer)
