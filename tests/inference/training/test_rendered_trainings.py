# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that learn from rendered people: of pairs of photograph and style, and of what the mesh engine plays."""

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from pastiche.bridge.errors import InputError  # noqa: E402
from pastiche.inference.faces import topology  # noqa: E402
from pastiche.inference.media.pictures import read_picture  # noqa: E402
from pastiche.inference.training.heads import traits  # noqa: E402
from pastiche.inference.training.heads.data_set import Heads, HeadSet, write_set  # noqa: E402
from pastiche.inference.training.heads.palette import recolored  # noqa: E402
from pastiche.inference.training.heads.person import draw_person, draw_shot, is_posterlike  # noqa: E402
from pastiche.inference.training.loop import train  # noqa: E402
from pastiche.inference.training.pairs import PairsStage  # noqa: E402
from pastiche.inference.training.pairs.drawing import draw_ways  # noqa: E402
from pastiche.inference.training.pairs.likeness import unlike  # noqa: E402
from pastiche.inference.training.pairs.pairs_stage import _colored  # noqa: E402
from pastiche.inference.training.puppets import PuppetsStage  # noqa: E402
from pastiche.inference.training.puppets.taught_keypoints import COUNT, taught_keypoints  # noqa: E402
from pastiche.inference.weights.safe_open import load_tensors, open_checkpoint  # noqa: E402
from pastiche.vendor.dualstylegan.network import DualStyleGAN  # noqa: E402
from pastiche.vendor.fomm.checkpoint import build_networks  # noqa: E402
from pastiche.vendor.psp.psp import PSp  # noqa: E402

PAIRS = {"size": 64, "style_dim": 16, "width": 0.1, "seen": 32, "batch": 4, "held_out": 1, "precision": "FLOAT32"}
PUPPETS = {"size": 128, "width": 0.05, "portraits": 5, "moments": 3, "batch": 2, "precision": "FLOAT32"}


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    heads = Heads(HeadSet(("photo", "toon"), side=64, finer=1, batch=2, exemplars=2))
    write_set(heads, folder, 4, 0, lambda done, total: None)
    return folder, heads


@pytest.fixture(scope="module")
def pairs(people, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traits, "SAMPLE", 60)
        stage = PairsStage(str(people[0]), PAIRS | {"steps_64": 12, "steps": 12}, "CPU")
        folder = tmp_path_factory.mktemp("pairs")
        stage.prepare(folder, lambda done, total: None)
    return stage, folder, train(stage, folder, "tiny", 12, 12, 0)


def test_colors_are_lent_and_shapes_stay(people):
    _folder, heads = people
    person, shot = heads.cast([0])
    lender = heads.exemplar("toon", 1)
    again, light = recolored(person, shot, lender)
    assert torch.equal(again.hair_color, lender[0].hair_color) and torch.equal(again.targets, person.targets)
    assert torch.equal(light.backdrop_colors, lender[1].backdrop_colors) and torch.equal(light.turn, shot.turn)
    assert torch.equal(again.haircut.width, person.haircut.width)


def test_every_exemplar_could_be_on_a_poster_and_is_always_the_same(people):
    heads = people[1]
    for index in range(4):
        person, _shot = heads.exemplar("anime", index)
        assert is_posterlike(dataclasses.replace(person, glasses=person.glasses[0], age=float(person.age)))
    first, again = (heads.exemplar("toon", 2)[0].hair_color for _ in range(2))
    assert torch.equal(first, again)


def test_recolored_pictures_differ_in_color_and_not_in_outline(people):
    folder = people[0]
    names = ("toon", "toon_recolored")
    own, worn = (read_picture(folder / name / "000000.png")[..., :3].astype(float) for name in names)
    assert np.abs(own - worn).mean() > 8
    with np.load(folder / "truth" / "000000.npz") as truth:
        assert truth["exemplar_toon"].shape == (2,) and truth["exemplar_toon"].max() < 2
    assert len(list((folder / "exemplars" / "toon").glob("*.png"))) == 2


def test_traits_are_normal_and_tell_people_apart(people):
    anatomy = people[1].stage.anatomy
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traits, "SAMPLE", 200)
        found = traits.Traits(anatomy.targets, anatomy.units, 24)
    dice = np.random.default_rng(3)
    many = found([(draw_person(dice, anatomy.targets), draw_shot(dice, anatomy.units)) for _ in range(100)])
    assert many.shape == (100, 24) and many.dtype == np.float32
    assert abs(many.mean()) < 0.05 and 0.8 < many.std() < 1.15
    distances = np.linalg.norm(many[:, None] - many[None], axis=2) + 10 * np.eye(100)
    assert distances.min() > 1.0


def test_three_ways_at_once_are_the_three_ways_apart(pairs):
    dual = pairs[0]._networks.dual.eval()
    torch.manual_seed(0)
    slots = dual.shape.generator.slots
    plain, portrait, extrinsic = (torch.randn(2, slots, 16) for _ in range(3))
    with torch.no_grad():
        colors = (plain, portrait, _colored(dual, extrinsic))
        made = draw_ways(dual, plain, portrait, extrinsic, colors, 64, torch.float32)
        n = dual.shape.structure_slots
        kept = [1.0] * n + [0.0] * (slots - n)
        wanted = (
            dual(plain, extrinsic, [0.0] * slots),
            dual(portrait, extrinsic, kept),
            dual(portrait, extrinsic, [1.0] * slots),
        )
        assert torch.allclose(made, torch.cat(wanted), atol=1e-4)
        window = (slice(4, 28), slice(0, 24))
        part = draw_ways(dual, plain, portrait, extrinsic, colors, 64, torch.float32, window)
    assert torch.allclose(part[..., 6:-6, 6:-6], made[..., 8:56, 0:48][..., 6:-6, 6:-6], atol=1e-4)


def test_unlikeness_counts_what_is_looked_at():
    wanted = torch.zeros(1, 3, 32, 32)
    made, weight = wanted.clone(), torch.ones(1, 1, 32, 32)
    made[..., 4:8, 4:8] = 1
    assert unlike(wanted, wanted, weight, 1.0) == 0
    low = unlike(made, wanted, weight, 1.0)
    weight[..., 4:8, 4:8] = 9
    assert unlike(made, wanted, weight, 1.0) > 2 * low


def test_losses_of_pairs_go_down_and_the_files_open(pairs):
    _stage, folder, lines = pairs
    losses = [sum(line["losses"][name] for name in ("portrait", "colors kept", "colors taken")) for line in lines]
    assert np.mean(losses[-3:]) < 0.9 * np.mean(losses[:3])
    found = open_checkpoint(folder / "weights.pth.tar")
    dual = DualStyleGAN.from_state(load_tensors(found["g_ema"]))
    encoder = PSp.from_checkpoint({"state_dict": load_tensors(found["state_dict"]), "opts": {}})
    assert dual.shape.generator.size == 64 and encoder.encoder.shape.side == 32
    assert encoder(torch.zeros(1, 3, 64, 64)).shape == (1, dual.shape.generator.slots, 16)
    assert list(found["exemplars"]) == ["toon_00", "toon_01"]


def test_pairs_go_on_from_weights_of_the_same_sizes(pairs, people):
    weights = str(pairs[1] / "weights.pth.tar")
    again = PairsStage(str(people[0]), PAIRS | {"start": weights}, "CPU")
    state = pairs[0].weights()["g_ema"]
    assert all(torch.equal(value, again._networks.dual.state_dict()[name]) for name, value in state.items())
    with pytest.raises(InputError, match="cannot be gone on from"):
        PairsStage(str(people[0]), PAIRS | {"start": weights, "style_dim": 32}, "CPU")


def test_pairs_refuse_folders_without_pairs(tmp_path):
    with pytest.raises(InputError, match="holds no rendered people"):
        PairsStage(str(tmp_path), PAIRS, "CPU")
    write_set(Heads(HeadSet(("photo",), side=32, finer=1)), tmp_path / "photos", 1, 0, lambda done, total: None)
    with pytest.raises(InputError, match="no pairs"):
        PairsStage(str(tmp_path / "photos"), PAIRS, "CPU")


def test_taught_jacobians_turn_and_grow_with_the_face():
    face = topology.canonical_shape()[None] * 8 + 128
    angle = 0.4
    turn = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle)))) * 1.3
    moved = (face[..., :2] - 128) @ turn.T + 128
    value, jacobian = taught_keypoints(np.concatenate((face[..., :2], moved)), 256)
    assert value.shape == (2, COUNT, 2) and jacobian.shape == (2, COUNT, 2, 2)
    between = jacobian[1] @ np.linalg.inv(jacobian[0])
    assert np.allclose(between, turn, atol=1e-3)
    assert value.min() > -1 and value.max() < 1


def test_puppets_teach_and_are_not_played_twice(people, tmp_path):
    stage = PuppetsStage(str(people[0]), PUPPETS | {"steps": 8}, "CPU")
    stage.prepare(tmp_path, lambda done, total: None)
    played = sorted((tmp_path / "puppets").glob("*.npz"))
    before = [path.stat().st_mtime_ns for path in played]
    lines = train(stage, tmp_path, "tiny", 8, 8, 0)
    assert np.mean([line["losses"]["places"] for line in lines[-3:]]) < lines[0]["losses"]["places"]
    found = open_checkpoint(tmp_path / "weights.pth.tar")
    parts = {name: load_tensors(found[name], name) for name in ("kp_detector", "generator")}
    detector, _generator = build_networks(**parts, align_corners=True)
    assert detector.configuration.num_kp == COUNT
    again = PuppetsStage(str(people[0]), PUPPETS, "CPU")
    again.prepare(tmp_path, lambda done, total: None)
    assert [path.stat().st_mtime_ns for path in played] == before


def test_puppets_refuse_a_folder_without_pictures(tmp_path):
    with pytest.raises(InputError, match="no pictures"):
        PuppetsStage(str(tmp_path), PUPPETS, "CPU")


def test_puppets_refuse_a_single_portrait(people, tmp_path):
    stage = PuppetsStage(str(people[0]), PUPPETS | {"portraits": 1}, "CPU")
    with pytest.raises(InputError, match="not enough"):
        stage.prepare(tmp_path, lambda done, total: None)
