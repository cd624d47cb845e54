# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authors' files as a pack: the same pictures come out, and what does not fit is named."""

import shutil

import numpy as np
import pytest
import torch
from pastiche.bridge.errors import InputError
from pastiche.bridge.requests import Look, PackRequest, Styling
from pastiche.bridge.style_pack import packed, read_pack, write_facts
from pastiche.inference.jobs import perform
from pastiche.inference.styles.pack_maker import make_pack
from pastiche.inference.styles.packs import open_stylist, styling_inputs
from PIL import Image


def request(source, folder, **changes):
    return PackRequest(str(folder.with_name("job")), str(source), str(folder), **changes)


@pytest.fixture
def pack(published, tmp_path):
    return make_pack(request(published, tmp_path / "pack", name="Toon", license="CC0"))


def test_a_pack_draws_what_the_authors_files_draw(pack, stylist, picture, face):
    packed_stylist = open_stylist(Styling(str(pack.folder)))
    for look in (Look(), Look(exemplar="c_1", keep_color=True), Look(random=5, noise=2)):
        again = packed_stylist.stylize(picture, face(), look)
        assert np.array_equal(again, stylist.stylize(picture, face(), look))


def test_it_says_what_it_was_made_from(pack, published):
    facts = read_pack(pack.folder).facts
    assert (facts.name, facts.license, facts.size, facts.space) == ("Toon", "CC0", 64, "Z+")
    assert [each.name for each in facts.exemplars] == ["c_0.jpg", "c_1.jpg", "c_2.jpg"] and facts.drawn_thumbnails
    assert facts.sources["generator.pt"] == packed(published / "generator.pt").sha256
    assert set(facts.sources) == {"generator.pt", "refined_exstyle_code.npy", "sampler.pt", "encoder.pt"}
    thumbnails = [Image.open(pack.verified(each.thumbnail)) for each in facts.exemplars]
    assert all(each.size == (64, 64) for each in thumbnails)
    assert not np.array_equal(*map(np.asarray, thumbnails[:2]))


def test_thumbnails_are_the_exemplars_own_pictures_where_there_are_any(published, tmp_path):
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (400, 200), (200, 30, 30)).save(tmp_path / "pictures" / "c_1.png")
    facts = make_pack(request(published, tmp_path / "pack", pictures=str(tmp_path / "pictures"))).facts
    assert [bool(each.thumbnail) for each in facts.exemplars] == [False, True, False] and not facts.drawn_thumbnails
    assert Image.open(tmp_path / "pack" / facts.exemplars[1].thumbnail).size == (128, 64)


def test_an_encoder_beside_serves_a_style_without_one(pack, published, tmp_path):
    for name, files in (("style", ("generator.pt", "exstyle_code.npy")), ("reader", ("encoder.pt",))):
        (tmp_path / "files" / name).mkdir(parents=True)
        for file in files:
            shutil.copy(published / file, tmp_path / "files" / name)
    alone = tmp_path / "alone"
    alone.mkdir()
    style = make_pack(request(tmp_path / "files" / "style", alone / "style"))
    with pytest.raises(InputError, match="no encoder that reads faces, and none lies beside"):
        open_stylist(Styling(str(style.folder)))
    reader = make_pack(request(tmp_path / "files" / "reader", alone / "reader", space="W+"))
    assert not reader.has_style and reader.facts.size == 0
    assert open_stylist(Styling(str(style.folder))).encoder.space == "W+"
    assert open_stylist(Styling(str(style.folder), encoder=str(pack.folder))).encoder.space == "Z+"
    with pytest.raises(InputError, match="holds an encoder and no style"):
        open_stylist(Styling(str(reader.folder)))
    with pytest.raises(InputError, match="has no encoder"):
        open_stylist(Styling(str(style.folder), encoder=str(style.folder)))


def test_inputs_follow_the_files_and_not_their_place(pack, tmp_path):
    before = styling_inputs(Styling(str(pack.folder)))
    shutil.move(pack.folder, tmp_path / "elsewhere")
    assert styling_inputs(Styling(str(tmp_path / "elsewhere"))) == before
    assert styling_inputs(Styling(str(tmp_path / "elsewhere"), Look(color=0.5))) != before


def test_a_file_swapped_under_its_name_is_refused(pack):
    other = pack.folder / "generator.safetensors"
    data = bytearray(other.read_bytes())
    data[-1] ^= 1
    other.write_bytes(data)
    with pytest.raises(InputError, match="generator.safetensors is not the file"):
        open_stylist(Styling(str(pack.folder)))


@pytest.mark.parametrize("name", ["generator", "exemplars", "encoder", "sampler"])
def test_a_pack_whose_files_are_of_another_kind_is_refused(pack, name):
    """A liar who also gives the right hashes."""
    other = "exemplars" if name != "exemplars" else "sampler"
    shutil.copy(pack.folder / f"{other}.safetensors", pack.folder / f"{name}.safetensors")
    facts = pack.facts
    facts.files[f"{name}.safetensors"] = packed(pack.folder / f"{name}.safetensors")
    write_facts(pack.folder, facts)
    with pytest.raises(InputError, match="does not fit together|are not 3 codes"):
        open_stylist(Styling(str(pack.folder)))


def test_what_is_no_tensor_file_is_refused(pack):
    (pack.folder / "exemplars.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      " + b"x" * 10)
    pack.facts.files["exemplars.safetensors"] = packed(pack.folder / "exemplars.safetensors")
    write_facts(pack.folder, pack.facts)
    with pytest.raises(InputError, match="exemplars.safetensors is damaged"):
        open_stylist(Styling(str(pack.folder)))


def test_a_pack_is_made_over_a_pack_and_never_over_anything_else(published, pack, tmp_path):
    assert make_pack(request(published, pack.folder, name="Again")).facts.name == "Again"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "novel.txt").write_text("Chapter 1")
    with pytest.raises(InputError, match="not empty and no pack"):
        make_pack(request(published, tmp_path / "mine"))
    with pytest.raises(InputError, match="neither generator.pt nor encoder.pt"):
        make_pack(request(tmp_path / "mine", tmp_path / "new"))


def test_a_pack_that_was_not_finished_is_none(published, tmp_path):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_pack(request(published, tmp_path / "pack"), stop)
    with pytest.raises(InputError, match="no style pack"):
        read_pack(tmp_path / "pack")


class Evil:
    def __reduce__(self):
        return (print, ("this ran",))


def test_a_checkpoint_that_carries_code_makes_no_pack(published, tmp_path, capfd):
    shutil.copytree(published, tmp_path / "evil")
    contents = torch.load(published / "generator.pt", weights_only=True)
    torch.save({**contents, "extra": Evil()}, tmp_path / "evil" / "generator.pt")
    heard = []
    assert perform(request(tmp_path / "evil", tmp_path / "pack"), "a", heard.append).outcome == 'FAILED'
    assert "not opened" in heard[-1].error["what"] and "this ran" not in "".join(capfd.readouterr())
