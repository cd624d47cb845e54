# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files made to hurt: refused with a reason, quickly, in little memory, and nothing of theirs runs."""

import os
import pickle
import random
import struct
import sys
import time
import tracemalloc
import zipfile

import pytest
import torch
from network_pickles import EasyDict, Persistent, dump, dump_zip, legacy_storage, persistent, snapshot
from pastiche.bridge.errors import InputError
from pastiche.inference.weights.network_pickle import read_network_pickle
from pastiche.vendor.stylegan2_ada.generator import Generator
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape, MappingShape

PERSISTENCE = b"ctorch_utils.persistence\n_reconstruct_persistent_obj\n"
MARK, TUPLE, REDUCE, STOP = b"(", b"t", b"R", b"."


def text(word):
    return b"X" + struct.pack("<I", len(word)) + word.encode()


def number(value):
    return b"J" + struct.pack("<i", value)


def data(raw):
    return b"B" + struct.pack("<I", len(raw)) + raw


def refused(tmp_path, stream, match=None):
    path = tmp_path / "hostile.pkl"
    path.write_bytes(stream)
    with pytest.raises(InputError, match=match) as caught:
        read_network_pickle(path)
    assert "hostile.pkl" in str(caught.value) and caught.value.remedy


def network(**changes):
    torch.manual_seed(1)
    shape = GeneratorShape(MappingShape(8, 8, 4, num_layers=2), (8, 8), **changes)
    return Generator(shape).requires_grad_(False)


class Call:
    """Anything at all, called with anything."""

    def __init__(self, function, *arguments):
        self.reduced = function, arguments

    def __reduce__(self):
        return self.reduced


def strike(*_):
    """What a hostile file would call."""
    os.environ["PASTICHE_WAS_STRUCK"] = "1"


@pytest.fixture(autouse=True)
def nothing_ran():
    yield
    assert os.environ.pop("PASTICHE_WAS_STRUCK", None) is None


CALLS = {
    "os.system": Call(os.system, "PASTICHE_WAS_STRUCK=1"),
    "eval": Call(eval, "__import__('os').environ.__setitem__('PASTICHE_WAS_STRUCK', '1')"),
    "exec": Call(exec, "import os; os.environ['PASTICHE_WAS_STRUCK'] = '1'"),
    "getattr": Call(getattr, Call(__import__, "os"), "system"),
    "torch.load": Call(torch.load, "/etc/passwd"),
    "open": Call(open, "/etc/passwd"),
    "our own": Call(strike, 1),
}


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", CALLS)
def test_calls_are_refused(tmp_path, name, protocol):
    refused(tmp_path, pickle.dumps(CALLS[name], protocol))


@pytest.mark.parametrize("place", ["G", "D", "augment_pipe", "training_set_kwargs", "deep"])
def test_calls_hidden_in_a_snapshot_are_refused_by_name(tmp_path, place):
    contents = snapshot(network())
    if place == "deep":
        mapping = contents["G_ema"].meta["state"]["_modules"]["mapping"]
        mapping.meta["state"]["_init_kwargs"] = EasyDict(a=[CALLS["eval"]])
    else:
        contents[place] = CALLS["eval"]
    dump(contents, tmp_path / "hostile.pkl")
    refused(tmp_path, (tmp_path / "hostile.pkl").read_bytes(), match=r"builtins\.eval")


@pytest.mark.parametrize("part", range(5))
def test_calls_hidden_in_the_bytes_of_a_tensor_are_refused(tmp_path, part):
    honest = legacy_storage(torch.zeros(4))
    pieces, position = [], 0
    for _ in range(5):
        end = len(honest) - len(_rest(honest[position:]))
        pieces.append(honest[position:end])
        position = end
    pieces[part] = pickle.dumps(CALLS["eval"], 2)
    storage = b"".join(pieces) + honest[position:]
    refused(tmp_path, b"\x80\x02ctorch.storage\n_load_from_bytes\n" + data(storage) + b"\x85R.", match="eval|reference")


def _rest(stream):
    """What follows the first pickle of a stream."""
    import io
    import pickletools

    file = io.BytesIO(stream)
    for _ in pickletools.genops(file):
        pass
    return file.read()


def test_calls_hidden_in_a_zip_archive_are_refused(tmp_path):
    path = dump_zip({"G_ema": persistent(network()), "D": CALLS["eval"]}, tmp_path / "hostile.pkl")
    refused(tmp_path, path.read_bytes(), match=r"\.eval")


@pytest.mark.parametrize(
    ("stream", "match"),
    [
        (text("torch_utils.persistence") + text("_reconstruct_persistent_obj.__globals__") + b"\x93.", "__globals__"),
        (PERSISTENCE + b"N}b.", "state"),  # attributes onto a name
        (b"\x80\x02}}b.", "state"),  # attributes onto a dictionary
        (PERSISTENCE + b")\x81.", "call"),  # NEWOBJ of a function
        (b"cdnnlib.util\nEasyDict\n)R.", "call"),  # REDUCE of a class
        (b"ctorch\nFloatStorage\n)R.", "FloatStorage"),
        (b"(ios\nsystem\n.", "instruction"),  # INST
        (b"(cos\nsystem\no.", "name os.system"),  # OBJ
        (b"\x82\x01.", "instruction"),  # EXT1
        (b"\x84\x01\x00\x00\x00.", "instruction"),  # EXT4
        (b"Phello\n.", "instruction"),  # PERSID
        (b"N\x85Q.", "outside"),  # BINPERSID
        (b"(lp0\n.", "instruction"),
        (b"I1\n.", "instruction"),
        (b"\x8b\xff\xff\xff\x7f.", "instruction"),  # LONG4
        (b"\x8a\xff" + b"\x01" * 255 + b".", "number"),
        (b"N0N2.", "instruction"),  # POP, DUP
        (b"}(]]u.", "key"),
        (b"}NNs.", "key"),
        (PERSISTENCE + b"}\x85R.", "object"),
    ],
)
def test_instructions_beyond_the_list_are_refused(tmp_path, stream, match):
    refused(tmp_path, b"\x80\x02" + stream.removeprefix(b"\x80\x02"), match)


def test_another_version_of_the_format_is_refused(tmp_path):
    dump({"G_ema": Persistent("Generator", {}, version=7)}, tmp_path / "hostile.pkl")
    refused(tmp_path, (tmp_path / "hostile.pkl").read_bytes(), "unknown way")


def test_source_code_in_the_file_is_neither_run_nor_kept(tmp_path):
    source = "import os; os.environ['PASTICHE_WAS_STRUCK'] = '1'\n"
    contents = {"G_ema": persistent(network())}
    contents["G_ema"].meta["module_src"] = source
    found = read_network_pickle(dump(contents, tmp_path / "x.pkl"))
    assert len(found.tensors) > 20
    assert "torch_utils.persistence" not in sys.modules


def within(seconds, megabytes, function):
    tracemalloc.start()
    start = time.process_time()
    try:
        function()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert time.process_time() - start < seconds
    assert peak < megabytes << 20


BOMBS = {
    "memo index": b"Nr" + struct.pack("<I", 1 << 27) + b".",
    "largest memo index": b"Nr\xff\xff\xff\x7f.",
    "text length": b"\x8d" + struct.pack("<Q", 1 << 60) + b".",
    "byte length": b"\x8e" + struct.pack("<Q", 1 << 60) + b".",
    "frame length": b"\x95" + struct.pack("<Q", 1 << 60) + b"N.",
    "endless pushing": b"N" * 3_000_000 + b".",
    "open marks": b"(" * 1_900_000 + b".",
    "empty dictionaries": b"(" + b"}" * 99_000 + b"t.",
    "doubling tuples": b")q\x00" + b"h\x00h\x00\x86q\x00" * 100_000 + b".",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_soon_and_small(tmp_path, name):
    within(20, 120, lambda: refused(tmp_path, b"\x80\x02" + BOMBS[name]))


def test_nesting_fifty_thousand_deep_is_followed_without_recursion(tmp_path):
    refused(tmp_path, b"\x80\x04" + b"]" * 50_000 + b"a" * 49_999 + b".", "no generator")
    refused(tmp_path, b"\x80\x04)" + b"\x85" * 500_000 + b".", "no generator")


@pytest.mark.parametrize(
    "use",
    [
        b"}%sNs.",  # as a key
        b"cnumpy\ndtype\n%s\x85R.",  # as a type
        b"cnumpy.core.multiarray\n_reconstruct\n%s)N\x87R.",
        b"cnumpy.core.multiarray\nscalar\n%sC\x00\x86R.",
        b"\x8f(%s\x90.",  # in a set
        b"cbuiltins\nset\n]%sa\x85R.",
        b"%s\x8c\x01a\x93.",  # as a name
        b"c_codecs\nencode\n%s\x8c\x01a\x86R.",
        b"ctorch._utils\n_rebuild_tensor_v2\n(%sK\x00))\x89NtR.",
        PERSISTENCE + b"}\x8c\x04type%ss\x85R.",
    ],
)
def test_deep_nesting_where_a_plain_value_belongs_does_not_overflow(tmp_path, use):
    deep = b")" + b"\x85" * 900_000
    refused(tmp_path, b"\x80\x04" + use.replace(b"%s", deep))


def repeated(prefix, call, times):
    """A list into which the same call goes again and again."""
    return b"\x80\x02" + prefix + b"](" + call * times + b"e."


def test_the_same_long_text_made_bytes_again_and_again_costs_its_length_once(tmp_path):
    prefix = text("a" * 3_000_000) + b"q\x01" + text("latin1") + b"q\x02"
    stream = repeated(prefix, b"c_codecs\nencode\nh\x01h\x02\x86R", 20_000)
    within(20, 120, lambda: refused(tmp_path, stream))


def test_the_same_storage_read_again_and_again_stays_small(tmp_path):
    storage = legacy_storage(torch.zeros(250_000))
    stream = repeated(data(storage) + b"q\x01", b"ctorch.storage\n_load_from_bytes\nh\x01\x85R", 20_000)
    within(30, 120, lambda: refused(tmp_path, stream))


def test_the_same_list_made_a_set_again_and_again_is_refused(tmp_path):
    stream = repeated(b"](" + b"K\x01" * 90_000 + b"eq\x01", b"cbuiltins\nset\nh\x01\x85R", 20_000)
    within(20, 120, lambda: refused(tmp_path, stream, "set"))


def module(children, **state):
    contents = {"_parameters": {}, "_buffers": {}, "_modules": children, **state}
    return Persistent("Generator", contents, source="")


def test_a_tree_that_points_to_the_same_child_a_thousand_times_is_refused(tmp_path):
    node = module({})
    for _ in range(7):
        node = module({f"m{i}": node for i in range(1000)})
    dump({"G_ema": node}, tmp_path / "hostile.pkl")
    within(20, 120, lambda: refused(tmp_path, (tmp_path / "hostile.pkl").read_bytes(), "without end"))


def test_a_tree_deeper_than_any_network_is_refused(tmp_path):
    node = module({})
    for _ in range(20):
        node = module({"m": node})
    dump({"G_ema": node}, tmp_path / "hostile.pkl")
    refused(tmp_path, (tmp_path / "hostile.pkl").read_bytes(), "without end")


def test_odd_names_in_a_tree_are_refused(tmp_path):
    for name in ("../up", "a.b", "", 3, "x" * 100, "dröhn"):
        dump({"G_ema": module({name: module({})})}, tmp_path / "hostile.pkl")
        refused(tmp_path, (tmp_path / "hostile.pkl").read_bytes(), "odd name")


def tensor_stream(offset, shape, stride):
    storage = b"ctorch.storage\n_load_from_bytes\n" + data(legacy_storage(torch.arange(6.0))) + b"\x85R"
    sizes = b"".join(b"(" + b"".join(map(_long, sides)) + b"t" for sides in (shape, stride))
    return b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + storage + _long(offset) + sizes + b"\x89}tR."


def _long(value):
    raw = value.to_bytes(9, "little", signed=True)
    return b"\x8a\x09" + raw


@pytest.mark.parametrize(
    ("offset", "shape", "stride"),
    [
        (0, (7,), (1,)),
        (3, (4,), (1,)),
        (-1, (2,), (1,)),
        (0, (2, 3), (4, 1)),
        (5, (2,), (-1,)),
        (0, (1 << 40,), (0,)),
        (0, (7, 1), (0, 0)),
        (0, (1 << 31, 1 << 33), (1, 1)),
        (0, (-2, -3), (3, 1)),
        (0, (1,) * 9, (1,) * 9),
        (1 << 62, (1,), (1,)),
    ],
)
def test_a_tensor_beyond_its_numbers_is_refused(tmp_path, offset, shape, stride):
    refused(tmp_path, tensor_stream(offset, shape, stride), "tensor")


def test_an_honest_tensor_passes_the_same_way(tmp_path):
    refused(tmp_path, tensor_stream(1, (2, 2), (2, 1)), "no generator")


@pytest.mark.parametrize("code", ["O", "O8", "V8", "S4", "U4", "M8", "c8", "f16", ("f4", "f8")])
def test_arrays_of_anything_but_numbers_are_refused(tmp_path, code):
    refused(tmp_path, b"\x80\x02cnumpy\ndtype\n" + pickle.dumps(code, 2)[2:-1] + b"\x89\x88\x87R.")


def test_numbers_beyond_reason_build_no_network(tmp_path):
    contents = snapshot(network())
    state = contents["G_ema"].meta["state"]
    mapping = state["_modules"]["mapping"].meta["state"]
    for owner, key, value in (
        (mapping, "num_layers", 10**6),
        (mapping, "z_dim", 1 << 40),
        (mapping, "w_dim", -5),
        (mapping, "c_dim", True),
        (state, "num_ws", 5),
        (state, "num_ws", "many"),
    ):
        before, owner[key] = owner[key], value
        dump(contents, tmp_path / "hostile.pkl")
        refused(tmp_path, (tmp_path / "hostile.pkl").read_bytes())
        owner[key] = before


def test_a_truncated_file_is_called_damaged_wherever_it_ends(tmp_path):
    for protocol in (2, 4):
        whole = dump({"G_ema": persistent(network())}, tmp_path / "x.pkl", protocol).read_bytes()
        for end in sorted({0, 1, 2, 5, len(whole) - 1, *random.Random(1).sample(range(len(whole)), 60)}):
            refused(tmp_path, whole[:end])


def test_a_truncated_archive_is_called_damaged_wherever_it_ends(tmp_path):
    whole = dump_zip(persistent(network()), tmp_path / "x.pt").read_bytes()
    for end in random.Random(2).sample(range(len(whole)), 60):
        refused(tmp_path, whole[:end])


@pytest.mark.parametrize("packing", ["pickle", "zip"])
def test_flipped_bytes_end_in_a_clear_error_or_in_a_network(tmp_path, packing):
    contents = {"G_ema": persistent(network())}
    path = tmp_path / "fuzzed.pkl"
    whole = (dump_zip if packing == "zip" else dump)(contents, path).read_bytes()
    chance = random.Random(3)
    for _ in range(1500):
        broken = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 8))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            found = read_network_pickle(path)
            for tensor in found.tensors.values():
                tensor.read()
        except InputError:
            pass


def test_random_instructions_never_escape(tmp_path):
    from pastiche.inference.weights.pickle_machine import _STEPS

    chance, path = random.Random(4), tmp_path / "fuzzed.pkl"
    names = [b"cnumpy\ndtype\n", PERSISTENCE, b"ctorch._utils\n_rebuild_tensor_v2\n", b"cdnnlib.util\nEasyDict\n"]
    for _ in range(3000):
        stream = b"\x80\x04"
        for _ in range(chance.randrange(40)):
            stream += chance.choice(names) if chance.random() < 0.2 else bytes([chance.choice(list(_STEPS))])
            stream += bytes(chance.randrange(4) for _ in range(chance.choice((0, 0, 1, 4))))
        path.write_bytes(stream + b".")
        with pytest.raises(InputError):
            read_network_pickle(path)


def test_compressed_and_overlapping_archives_are_refused(tmp_path):
    path = tmp_path / "hostile.pkl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/data.pkl", b"\x80\x02" + b"N" * (100 << 20) + b".")
    within(20, 60, lambda: refused(tmp_path, path.read_bytes(), "compressed"))
    honest = dump_zip(persistent(network()), tmp_path / "x.pt").read_bytes()
    place = honest.index(b"PK\x01\x02")
    refused(tmp_path, honest[: place + 24] + b"\xff\xff\xff\x7f" + honest[place + 28 :])


@pytest.mark.parametrize("contents", [b"", b"hello", b"<html>not found</html>", b"PK\x03\x04", b"\x80", b"\x80\x04."])
def test_other_files_are_called_what_they_are(tmp_path, contents):
    refused(tmp_path, contents)


def test_a_folder_and_nothing_at_all_are_errors(tmp_path):
    for path in (tmp_path, tmp_path / "missing.pkl"):
        with pytest.raises(InputError, match=path.name):
            read_network_pickle(path)
