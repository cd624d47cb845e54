# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""All of DualStyleGAN's training, end to end and tiny: from pictures of discs to a style pack that opens."""

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from pastiche.bridge.errors import InputError  # noqa: E402
from pastiche.bridge.requests import Look, PackRequest, Styling  # noqa: E402
from pastiche.inference.styles.pack_maker import make_pack  # noqa: E402
from pastiche.inference.styles.packs import open_stylist  # noqa: E402
from pastiche.inference.training.dualstylegan import (  # noqa: E402
    DestylizeStage,
    FinetuneStage,
    PretrainStage,
    RefineStage,
    SamplerStage,
)
from pastiche.inference.training.dualstylegan.both_paths import drawn  # noqa: E402
from pastiche.inference.training.dualstylegan.exemplars import read_codes  # noqa: E402
from pastiche.inference.training.loop import Folder, train  # noqa: E402
from pastiche.inference.training.psp import PSpStage  # noqa: E402
from pastiche.inference.training.stylegan2 import StyleGAN2Stage  # noqa: E402
from pastiche.inference.weights.safe_open import load_tensors, open_checkpoint  # noqa: E402
from pastiche.inference.weights.style_codes import read_style_codes  # noqa: E402
from pastiche.vendor.dualstylegan.network import DualStyleGAN  # noqa: E402
from pastiche.vendor.dualstylegan.sampler import StyleSampler  # noqa: E402
from pastiche.vendor.psp.identity import IdentityNetwork  # noqa: E402
from pastiche.vendor.psp.ir_se import BackboneShape  # noqa: E402

PER_EXEMPLAR = 12  # steps of a search


def done(kind, data, folder, settings, steps=0, seed=3):
    """A training, done: its stage and the lines of its losses."""
    torch.manual_seed(seed)
    stage = kind(str(data), settings, "CPU")
    stage.prepare(folder, lambda done, total: None)
    return stage, train(stage, folder, "tiny", steps or stage.steps, steps or stage.steps, seed)


def weights(folder):
    return str(Folder(folder).weights)


def by_step(lines, name, every):
    """A loss in the course of the searches: the mean over groups of the first and of the last of their steps."""
    values = [line["losses"][name] for line in lines]
    groups = [values[i : i + every] for i in range(0, len(values), every)]
    return np.mean([group[0] for group in groups]), np.mean([group[-1] for group in groups])


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    """An identity network of random weights."""
    torch.manual_seed(8)
    path = tmp_path_factory.mktemp("identity") / "model_ir_se50.pth"
    torch.save(IdentityNetwork(BackboneShape((16, 16, 16, 16)), features=8).eval().state_dict(), path)
    return str(path)


@pytest.fixture(scope="module")
def chain(trained, discs, green_discs, identity, tmp_path_factory):
    """Every stage once, each on what the one before made: name -> (folder, stage, lines)."""
    root, made = tmp_path_factory.mktemp("style"), {}
    natural = weights(trained[1])

    def run(name, kind, data, settings, steps=0):
        folder = root / name
        folder.mkdir()
        made[name] = folder, *done(kind, data, folder, settings, steps)
        return weights(folder)

    small = {"width": 0.1, "batch": 2, "rate": 3e-3, "likeness": 0.0, "precision": "FLOAT32", "space": "Z+", "size": 64}
    encoder = run("psp", PSpStage, discs, {"generator": natural, **small}, 6)
    pretrained = {"generator": natural, "encoder": encoder, "structure": 3, "iterations": 12, "batch": 4}
    both = run("dualstylegan", PretrainStage, discs, pretrained)
    tuned = run("tuned", StyleGAN2Stage, green_discs, {"generator": natural, "batch": 4, "augment": True}, 12)
    found = {"generator": natural, "tuned": tuned, "encoder": encoder, "identity": identity, "structure": 3}
    search = {"iterations": PER_EXEMPLAR, "batch": 2}
    codes = run("destylize", DestylizeStage, green_discs, {**found, "rate": 0.3, "noise": 1.0, **search})
    learned = {"generator": both, "codes": codes, "identity": identity, "batch": 2, "rate": 0.02, "restraint": 0.015}
    style = run("finetune", FinetuneStage, green_discs, {**learned, "iterations": 30})
    refined = {"generator": style, "codes": codes, "noise": 1.0, **search}
    better = run("refine", RefineStage, green_discs, {**refined, "structure_rate": 0.05, "color_rate": 0.05})
    run("sampler", SamplerStage, better, {"generator": style, "rows": 20, "seen": 1, "batch": 16, "hidden": 16})
    return made


def test_destylization_finds_latents_that_draw_the_portraits(chain, green_discs):
    folder, stage, lines = chain["destylize"]
    assert stage.steps == 3 * PER_EXEMPLAR == len(lines)  # five portraits in groups of two
    first, last = by_step(lines, "likeness", PER_EXEMPLAR)
    assert last < 0.95 * first
    assert {"likeness", "calm", "noise", "person"} == set(lines[0]["losses"])
    names, extrinsic, intrinsic = read_codes(weights(folder), torch.device("cpu"))
    assert names == tuple(f"{number:02d}.png" for number in range(5))
    assert extrinsic.shape == intrinsic.shape == (5, 6, 16)
    assert torch.equal(extrinsic[:, 4:], intrinsic[:, 4:])  # color slots stay
    assert not torch.equal(extrinsic[:, :4], intrinsic[:, :4])


def test_a_destylization_that_was_interrupted_ends_alike(chain, green_discs, trained, identity, tmp_path):
    folder, stage, lines = chain["destylize"]
    settings = dict(vars(stage._settings))
    for steps in (PER_EXEMPLAR + 5, stage.steps):  # in the middle of the second group
        again, resumed = done(DestylizeStage, green_discs, tmp_path, settings, steps)
    assert resumed[-1]["losses"] == pytest.approx(lines[-1]["losses"], rel=1e-4)
    assert torch.allclose(again._intrinsic.values, stage._intrinsic.values, atol=1e-4)


def test_unfinished_codes_are_told_from_finished_ones(chain, green_discs, tmp_path):
    settings = dict(vars(chain["destylize"][1]._settings))
    done(DestylizeStage, green_discs, tmp_path, settings, PER_EXEMPLAR)
    assert len(read_style_codes(Folder(tmp_path).weights).names) == 5
    with pytest.raises(InputError, match="lacks the natural faces of 3 exemplars"):
        read_codes(weights(tmp_path), torch.device("cpu"))


def test_fine_tuning_learns_from_every_loss(chain):
    folder, stage, lines = chain["finetune"]
    even, odd = (set().union(*(line["losses"] for line in lines[start::2])) for start in (0, 1))
    both = {"discriminator", "adversarial", "contextual", "matching", "person", "restraint"}
    assert odd == both | {"likeness"}  # exemplars' own faces; regularizations fall on even steps here
    assert even == both | {"R1", "path length"}
    assert all(np.isfinite(list(line["losses"].values())).all() for line in lines)


def told(stage):
    """What the exemplars' own faces in their styles are told by, apart from the discriminator, always on the same."""
    torch.manual_seed(5)
    rows = list(range(5))
    with torch.no_grad():
        faces = stage._faces(rows, is_paired=True)
        made = drawn(stage._network, faces, stage._styles[rows], fresh=False)
        found = stage._losses(made, faces, rows, is_paired=True)
    return sum(float(found[name]) for name in ("likeness", "contextual", "matching"))


def test_fine_tuning_comes_nearer_to_the_exemplars(chain, green_discs, tmp_path):
    stage = chain["finetune"][1]
    before = FinetuneStage(str(green_discs), dict(vars(stage._settings)), "CPU")
    before.prepare(tmp_path, lambda done, total: None)
    assert told(stage) < 0.9 * told(before)


def test_fine_tuning_leaves_the_natural_path_alone(chain, trained):
    original = load_tensors(open_checkpoint(Folder(trained[1]).weights)["g_ema"], "g_ema")
    network = DualStyleGAN.from_state(load_tensors(open_checkpoint(Folder(chain["finetune"][0]).weights)["g_ema"]))
    for name, value in network.generator.state_dict().items():
        assert torch.equal(value, original[name])


def test_refined_codes_draw_their_exemplars_better(chain):
    folder, stage, lines = chain["refine"]
    (first, last), (away, near) = (by_step(lines, name, PER_EXEMPLAR) for name in ("likeness", "contextual"))
    assert last + near < 0.97 * (first + away)
    before = read_codes(weights(chain["destylize"][0]), torch.device("cpu"))
    after = read_codes(weights(folder), torch.device("cpu"))
    assert before[0] == after[0] and torch.equal(before[2], after[2])
    assert not torch.equal(before[1], after[1])


def test_the_sampler_comes_near_the_codes_and_opens(chain):
    folder, stage, lines = chain["sampler"]
    for name in ("structure", "color"):
        values = [line["losses"][name] for line in lines]
        assert np.mean(values[-10:]) < 0.7 * np.mean(values[:10])
    contents = open_checkpoint(Folder(folder).weights)
    sampler = StyleSampler.from_checkpoint({name: load_tensors(contents[name]) for name in ("structure", "color")})
    assert sampler.draw(0, 16).shape == (8, 6, 16)


def test_every_stage_leaves_sheets_and_curves(chain):
    for folder, _stage, _lines in chain.values():
        assert len(list((folder / "sheets").iterdir())) == 2
        assert Folder(folder).plot.is_file()


def test_all_of_it_becomes_a_style_pack(chain, green_discs, tmp_path):
    parts = {"generator": "finetune", "codes": "refine", "sampler": "sampler", "encoder": "psp"}
    files = {part: weights(chain[stage][0]) for part, stage in parts.items()}
    pack = make_pack(PackRequest("", "", str(tmp_path / "pack"), name="Green", pictures=str(green_discs), **files))
    assert [exemplar.name for exemplar in pack.facts.exemplars] == [f"{number:02d}.png" for number in range(5)]
    assert all(exemplar.thumbnail for exemplar in pack.facts.exemplars) and len(pack.facts.sources) == 4
    stylist = open_stylist(Styling(str(pack.folder)))
    assert stylist.encoder.space == pack.facts.space == "Z+"
    face = stylist.encoder.code(np.full((256, 256, 3), 128, np.uint8), stylist.style)
    pictures = [stylist.style.picture(face, look) for look in (Look(1), Look(2), Look(random=3))]
    assert {picture.shape for picture in pictures} == {(16, 16, 3)}
    assert not np.array_equal(pictures[0], pictures[1])


def test_a_pack_needs_codes_beside_its_generator(chain, tmp_path):
    generator = weights(chain["finetune"][0])
    with pytest.raises(InputError, match="No codes of exemplars"):
        make_pack(PackRequest("", "", str(tmp_path / "pack"), generator=generator))
    with pytest.raises(InputError, match="neither generator"):
        make_pack(PackRequest("", "", str(tmp_path / "pack")))


def test_what_does_not_fit_is_refused_with_a_remedy(chain, discs, green_discs, trained, tmp_path):
    natural, both = weights(trained[1]), weights(chain["dualstylegan"][0])
    codes = weights(chain["destylize"][0])
    given = {"generator": natural, "tuned": natural, "encoder": weights(chain["psp"][0]), "structure": 3}
    for kind, settings, complaint in (
        (DestylizeStage, {**given, "encoder": ""}, "No encoder is given"),
        (DestylizeStage, {**given, "tuned": both}, "generator"),
        (FinetuneStage, {"generator": both}, "No codes of the exemplars"),
        (FinetuneStage, {"generator": natural, "codes": codes}, "network of both paths"),
        (RefineStage, {"generator": both, "codes": natural}, "no extrinsic codes"),
    ):
        with pytest.raises(InputError, match=complaint) as caught:
            kind(str(green_discs), settings, "CPU")
        assert caught.value.remedy
    with pytest.raises(InputError, match="5 exemplars have no picture"):
        FinetuneStage(str(tmp_path_with(tmp_path, discs)), {"generator": both, "codes": codes}, "CPU")


def tmp_path_with(folder, source):
    """A folder with one picture of another, renamed."""
    (folder / "other.png").write_bytes(next(source.glob("*.png")).read_bytes())
    return folder


def test_an_encoder_of_w_plus_does_not_destylize(chain, green_discs, discs, trained, tmp_path):
    small = {"width": 0.1, "batch": 2, "likeness": 0.0, "precision": "FLOAT32", "size": 64}
    done(PSpStage, discs, tmp_path, {"generator": weights(trained[1]), **small}, 1)
    given = {"generator": weights(trained[1]), "tuned": weights(trained[1]), "structure": 3}
    with pytest.raises(InputError, match=r"W\+"):
        DestylizeStage(str(green_discs), {**given, "encoder": weights(tmp_path)}, "CPU")


def test_sheets_can_be_looked_at(chain, tmp_path_factory):
    """Each has as many pictures as titles."""
    for _folder, stage, _lines in chain.values():
        sheet = stage.sheet()
        assert all(len(row) == len(sheet.titles) for row in sheet.rows)
        sizes = {picture.shape for picture in itertools.chain(*sheet.rows)}
        assert len(sizes) == 1
