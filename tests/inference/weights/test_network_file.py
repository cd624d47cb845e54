# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks are converted once to files that hold numbers alone, and open from them."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from network_pickles import dump, snapshot
from pastiche.bridge.errors import InputError, StorageError
from pastiche.inference.weights.network_build import build_network
from pastiche.inference.weights.network_file import convert_network, describe, open_network
from pastiche.vendor.stylegan2_ada.generator import Generator as StyleGAN2
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape as StyleGAN2Shape
from pastiche.vendor.stylegan2_ada.shape import MappingShape
from pastiche.vendor.stylegan3.generator import Generator as StyleGAN3
from pastiche.vendor.stylegan3.shape import GeneratorShape as StyleGAN3Shape
from safetensors.torch import load_file

MAPPING = MappingShape(12, 16, 6, num_layers=2, layer_features=16)
KEYWORDS = {"channel_base": 1024, "channel_max": 16}


@pytest.fixture(params=["stylegan2", "stylegan-human", "stylegan3-t"])
def pickled(request, tmp_path):
    torch.manual_seed(7)
    if request.param == "stylegan3-t":
        mapping = MappingShape(12, 16, 16, num_layers=2, layer_features=16)
        network = StyleGAN3(StyleGAN3Shape(mapping, 64, **KEYWORDS))
    else:
        network = StyleGAN2(StyleGAN2Shape(MAPPING, (16, 12, 8), is_narrow=request.param == "stylegan-human"))
    path = dump(snapshot(network, KEYWORDS), tmp_path / f"{request.param}-näme-64x64.pkl")
    return request.param, network.requires_grad_(False), path


def test_a_converted_network_makes_the_same_picture(pickled, tmp_path):
    family, network, path = pickled
    description = convert_network(path, tmp_path / "out.safetensors")
    built = build_network(open_network(tmp_path / "out.safetensors"))
    z = torch.randn(1, 12)
    assert torch.equal(built(z), network(z))
    assert description["family"] == family
    assert (description["height"], description["width"]) == (network.shape.resolution, network.shape.width)
    assert len(description["sha256"]) == 64


def test_the_json_beside_it_says_the_same_as_its_metadata(pickled, tmp_path):
    description = convert_network(pickled[2], tmp_path / "out.safetensors")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == json.loads(json.dumps(description))


def test_other_programs_read_the_converted_file(pickled, tmp_path):
    convert_network(pickled[2], tmp_path / "out.safetensors")
    state = pickled[1].state_dict()
    found = load_file(tmp_path / "out.safetensors")
    assert found.keys() == state.keys() and all(torch.equal(found[key], state[key]) for key in state)


def test_converting_twice_gives_the_same_bytes(pickled, tmp_path):
    for name in ("a", "b"):
        convert_network(pickled[2], tmp_path / f"{name}.safetensors")
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_the_numbers_are_counted(pickled):
    _, network, path = pickled
    assert describe(open_network(path))["numbers"] == sum(tensor.numel() for tensor in network.state_dict().values())


def with_metadata(source, out, change):
    """The same file with another description."""
    raw = source.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    change(header)
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    out.write_bytes(struct.pack("<Q", len(encoded)) + encoded + raw[8 + length :])
    return out


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["family"], "stylegan9"),
        (["family"], None),
        (["shape"], {}),
        (["shape"], [1, 2]),
        (["shape", "mapping"], 3),
        (["shape", "mapping", "num_layers"], 10**9),
        (["shape", "mapping", "z_dim"], True),
        (["shape", "mapping", "num_ws"], -1),
        (["shape", "img_channels"], 1 << 40),
        (["shape", "import"], "os"),
    ],
)
def test_a_description_beyond_reason_is_refused(pickled, tmp_path, path, value):
    convert_network(pickled[2], tmp_path / "out.safetensors")

    def change(header):
        description = json.loads(header["__metadata__"]["network"])
        place = description
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        header["__metadata__"]["network"] = json.dumps(description)

    with pytest.raises(InputError, match=r"odd\.safetensors"):
        open_network(with_metadata(tmp_path / "out.safetensors", tmp_path / "odd.safetensors", change))


def test_a_description_that_its_tensors_do_not_bear_out_builds_nothing(pickled, tmp_path):
    convert_network(pickled[2], tmp_path / "out.safetensors")

    def change(header):
        description = json.loads(header["__metadata__"]["network"])
        description["shape"]["mapping"]["w_dim"] = 8192
        header["__metadata__"]["network"] = json.dumps(description)

    found = open_network(with_metadata(tmp_path / "out.safetensors", tmp_path / "odd.safetensors", change))
    with pytest.raises(InputError, match="do not fit"):
        build_network(found)


def test_a_file_that_is_no_converted_network_is_refused(tmp_path):
    for contents in (b"", b"hello", struct.pack("<Q", 2) + b"{}", struct.pack("<Q", 1 << 60)):
        (tmp_path / "x.safetensors").write_bytes(contents)
        with pytest.raises(InputError, match=r"x\.safetensors"):
            open_network(tmp_path / "x.safetensors")


def test_where_it_cannot_be_written_is_said(pickled, tmp_path):
    with pytest.raises(StorageError):
        convert_network(pickled[2], tmp_path / "missing" / "out.safetensors")
    with pytest.raises(InputError, match="does not end"):
        convert_network(pickled[2], tmp_path / "out.pkl")


def test_looking_at_a_network_needs_no_torch(pickled):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import root_package; from pathlib import Path\n"
        "from pastiche.inference.weights.network_file import describe, open_network\n"
        "describe(open_network(Path(sys.argv[2]))); assert 'torch' not in sys.modules"
    )
    tests = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code, str(tests), str(pickled[2])], check=True)
