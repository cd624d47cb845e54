# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Persons and shots -> triangles before a camera, and what each pixel sees of them.

Camera space: x right, y up, z towards the camera, decimeters, the origin between the eyes of a head that is not turned.
Not for: colors (surfaces.py, cel.py).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

from . import eyeballs, glasses
from .anatomy import LASHES, SKIN, Anatomy, vertex_normals
from .caricature import Proportions, Warp
from .eyeballs import gaze_rotation
from .hair import LOCKS, Scalp
from .head_map import HeadMap
from .person import Person, Shot
from .raster import Seen, rasterize
from .regions import cloth_height, step

EYES, GLASSES, HAIR = 4, 5, 6  # parts of a scene beside those of the anatomy
NECK = (0.0, -1.15, -0.75)  # heads turn about it


@dataclass(frozen=True)
class Cut:
    """How hair is drawn: clumped together 0..1, only the guides, how wide, and whether strands show at the tips."""

    clumps: float = 0.25
    only_guides: bool = False
    width: float = 1.0
    has_strands: bool = True


@dataclass
class View:
    """A batch of scenes before their cameras.

    position, normal: (B, V, 3) camera space.   along: (B, V, 3) direction of hair.   screen: (B, V, 3) as the
    rasterizer takes it.   is_drawn: (B, T).   landmarks: (B, 478, 3), pixels, z away from the camera.
    """

    stage: "Stage"
    person: Person
    shot: Shot
    proportions: Proportions
    cut: Cut
    side: int
    position: Tensor
    normal: Tensor
    along: Tensor
    screen: Tensor
    is_drawn: Tensor
    landmarks: Tensor
    pixels: Tensor  # (B,) per decimeter at the face
    finer: int  # how many of its pixels make a side of the picture's

    @cached_property
    def seen(self) -> Seen:
        """What each pixel sees."""
        stage = self.stage
        keep = stage.strands(self)
        return rasterize(
            self.screen, stage.triangles, (self.side, self.side), True, self.is_drawn, stage.one_sided, keep
        )


class Stage:
    """Everything that does not change from person to person, on one device."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        self.anatomy = Anatomy(device)
        self.device = self.anatomy.device
        self.map = HeadMap(self.anatomy)
        self.scalp = Scalp(self.anatomy, self.map)
        self.sphere, ball = eyeballs.sphere(self.device)
        rims = glasses.triangles(self.device)
        mean = self.anatomy.refine(self.anatomy.mean[None])[0]
        counts = (len(mean), 2 * len(self.sphere), int(rims.max()) + 1, len(self.scalp.place))
        starts = [sum(counts[:index]) for index in range(5)]
        self.spans = [slice(a, b) for a, b in zip(starts, starts[1:], strict=False)]  # skin, eyes, glasses, hair
        self.triangles = torch.cat((
            self.anatomy.triangles, ball + starts[1], ball + starts[1] + len(self.sphere), rims + starts[2],
            self.scalp.triangles + starts[3],
        ))  # fmt: skip
        sizes = (len(self.anatomy.triangles), 2 * len(ball), len(rims), len(self.scalp.triangles))
        self.first_hair = sum(sizes[:3])
        self.part = torch.cat((
            self.anatomy.parts.repeat_interleave(2).long(),
*(torch.full((n,), part, device=self.device) for n, part in zip(sizes[1:], (EYES, GLASSES, HAIR), strict=True)),
        ))  # fmt: skip
        self.one_sided = (self.part == SKIN) | (self.part == EYES)
        self.lash = self._lash_lengths(mean)
        hair = torch.cat((self.scalp.place, self._lock_numbers()[:, None]), 1)
        self.rest = torch.cat((mean, self.sphere, self.sphere, torch.zeros(counts[2], 3, device=self.device), hair))
        """(V, 3): place on the mean head; on the eyeball before it turned; hair: across, along, number of the lock."""
        skin = torch.stack((self.anatomy.mask("lips"), self.lash, self.anatomy.openness, self.anatomy.mask("mouth")), 1)
        others = torch.tensor((0.0, 0.0, 1.0, 0.0), device=self.device).expand(len(self.rest) - len(skin), 4)
        self.masks = torch.cat((skin, others))
        """(V, 4): lips, how far out on a lash, how much of the sky it sees, inside of the mouth."""

    def view(
        self,
        person: Person,
        shot: Shot,
        side: int,
        proportions: Proportions,
        cut: Cut,
        zoom: float = 1.0,
        finer: int = 1,
    ) -> View:
        """The scenes of a batch before cameras of `side` pixels.   zoom: 1 is FFHQ's crop, more shows more."""
        anatomy = self.anatomy
        neutral = anatomy.shape(person.targets, torch.zeros_like(shot.units))
        eyes, radii = eyeballs.place(anatomy, neutral)
        warp = Warp(anatomy, neutral, eyes, proportions)
        posed = anatomy.shape(person.targets, warp.expression(shot.units, anatomy.units))
        skin = anatomy.refine(warp(posed))
        dressed = self._dressed(skin, person)
        centers, axes = warp.eyeballs(radii)
        turned = torch.einsum("bij,ej->bei", gaze_rotation(shot.gaze), self.sphere)
        balls = (centers[:, :, None] + turned[:, None] * axes[:, :, None]).flatten(1, 2)
        ball_normals = F.normalize(turned[:, None] / axes[:, :, None], dim=-1).flatten(1, 2)
        rims = warp_rigid(glasses.vertices(person.glasses, centers, proportions.eyes), proportions)
        haircut = replace(person.haircut, width=person.haircut.width * cut.width)
        locks = self.scalp.grow(haircut, cut.clumps, cut.has_strands)
        hair = warp(self.map.carry(locks.points, neutral - anatomy.mean))
        points = torch.cat((dressed, balls, rims, hair), 1)
        normals = torch.cat((vertex_normals(dressed, anatomy.quads), ball_normals), 1)
        others = points[:, normals.shape[1] :]
        normals = torch.cat((normals, self._sheet_normals(others, normals.shape[1])), 1)
        along = torch.cat((torch.zeros_like(points[:, : self.spans[3].start]), locks.along), 1)

        # Framed as FFHQ is cropped, by eyes and mouth, of a head that looks ahead (Karras et al. 2019, appendix).
        plain_eyes, plain_mouth = eyes.mean(1), neutral[:, anatomy.places["lips"]].mean(1)
        width = torch.maximum(
            4 * (eyes[:, 1] - eyes[:, 0]).norm(dim=-1), 3.6 * (plain_mouth - plain_eyes)[:, :2].norm(dim=-1)
        )
        width = width * zoom * (1 + shot.frame[:, 2])
        turn = turn_matrix(shot.turn)
        center = (plain_eyes + 0.1 * (plain_mouth - plain_eyes))[:, None]
        center = torch.lerp(center, _turned(center, turn), shot.frame[:, 3, None, None])
        rest = self.rest_heights
        position = _blend_turn(points, turn, rest) - center
        normal = F.normalize(_blend_rotation(normals, turn, rest), dim=-1, eps=1e-9)
        along = F.normalize(_blend_rotation(along, turn, rest), dim=-1, eps=1e-9)
        near = shot.distance / 2
        pixels = side / width
        screen = project(position, shot, pixels, side, near)
        drawn = self._drawn(person, locks.root, cut)
        irises = self._irises(person, shot, centers, axes, proportions.iris)
        marks = self._landmarks(position, _turned(irises, turn) - center, shot, pixels, side)
        return View(
            self, person, shot, proportions, cut, side, position, normal, along, screen, drawn, marks, pixels, finer
        )

    @cached_property
    def rest_heights(self) -> Tensor:
        """(V,) how much each vertex turns with the head, 1, rather than with the body."""
        height = self.rest[:, 1].clone()
        height[self.spans[1].start :] = 0.0
        return step(height, -1.9, -1.0)

    def strands(self, view: View):
        """Which points of a lock are hair, for the rasterizer: strands of their own lengths, thinner at the edges."""
        corners = self.rest[self.triangles[self.first_hair :]]
        first = self.first_hair
        lashes, is_solid = view.person.lashes, not view.cut.has_strands

        def keep(picture: Tensor, triangle: Tensor, weights: Tensor) -> Tensor:
            kept = torch.ones_like(triangle, dtype=torch.bool)
            hair = torch.nonzero(triangle >= first).squeeze(1)
            across, along, lock = (corners[triangle[hair] - first] * weights[hair, :, None]).sum(1).unbind(-1)
            chance = _chance(((across + 1) * 9).floor() + lock * 37)
            kept[hair] = is_solid | (along < 0.55 + 0.45 * chance) & (
                across.abs() < 0.75 + 0.4 * chance - 0.5 * along**4
            )
            lash = torch.nonzero(self.part[triangle] == LASHES).squeeze(1)
            mine = self.triangles[triangle[lash]]
            out = (self.lash[mine] * weights[lash]).sum(1)
            x = (self.rest[mine, 0] * weights[lash]).sum(1)
            reach = torch.where(
                (self.rest[mine, 1] * weights[lash]).sum(1) < -0.02, 0.3 - 0.25 * is_solid, 0.9
            )  # the lower ones are short
            comb = torch.frac(x.abs() * 75 + 0.8 * out)
            thin = is_solid | ((comb - 0.5).abs() < 0.42 - 0.3 * out)
            kept[lash] = (out < 0.06 + reach * lashes[picture[lash]]) & thin
            return kept

        return keep

    def _lash_lengths(self, mean: Tensor) -> Tensor:
        """(W,) 0 at the root of a lash, 1 at its tip, by the distance from the skin."""
        quads, parts = self.anatomy.quads, self.anatomy.parts
        lash, skin = torch.unique(quads[parts == LASHES]), torch.unique(quads[parts == SKIN])
        skin = skin[(mean[skin, 1].abs() < 0.2) & (mean[skin, 2] > -0.1)]
        away = torch.cdist(mean[lash], mean[skin]).amin(1)
        out = torch.zeros(len(mean), device=self.device)
        out[lash] = (away / away.max()).clamp(0, 1)
        return out

    def _lock_numbers(self) -> Tensor:
        return torch.arange(LOCKS, device=self.device).repeat_interleave(len(self.scalp.place) // LOCKS).float()

    def _dressed(self, skin: Tensor, person: Person) -> Tensor:
        """Skin (B, W, 3), pushed out where there is cloth."""
        rest = self.rest[self.spans[0]]
        above = cloth_height(rest[None], person.cloth_shape[:, None])
        collar = torch.exp(-((above / 0.05) ** 2)) * person.cloth_shape[:, None, 2] * 0.03
        out = (0.05 * step(-above, -0.0, 0.06) + collar)[..., None]
        return skin + vertex_normals(skin, self.anatomy.quads) * out

    def _sheet_normals(self, points: Tensor, start: int) -> Tensor:
        """Normals (B, N, 3) of glasses and hair, whose vertices begin at `start`."""
        triangles = self.triangles[self.part >= GLASSES] - start
        a, b, c = (points[:, triangles[:, corner]] for corner in range(3))
        face = torch.linalg.cross(b - a, c - a)
        total = torch.zeros_like(points)
        for corner in range(3):
            total.index_add_(1, triangles[:, corner], face)
        return F.normalize(total, dim=-1, eps=1e-12)

    def _drawn(self, person: Person, root: Tensor, cut: Cut) -> Tensor:
        """(B, T)."""
        drawn = torch.ones(len(root), len(self.triangles), dtype=torch.bool, device=self.device)
        drawn[:, self.part == GLASSES] = person.glasses[:, :1] > 0.5
        locks = root > 0.5
        if cut.only_guides:
            locks = locks & (torch.arange(LOCKS, device=self.device) < 150)
        drawn[:, self.first_hair :] = locks[:, self.scalp.lock_of]
        return drawn

    def _irises(self, person: Person, shot: Shot, centers: Tensor, axes: Tensor, size: float) -> Tensor:
        """Center, right, up, left and down end of the right and the left iris, (B, 10, 3)."""
        angle = (person.iris_size * size)[:, None]
        ring = torch.tensor(((0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)), device=self.device)
        flat = angle.sin()[..., None] * ring
        depth = torch.where(ring.abs().sum(1) > 0, angle.cos(), torch.ones_like(angle))
        local = torch.cat((flat, depth[..., None]), -1)
        turned = torch.einsum("bij,bej->bei", gaze_rotation(shot.gaze), local)
        return (centers[:, :, None] + turned[:, None] * axes[:, :, None]).flatten(1, 2)

    def _landmarks(self, position: Tensor, irises: Tensor, shot: Shot, pixels: Tensor, side: int) -> Tensor:
        """(B, 478, 3) pixels, z away from the camera, of positions in camera space."""
        corners, weights = self.anatomy.landmarks
        skin = (position[:, corners] * weights[..., None]).sum(2)
        points = torch.cat((skin, irises), 1)
        flat = project(points, shot, pixels, side, shot.distance)[..., :2]
        return torch.cat((flat, -points[..., 2:] * pixels[:, None, None]), -1)


def _chance(number: Tensor) -> Tensor:
    """The same random value 0..1 for the same number."""
    return torch.frac(torch.sin(number * 12.9898) * 43758.547).abs()


def project(position: Tensor, shot: Shot, pixels: Tensor, side: int, near: Tensor) -> Tensor:
    """Camera space (B, N, 3) -> x, y in pixels and nearness, (B, N, 3)."""
    depth = shot.distance[:, None] - position[..., 2]
    scale = pixels[:, None] * shot.distance[:, None] / depth
    x = side * (0.5 + shot.frame[:, None, 0]) + scale * position[..., 0]
    y = side * (0.5 + shot.frame[:, None, 1]) - scale * position[..., 1]
    return torch.stack((x, y, near[:, None] / depth), -1)


def turn_matrix(turn: Tensor) -> Tensor:
    """Rotations (B, 3, 3) for yaw to the picture's right, pitch up and roll clockwise, (B, 3) radians."""
    (cy, cp, cr), (sy, sp, sr) = turn.cos().unbind(1), turn.sin().unbind(1)
    zero, one = torch.zeros_like(cy), torch.ones_like(cy)
    yaw = torch.stack((cy, zero, sy, zero, one, zero, -sy, zero, cy), -1).view(-1, 3, 3)
    pitch = torch.stack((one, zero, zero, zero, cp, sp, zero, -sp, cp), -1).view(-1, 3, 3)
    roll = torch.stack((cr, sr, zero, -sr, cr, zero, zero, zero, one), -1).view(-1, 3, 3)
    return roll @ yaw @ pitch


def warp_rigid(points: Tensor, proportions: Proportions) -> Tensor:
    """Glasses with a head of other width."""
    return points * points.new_tensor((proportions.width, 1.0, 1.0))


def _turned(points: Tensor, turn: Tensor) -> Tensor:
    """Points (B, N, 3) turned about the neck."""
    pivot = points.new_tensor(NECK)
    return (points - pivot) @ turn.transpose(1, 2) + pivot


def _blend_turn(points: Tensor, turn: Tensor, head: Tensor) -> Tensor:
    """Points turned with the head where `head` (V,) is 1, a third as much with the body."""
    return torch.lerp(_turned(points, _partly(turn, 0.35)), _turned(points, turn), head[:, None])


def _blend_rotation(vectors: Tensor, turn: Tensor, head: Tensor) -> Tensor:
    return torch.lerp(vectors @ _partly(turn, 0.35).transpose(1, 2), vectors @ turn.transpose(1, 2), head[:, None])


def _partly(turn: Tensor, share: float) -> Tensor:
    """A rotation by about a share of another one, (B, 3, 3)."""
    mixed = torch.eye(3, device=turn.device) * (1 - share) + turn * share
    u, _s, v = torch.linalg.svd(mixed)
    return u @ v
