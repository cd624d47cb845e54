# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What surfaces do with light: skin, eyes, teeth, glasses, cloth and hair, as linear colors of seen pixels.

Skin: two lobes of Cook and Torrance's model over light blurred by color (after d'Eon and Luebke 2007). Hair: two
highlights along strands (Kajiya and Kay 1989, Scheuermann 2004). Not for: flat styles (cel.py).
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .anatomy import LASHES, SKIN, TEETH, TONGUE
from .eye_paint import paint_eyes
from .light import blur, scatter, shade
from .noise import noise, octaves
from .regions import step
from .scene import EYES, GLASSES, HAIR, View
from .skin_paint import Paint, paint_skin


@dataclass(frozen=True)
class Finish:
    """How real surfaces are: 1 in every number but the last three is nature."""

    detail: float = 1.0  # pores, freckles, bumps
    gloss: float = 1.0
    translucence: float = 1.0  # of skin
    drawn_eyes: float = 0.0
    saturation: float = 1.0
    lift: float = 0.0  # of dark colors, 0..1
    clay: float = 0.0  # thumb prints, everything of one matter
    blush: float = 0.0  # round cheeks of dolls


@dataclass
class Surfaces:
    """Seen pixels: position, normal, rest, color all (N, 3); part (N,); the paint of the skin where it is skin."""

    position: Tensor
    normal: Tensor
    rest: Tensor
    masks: Tensor
    part: Tensor
    picture: Tensor
    color: Tensor
    paint: Paint
    brightness: Tensor  # of hair strands and other fine detail


def look_at(view: View, finish: Finish) -> Surfaces:
    """The surfaces that a view sees, painted."""
    stage, seen = view.stage, view.seen
    position, normal = seen.blend(view.position, stage.triangles), seen.blend(view.normal, stage.triangles)
    rest, masks = seen.blend(stage.rest, stage.triangles), seen.blend(stage.masks, stage.triangles)
    part, picture = stage.part[seen.triangle], seen.picture
    normal = F.normalize(normal, dim=-1, eps=1e-9)
    eye = torch.stack((view.shot.distance * 0, view.shot.distance * 0, view.shot.distance), -1)[picture] - position
    normal = torch.where(((normal * eye).sum(-1) < 0)[:, None] & (part != EYES)[:, None], -normal, normal)

    person = view.person
    skin, eyes, hair = (torch.nonzero(part == which).squeeze(1) for which in (SKIN, EYES, HAIR))
    painted = paint_skin(rest[skin], masks[skin], person, picture[skin], finish.detail)
    paint = Paint(*(
        value.new_zeros(len(part), *value.shape[1:]).index_copy(0, skin, value) for value in vars(painted).values()
    ))  # fmt: skip
    color = paint.color
    round_cheek = torch.exp(-(((rest[:, 0].abs() - 0.42) / 0.13) ** 2) - ((rest[:, 1] + 0.38) / 0.13) ** 2)
    color = color * (1 - finish.blush * round_cheek)[:, None] ** color.new_tensor((0.0, 0.75, 0.6))
    color[eyes] = paint_eyes(
        F.normalize(rest[eyes], dim=-1, eps=1e-9), person, picture[eyes], view.proportions.iris, finish.drawn_eyes
    )
    across, along, lock = rest[hair].unbind(-1)
    streak = torch.stack((across * 3.1 + lock * 0.37, along * 0.55, lock * 0.37), -1)
    strands = octaves(streak + person.place[picture[hair]], 3.0, 3)[:, 0]
    per_lock = torch.frac(torch.sin(lock * 78.233) * 43758.5453).abs()
    brightness = torch.ones_like(rest[:, 0])
    brightness[hair] = 1 + (1.4 * (strands - 0.5) + 0.35 * (per_lock - 0.5)) * (0.25 + 0.75 * finish.detail)
    color[hair] = person.hair_color[picture[hair]] * brightness[hair, None] * (0.62 + 0.5 * along[:, None])
    fixed = {
        LASHES: (0.012, 0.009, 0.008), TEETH: (0.72, 0.66, 0.55), TONGUE: (0.42, 0.13, 0.12),
    }  # fmt: skip
    for which, value in fixed.items():
        color = torch.where((part == which)[:, None], color.new_tensor(value), color)
    color = torch.where((part == GLASSES)[:, None], person.glasses_color[picture], color)
    gray = (color * color.new_tensor((0.3, 0.6, 0.1))).sum(1, keepdim=True)
    color = (gray + (color - gray) * finish.saturation).clamp(0.003, 0.95)
    color = color ** (1 - 0.35 * finish.lift)
    normal = _bumped(normal, position, paint.bump * (part == SKIN), view)
    if finish.clay:
        prints = noise(position * position.new_tensor((1, 1, 0.4)) + person.place[picture], 5.0)[:, :3] - 0.5
        ridges = torch.sin(octaves(position + person.place[picture], 2.2, 2)[:, :3] * 95.0) * 0.1
        is_soft = ((part == SKIN) | (part == HAIR))[:, None]
        normal = F.normalize(normal + finish.clay * is_soft * (0.42 * prints + ridges), dim=-1)
    return Surfaces(position, normal, rest, masks, part, picture, color, paint, brightness)


def render(view: View, finish: Finish, surfaces: Surfaces | None = None) -> tuple[Tensor, Tensor]:
    """Linear colors (B, 3, side, side) before black, and coverage (B, 1, side, side)."""
    s = surfaces or look_at(view, finish)
    shot, seen = view.shot, view.seen
    light = shade(view, s.position, s.normal)
    picture, n = s.picture, s.normal
    key, key_color = shot.key[picture], shot.key_color[picture]
    rim, rim_color = shot.rim[picture], shot.rim_color[picture]
    sky, ground = shot.sky[picture], shot.ground[picture]
    eye = F.normalize(
        torch.stack((shot.distance * 0, shot.distance * 0, shot.distance), -1)[picture] - s.position, dim=-1
    )
    is_skin, is_eye, is_hair = s.part == SKIN, s.part == EYES, s.part == HAIR
    mouth = _inside_mouth(s)
    shadow, opening = light.shadow * mouth, (0.25 + 0.75 * light.open_sky) * (0.15 + 0.85 * s.masks[:, 2]) * mouth
    socket = _lid_shade(view, is_eye)
    shadow, opening = shadow * socket, opening * socket

    facing = (n * key).sum(-1, keepdim=True)
    soft = (is_skin & (s.paint.cloth < 0.5)).float()[:, None] * finish.translucence
    wrap = n.new_tensor((0.32, 0.12, 0.07)) * soft + 0.08
    crease = torch.sqrt(s.masks[:, 2:3])  # small hollows are dark in any light
    direct = ((facing + wrap) / (1 + wrap)).clamp(min=0) * shadow[:, None] * key_color * (0.35 + 0.65 * crease)
    ambient = torch.lerp(ground, sky, (0.5 + 0.5 * n[:, 1:2])) + 0.25 * sky * n[:, 2:3].clamp(min=0)
    fill = (
        ambient * opening[:, None] + 0.1 * (n * rim).sum(-1, keepdim=True).clamp(min=0) * rim_color * opening[:, None]
    )
    falling = direct + fill
    width = view.pixels.mean() / 107  # blur in parts of the face
    sigmas = tuple(float(width * k * finish.translucence) for k in (2.6, 1.1, 0.8))
    spread = scatter(falling, seen, is_skin & (s.paint.cloth < 0.5), sigmas)
    color = s.color * (0.3 * falling + 0.7 * spread)

    edge = (1 - (n * eye).sum(-1, keepdim=True).clamp(0, 1)) ** 4
    rim_light = (n * rim).sum(-1, keepdim=True).clamp(min=0) * edge * rim_color * light.open_sky[:, None]
    gloss = torch.where(is_skin, s.paint.gloss, torch.full_like(s.paint.gloss, 0.8)) * finish.gloss
    rough = torch.where(is_skin, 0.42 - 0.1 * s.paint.lips, torch.full_like(gloss, 0.2))
    shine = 0.65 * _lobe(n, key, eye, rough) + 0.35 * _lobe(n, key, eye, rough * 0.55)
    shine = shine[:, None] * key_color * (shadow * gloss)[:, None] * facing.clamp(min=0)
    around = F.normalize(2 * (n * eye).sum(-1, keepdim=True) * n - eye, dim=-1)
    mirror = torch.lerp(ground, sky * 1.4, step(around[:, 1:2], -0.3, 0.6))
    fresnel = 0.035 + 0.5 * edge
    shine = shine * 0.22 + mirror * fresnel * (gloss * opening)[:, None] * 0.45
    matte = (s.part == LASHES).float()[:, None]
    color = color + (shine + 0.6 * rim_light) * (1 - matte)

    color = torch.where(is_eye[:, None], _eyes(view, s, color, key, eye, socket), color)
    color = torch.where(is_hair[:, None], _hair(view, s, light.shadow, light.open_sky, eye, finish), color)
    teeth = (s.part == TEETH) | (s.part == TONGUE)
    color = torch.where(teeth[:, None], color * 0.75 * mouth[:, None], color)
    image = seen.image(torch.cat((color, torch.ones_like(color[:, :1])), 1))
    return image[:, :3], image[:, 3:]


def _hair(view: View, s: Surfaces, shadow: Tensor, sky_light: Tensor, eye: Tensor, finish: Finish) -> Tensor:
    shot, picture = view.shot, s.picture
    along = F.normalize(view.seen.blend(view.along, view.stage.triangles), dim=-1, eps=1e-9)
    n = s.normal
    wobble = (s.brightness - 1)[:, None] * (0.18 * finish.detail + 0.05)
    total = torch.zeros_like(s.color)
    for toward, strength, lit in ((shot.key, shot.key_color, shadow), (shot.rim, shot.rim_color, sky_light)):
        toward, strength = toward[picture], strength[picture]
        slope = (along * toward).sum(-1, keepdim=True)
        diffuse = (1 - slope**2).clamp(min=0).sqrt() * (
            0.25 + 0.75 * ((n * toward).sum(-1, keepdim=True) * 0.6 + 0.4).clamp(0, 1)
        )
        half = F.normalize(toward + eye, dim=-1)
        first = _strand(along, n, half, -0.06 + wobble, 70.0)
        second = _strand(along, n, half, 0.14 + wobble, 18.0)
        front = ((n * toward).sum(-1, keepdim=True) + 0.15).clamp(0, 1)
        shine = 0.05 * first + 0.9 * second * s.color * (0.6 + 0.4 * s.brightness[:, None])
        total = total + strength * lit[:, None] * (s.color * diffuse * 0.9 + finish.gloss * shine * front * 0.8)
    ambient = torch.lerp(shot.ground[picture], shot.sky[picture], 0.5 + 0.5 * n[:, 1:2])
    return total + s.color * ambient * (0.25 + 0.75 * sky_light)[:, None]


def _strand(along: Tensor, n: Tensor, half: Tensor, shift: Tensor, power: float) -> Tensor:
    moved = F.normalize(along + shift * n, dim=-1)
    dot = (moved * half).sum(-1, keepdim=True)
    return (1 - dot**2).clamp(min=1e-4) ** (power / 2)


def _eyes(view: View, s: Surfaces, lit: Tensor, key: Tensor, eye: Tensor, socket: Tensor) -> Tensor:
    """Eyes with reflections of the key light, as a window, and of the sky."""
    shot, picture = view.shot, s.picture
    mirrored = F.normalize(2 * (s.normal * eye).sum(-1, keepdim=True) * s.normal - eye, dim=-1)
    lamp = F.normalize(key + key.new_tensor((0.0, 0.1, 1.1)), dim=-1)
    right = F.normalize(torch.linalg.cross(key.new_tensor((0.0, 1.0, 0.0)).expand_as(lamp), lamp), dim=-1)
    up = torch.linalg.cross(lamp, right)
    x, y = (mirrored * right).sum(-1), (mirrored * up).sum(-1)
    ahead = (mirrored * lamp).sum(-1) > 0
    size = 0.2 + 0.14 * shot.softness[picture]
    pane = (1 - step(x.abs(), size * 0.7, size)) * (1 - step(y.abs(), size * 0.8, size * 1.1)) * ahead
    glint = pane[:, None] * (0.55 + 0.35 * shot.key_color[picture]) * 0.8
    sky = 0.07 * step(mirrored[:, 1:2], 0.0, 0.7) * shot.sky[picture]
    return lit + (glint + sky) * socket[:, None]


def _lid_shade(view: View, is_eye: Tensor) -> Tensor:
    """Shade of the lids on eyes: how much of the neighborhood, mostly above, is not eye. (N,) 0..1, 1 elsewhere."""
    seen = view.seen
    scale = float(view.pixels.mean())
    eye = blur(seen.image(is_eye.float()[:, None]), 0.022 * scale)
    shifted = torch.roll(eye, round(0.022 * scale), 2)
    near = torch.minimum(eye, shifted).permute(0, 2, 3, 1).reshape(-1)[seen.pixel]
    return torch.where(is_eye, 0.3 + 0.7 * step(near, 0.15, 0.85), torch.ones_like(near))


def _inside_mouth(s: Surfaces) -> Tensor:
    """Dark inside the mouth: (N,) 0..1, by how far a place of skin, teeth or tongue lies behind the lips."""
    depth = s.rest[:, 2]
    inside = (s.part == TEETH) | (s.part == TONGUE)
    far = torch.where(inside, 0.4 + 0.6 * step(depth, -0.15, 0.18), torch.ones_like(depth))
    return torch.where(s.part == SKIN, 1 - 0.93 * s.masks[:, 3] * (1 - 0.5 * step(depth, 0.1, 0.25)), far)


def _bumped(normal: Tensor, position: Tensor, height: Tensor, view: View) -> Tensor:
    """Normals tilted by a height in decimeters, by differences on the screen."""
    seen = view.seen
    image = seen.image(torch.cat((height[:, None], position), 1))
    away = F.pad(image[..., 1:] - image[..., :-1], (0, 1)), F.pad(image[..., 1:, :] - image[..., :-1, :], (0, 0, 0, 1))
    scale = 1 / view.pixels.view(-1, 1, 1, 1)
    grad = torch.cat([step[:, :1] * (step[:, 1:].abs().amax(1, keepdim=True) < 0.05) / scale for step in away], 1)
    flat = grad.permute(0, 2, 3, 1).reshape(-1, 2)[seen.pixel].clamp(-0.8, 0.8)
    return F.normalize(normal - torch.cat((flat[:, :1], -flat[:, 1:], flat[:, :1] * 0), 1), dim=-1)


def _lobe(n: Tensor, toward: Tensor, eye: Tensor, rough: Tensor) -> Tensor:
    """Cook and Torrance's highlight with the distribution of Walter et al. 2007, without the Fresnel term. (N,)"""
    half = F.normalize(toward + eye, dim=-1)
    a2 = rough**4
    nh = (n * half).sum(-1).clamp(0, 1)
    spread = a2 / (math.pi * (nh**2 * (a2 - 1) + 1) ** 2)
    k = rough**2 / 2
    nl, nv = (n * toward).sum(-1).clamp(1e-3, 1), (n * eye).sum(-1).clamp(1e-3, 1)
    fresnel = 0.05 + 0.95 * (1 - (half * eye).sum(-1).clamp(0, 1)) ** 5
    return fresnel * spread / (4 * (nl * (1 - k) + k) * (nv * (1 - k) + k))
