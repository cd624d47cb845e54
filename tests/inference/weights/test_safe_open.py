# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Torch checkpoints open as plain tensors; whatever else a file tries ends in an error that names it."""

import argparse
import io
import os
import pickle
import random
import tarfile
import zipfile
from collections import OrderedDict

import pytest

torch = pytest.importorskip("torch", reason="needs torch to write checkpoints")

from pastiche.bridge.errors import InputError  # noqa: E402
from pastiche.inference.weights.safe_open import (  # noqa: E402
    StoredTensor,
    load_tensors,
    open_checkpoint,
    tensors_in,
)

PACKINGS = {"zip": True, "legacy": False}
DTYPES = (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)
CALLS = [(os.system, "touch PWNED"), (eval, "open('PWNED', 'w')"), (exec, "open('PWNED', 'w')"), (__import__, "os")]


@pytest.fixture(params=PACKINGS)
def save(request, tmp_path):
    """value -> path of a checkpoint, once in each packing."""

    def write(value, name="checkpoint.pth.tar"):
        path = tmp_path / name
        torch.save(value, path, _use_new_zipfile_serialization=PACKINGS[request.param])
        return path

    return write


def training_checkpoint():
    """As a training loop saves it: networks, optimizer states, epoch."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    optimizer = torch.optim.Adam(network.parameters())
    network(torch.rand(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    return {"generator": network.state_dict(), "optimizer_generator": optimizer.state_dict(), "epoch": 99}


class Runs:
    """Pickles to a call."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def test_a_training_checkpoint_opens_as_torch_reads_it(save):
    path = save(training_checkpoint())
    expected = torch.load(path, weights_only=True)
    found = open_checkpoint(path)
    assert list(found) == ["generator", "optimizer_generator", "epoch"] and found["epoch"] == 99
    for name, tensor in load_tensors(found["generator"]).items():
        assert torch.equal(tensor, expected["generator"][name]) and tensor.dtype == expected["generator"][name].dtype
    moments = found["optimizer_generator"]["state"][0]["exp_avg"].load()
    assert torch.equal(moments, expected["optimizer_generator"]["state"][0]["exp_avg"])
    assert found["optimizer_generator"]["param_groups"][0]["betas"] == (0.9, 0.999)


def test_every_kind_of_tensor_survives(save):
    base = torch.arange(60, dtype=torch.float32)
    values = {
        "view": base[7:19].view(3, 4),
        "transposed": base.view(5, 12).t()[2:9],
        "strided": base[::7],
        "scalar": torch.tensor(5),
        "empty": torch.empty(0, 3),
        "parameter": torch.nn.Parameter(base[:4].clone()),
        **{
            str(t): torch.tensor([0, 1, 100]).to(t) for t in (torch.float64, torch.float16, torch.bfloat16, torch.int64)
        },
        **{str(dtype): torch.tensor([0, 1, 100]).to(dtype) for dtype in DTYPES},
        "bool": torch.tensor([True, False]),
    }
    found = open_checkpoint(save(values))
    for name, value in values.items():
        loaded = found[name].load()
        assert torch.equal(loaded, value.data) and loaded.dtype == value.dtype, name
        assert (found[name].shape, found[name].dtype) == (tuple(value.shape), str(value.dtype).removeprefix("torch."))
        assert loaded.is_contiguous()


def test_options_in_a_namespace_become_a_dictionary(save):
    found = open_checkpoint(save({"args": argparse.Namespace(size=256, channel=2), "g": torch.ones(1)}))
    assert found["args"] == {"size": 256, "channel": 2}


def test_tensors_are_listed_with_their_places(save):
    names = [name for name, _ in tensors_in(open_checkpoint(save({"a": {"b": torch.ones(2)}, "c": [torch.ones(1)]})))]
    assert names == ["a.b", "c.0"]


def test_protocol_four_opens(tmp_path):
    path = tmp_path / "checkpoint.pt"
    torch.save({"w": torch.ones(3)}, path, pickle_protocol=4)
    assert torch.equal(open_checkpoint(path)["w"].load(), torch.ones(3))


@pytest.mark.parametrize("call", CALLS)
def test_a_checkpoint_carrying_code_is_refused_and_not_run(save, call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = save({"generator": {"w": torch.ones(1)}, "extra": Runs(*call)})
    with pytest.raises(InputError, match=rf"checkpoint\.pth\.tar was not opened.*{call[0].__name__}"):
        open_checkpoint(path)
    assert not (tmp_path / "PWNED").exists()


def test_code_behind_a_dictionary_or_in_a_key_is_refused(save):
    with pytest.raises(InputError, match="system"):
        open_checkpoint(save({"w": OrderedDict(a=Runs(os.system, "true"))}))
    with pytest.raises(InputError, match="attrgetter"):
        import operator

        open_checkpoint(save({Runs(operator.attrgetter, "x"): 1}))


def test_a_whole_network_is_refused_by_name(save):
    with pytest.raises(InputError, match="torch.nn.modules.linear.Linear"):
        open_checkpoint(save(torch.nn.Linear(2, 2)))


def test_a_plain_pickle_is_refused(tmp_path):
    path = tmp_path / "plain.pth"
    path.write_bytes(pickle.dumps({"w": [1, 2]}, protocol=2))
    with pytest.raises(InputError, match="no torch checkpoint"):
        open_checkpoint(path)
    path.write_bytes(pickle.dumps(Runs(os.system, "true"), protocol=2))
    with pytest.raises(InputError, match="system"):
        open_checkpoint(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "0 bytes"), (b"\x89PNG\r\n\x1a\n" + bytes(500), "no torch"), (b"PK\x03\x04" + bytes(500), "damaged")],
)
def test_files_of_other_kinds_are_named(tmp_path, content, message):
    path = tmp_path / "größe ü.pth"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        open_checkpoint(path)


def test_missing_files_and_folders_are_named(tmp_path):
    for path in (tmp_path / "nothing.pth", tmp_path):
        with pytest.raises(InputError, match="no file"):
            open_checkpoint(path)


def test_a_real_tar_archive_is_told_from_one_by_name_only(tmp_path):
    path = tmp_path / "old.pth.tar"
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo("storages"), io.BytesIO())
    with pytest.raises(InputError, match="real tar"):
        open_checkpoint(path)


def test_a_compressed_archive_is_refused(tmp_path):
    plain, packed = tmp_path / "plain.pt", tmp_path / "packed.pt"
    torch.save({"w": torch.zeros(100_000)}, plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(info.filename, source.read(info))
    with pytest.raises(InputError, match="compressed"):
        open_checkpoint(packed)


def test_a_file_cut_anywhere_is_an_error_that_names_it(save, tmp_path):
    whole = save(training_checkpoint()).read_bytes()
    path = tmp_path / "cut.pth.tar"
    for length in range(1, len(whole), max(1, len(whole) // 150)):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match="cut.pth.tar"):
            load_tensors(open_checkpoint(path)["generator"])


def test_damaged_bytes_end_in_tensors_or_a_clear_error(save, tmp_path):
    whole = save({"w": torch.arange(6.0), "list": [1, "two", 3.0]}).read_bytes()
    path = tmp_path / "flipped.pth"
    dice = random.Random(5)
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data)
        try:
            for _, tensor in tensors_in(open_checkpoint(path)):
                tensor.load()
        except InputError as error:
            assert error.what


def legacy(description):
    """A legacy file whose contents are described by these pickle instructions."""
    heads = (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {}})
    return b"".join(pickle.dumps(head, protocol=2) for head in heads) + description + pickle.dumps([], protocol=2)


def huge_tensor():
    """Four terabytes without a byte behind them."""
    count = b"\x8a\x06" + (1 << 40).to_bytes(6, "little")
    key = b"X\x01\x00\x00\x000X\x03\x00\x00\x00cpu"
    storage = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\n" + key + count + b"tQ"
    return b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x00" + count + b"\x85K\x01\x85\x89NtR."


@pytest.mark.parametrize(
    ("description", "message"),
    [
        (b"\x80\x02]q\x00h\x00a.", "without end"),  # a list that holds itself
        (b"\x80\x02]" + b"q\x00h\x00\x86" * 24 + b".", "without end"),  # each pair holds the one before twice
        (b"\x80\x02" + b"(" * 5_000 + b"t" * 5_000 + b".", "without end"),
        (b"\x80\x02}" + b"(" * 100_000 + b"t" * 100_000 + b"K\x01s.", "neither text nor number"),
        (b"\x80\x02Nr\xff\xff\xff\x7f.", "memo index"),
        (b"\x80\x02X\xff\xff\xff\x7fabc", "damaged"),
        (b"\x80\x02Pmodule\n.", "instruction 0x50"),
        (b"\x80\x02ctorch\nFloatStorage\n)R.", "call of torch.FloatStorage"),
        (b"\x80\x02ctorch\nFloatStorage\n.", "neither tensor nor number"),
        (b"\x80\x02(X\x06\x00\x00\x00moduleNNNNtQ.", "reference to a module"),
        (b"\x80\x02cos\nsystem\n.", "os.system"),
        (b"\x80\x02(cos\nsystem\no.", "os.system"),
        (b"\x80\x02(ios\nsystem\n.", "instruction 0x69"),
    ],
)
def test_hostile_descriptions_are_refused(tmp_path, description, message):
    path = tmp_path / "hostile.pth"
    path.write_bytes(legacy(description))
    with pytest.raises(InputError, match=message):
        open_checkpoint(path)


def test_a_tensor_larger_than_its_file_is_refused_before_memory_is_taken(tmp_path):
    path = tmp_path / "huge.pth"
    path.write_bytes(legacy(huge_tensor()))
    with pytest.raises(InputError, match="claims larger tensors"):
        open_checkpoint(path)
    torch.save({"w": torch.ones(1).expand(1 << 40)}, path)
    with pytest.raises(InputError, match="claims larger tensors"):
        open_checkpoint(path)


def test_many_views_of_one_storage_are_not_multiplied_in_memory(save):
    storage = torch.ones(100_000)
    path = save([storage[:] for _ in range(50)])
    with pytest.raises(InputError, match="claims larger tensors"):
        open_checkpoint(path)


def test_a_section_with_more_than_tensors_is_named(save):
    found = open_checkpoint(save({"generator": {"w": torch.ones(1), "epoch": 3}}))
    with pytest.raises(InputError, match="generator"):
        load_tensors(found["generator"], "generator")
    assert isinstance(found["generator"]["w"], StoredTensor)


def test_a_file_that_vanished_or_shrank_since_is_named(save):
    path = save({"w": torch.ones(1000)})
    found = open_checkpoint(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="truncated"):
        found["w"].load()
