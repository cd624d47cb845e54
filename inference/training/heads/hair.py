# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair grown as locks: curved ribbons from the scalp of the mean head, for a batch of haircuts at once.

Locks are combed, fall, curl and keep off the head on the mean head; another head carries them along (head_map.py).
Not for: lengths and shapes (haircuts.py), how hair shines (surfaces.py).
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .anatomy import SKIN, Anatomy, vertex_normals
from .haircuts import Haircut
from .head_map import HeadMap
from .noise import noise
from .regions import hair_area

LOCKS, GUIDES = 720, 150  # every lock has one of the first GUIDES as its guide
STEPS, COLUMNS = 12, 4  # points along a lock and across it
ACROSS = torch.linspace(-1, 1, COLUMNS)


@dataclass
class Locks:
    """Hair of a batch, in the mean head's space.

    points: (B, L * STEPS * COLUMNS, 3).   along: tangents, the same shape.   root: (B, L), how much a lock is there.
    """

    points: Tensor
    along: Tensor
    root: Tensor


class Scalp:
    """Where locks grow on the mean head, and the ribbons' triangles."""

    def __init__(self, anatomy: Anatomy, head_map: HeadMap) -> None:
        device = anatomy.device
        mean = anatomy.refine(anatomy.mean[None])
        normals = vertex_normals(mean, anatomy.quads)[0]
        corners = anatomy.quads[anatomy.parts == SKIN]
        mask = anatomy.mask("scalp")[corners].mean(1)
        place, normal = mean[0][corners].mean(1), normals[corners].mean(1)
        behind = hair_area(place)
        found = (mask > 0.3) & (behind > 0.0)
        order = _spread_out(place[found].cpu().numpy(), LOCKS)
        self.roots, self.normals = place[found][order], F.normalize(normal[found][order], dim=-1)
        self.behind = behind[found][order]
        self.guide = torch.cdist(self.roots, self.roots[:GUIDES]).argmin(1)
        self.map = head_map
        dice = np.random.default_rng(7)
        self.random = torch.from_numpy(dice.random((LOCKS, 4)).astype(np.float32)).to(device)
        self.triangles = _ribbons().to(device)
        self.lock_of = torch.arange(LOCKS, device=device).repeat_interleave(len(self.triangles) // LOCKS)
        t = torch.linspace(0, 1, STEPS)[:, None].expand(STEPS, COLUMNS)
        u = ACROSS.expand(STEPS, COLUMNS)
        self.place = (
            torch.stack((u, t), -1).reshape(-1, 2).repeat(LOCKS, 1).to(device)
        )  # (u across, t along) per vertex

    def grow(self, cut: Haircut, clumps: float = 0.0, is_blunt: bool = True) -> Locks:
        """Locks for haircuts of shape (B,).

        clumps: 0 every lock for itself .. 1 as one with its guide.   is_blunt: else locks end in points.
        """
        centers = self._centers(cut)
        guide = centers[:, self.guide]
        t = torch.linspace(0, 1, STEPS, device=centers.device)[:, None]
        centers = centers + (guide - centers) * clumps * t**0.7 * 0.85
        return self._ribbons(cut, centers, is_blunt)

    def _centers(self, cut: Haircut) -> Tensor:
        """The middle lines, (B, L, STEPS, 3)."""
        c = {name: value[:, None] for name, value in vars(cut).items()}  # (B, 1) against (L,)
        roots, normals = self.roots, self.normals
        x, y, z = roots.unbind(-1)
        fringe = torch.sigmoid((y - 0.42) * 14) * torch.sigmoid((z + 0.3) * 12)
        sides = torch.sigmoid((x.abs() - 0.5) * 16) * torch.sigmoid((0.5 - y) * 9) * torch.sigmoid((z + 1.1) * 10)
        back = torch.sigmoid((-0.95 - z) * 9) * torch.sigmoid((0.55 - y) * 9)
        rest = (1 - torch.maximum(torch.maximum(fringe, sides), back)).clamp(min=0)
        total = fringe + sides + back + rest
        length = (c["fringe"] * fringe + c["sides"] * sides + c["back"] * back + c["top"] * rest) / total
        length = length * (1 + c["ragged"] * (self.random[:, 0] - 0.6))
        forward = c["forward"] * (1 - fringe) + c["fringe_forward"] * fringe
        side = torch.tanh((x - c["part"]) / 0.1) * c["spread"] * (y > 0.2)
        comb = torch.stack(torch.broadcast_tensors(side, -0.4 - 0.6 * c["gravity"] * (1 - y.clamp(0, 1)), forward), -1)
        comb = comb - (comb * normals).sum(-1, keepdim=True) * normals
        tied = torch.stack(torch.broadcast_tensors(x * 0, c["tie_height"], x * 0 - 1.72), -1)
        direction = F.normalize(comb + normals * c["lift"][..., None] + 0.25 * (self.random[:, 1:] - 0.5), dim=-1)
        point = roots + normals * 0.005
        step = length[..., None] / (STEPS - 1)
        thickness = c["volume"] * (0.25 + 0.75 * self.random[:, 3]) + 0.012
        points = [point.expand_as(direction)]
        bare = 1 - fringe * torch.sigmoid((c["fringe_forward"] - 0.9) * 12)  # bangs may hang into the face
        flow = F.normalize(comb, dim=-1, eps=1e-6)
        down = torch.tensor((0.0, -1.0, 0.0), device=roots.device)
        for index in range(1, STEPS):
            pull = F.normalize(tied - points[-1], dim=-1)
            px, py, pz = points[-1].unbind(-1)
            before_face = (
                torch.sigmoid((pz + 0.05) * 14) * torch.sigmoid((0.6 - px.abs()) * 14) * torch.sigmoid((0.5 - py) * 9)
            )
            aside = torch.stack((torch.sign(px) * before_face, px * 0, -0.5 * before_face), -1) * bare[..., None]
            heading = direction + (down * c["gravity"][..., None] * 4.5 + aside * 16) * step
            heading = heading + flow * (1 - index / 5) * 0.5 if index < 5 else heading
            direction = F.normalize(heading + (pull - heading) * c["tie"][..., None] * 0.55, dim=-1)
            moved = points[-1] + direction * step
            rise = min(1.0, index / 4)
            moved = self.map.keep_off(moved, thickness * rise)
            direction = F.normalize(moved - points[-1], dim=-1, eps=1e-6)
            points.append(moved)
        centers = torch.stack(points, 2)
        t = torch.linspace(0, 1, STEPS, device=roots.device)
        angle = t * (c["twist"] * length)[..., None] * 6.28 + self.random[:, 1:2] * 6.28
        curl = c["curl"][..., None] * t.clamp(max=0.25) * 4
        sway = noise(centers.reshape(-1, 3) + 3.0, 2.5)[:, :3].view_as(centers) - 0.5
        wave = torch.stack((angle.cos(), 0.5 * angle.sin(), angle.sin()), -1) * curl[..., None]
        return centers + wave + sway * (0.1 * t * length[..., None].clamp(max=1.0))[..., None]

    def _ribbons(self, cut: Haircut, centers: Tensor, is_blunt: bool) -> Locks:
        """Ribbons around middle lines (B, L, STEPS, 3)."""
        batch = len(centers)
        ahead = torch.cat((centers[:, :, 1:], 2 * centers[:, :, -1:] - centers[:, :, -2:-1]), 2)
        along = F.normalize(ahead - torch.cat((centers[:, :, :1], centers[:, :, :-1]), 2), dim=-1, eps=1e-6)
        outward = self.map.outward(centers)
        across = F.normalize(torch.linalg.cross(along, outward), dim=-1, eps=1e-6)
        outward = torch.linalg.cross(across, along)
        t = torch.linspace(0, 1, STEPS, device=centers.device)
        random = self.random[:, 2:3]
        width = (
            cut.width[:, None, None]
            * (0.7 + 0.6 * random)
            * ((1 - 0.72 * t**3) if is_blunt else (1 - t**2.4 * 0.98))
            * (0.75 + 0.25 * (t * 4).clamp(max=1))
        )
        u = ACROSS.to(centers.device)
        points = (
            centers[..., None, :]
            + across[..., None, :] * (width[..., None] * u)[..., None]
            + outward[..., None, :] * (width[..., None] * 0.4 * (1 - u**2))[..., None]
        )
        length = (centers[:, :, 1:] - centers[:, :, :-1]).norm(dim=-1).sum(-1)
        top = torch.sigmoid((self.roots[:, 1] - 0.35) * 12)
        recede = cut.recede[:, None] * 0.9 * top > self.behind
        shown = (length > 0.012) & (self.random[:, 3] < cut.density[:, None]) & ~recede
        flat = along[..., None, :].expand_as(points)
        return Locks(points.reshape(batch, -1, 3), flat.reshape(batch, -1, 3), shown.float())


def _ribbons() -> Tensor:
    """Triangles (T, 3) of all locks, the same number each."""
    index = torch.arange(LOCKS * STEPS * COLUMNS).view(LOCKS, STEPS, COLUMNS)
    a, b, c, d = index[:, :-1, :-1], index[:, :-1, 1:], index[:, 1:, 1:], index[:, 1:, :-1]
    return torch.stack((torch.stack((a, b, c), -1), torch.stack((a, c, d), -1)), -2).reshape(-1, 3)


def _spread_out(points: np.ndarray, count: int) -> Tensor:
    """Indices of `count` points (N, 3), each as far as can be from those before it."""
    chosen = [int(points[:, 1].argmax())]
    distance = np.full(len(points), np.inf)
    for _ in range(min(count, len(points)) - 1):
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(1))
        chosen.append(int(distance.argmax()))
    return torch.tensor((chosen * (count // len(chosen) + 1))[:count])
