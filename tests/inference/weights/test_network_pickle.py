# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network pickles open as data, whatever program and protocol wrote them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from network_pickles import Network, dump, dump_zip, persistent, snapshot
from nvidia_cases import CASES, read_json, relative, tensors
from pastiche.bridge.errors import InputError
from pastiche.inference.weights.network_build import build_network
from pastiche.inference.weights.network_pickle import read_network_pickle
from pastiche.inference.weights.network_shape import family_of
from pastiche.vendor.stylegan2_ada.generator import Generator as StyleGAN2
from pastiche.vendor.stylegan2_ada.generator import build_generator as build_stylegan2
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape as StyleGAN2Shape
from pastiche.vendor.stylegan2_ada.shape import MappingShape
from pastiche.vendor.stylegan3.generator import Generator as StyleGAN3
from pastiche.vendor.stylegan3.shape import GeneratorShape as StyleGAN3Shape

TAPS = (0.125, 0.375, 0.375, 0.125)
MAPPING = MappingShape(12, 16, 6, num_layers=2, layer_features=20)
SMALL = StyleGAN2Shape(MAPPING, (16, 12, 8), conv_clamp=256.0, resample_filter=TAPS)
CONDITIONAL = replace(
    SMALL, mapping=replace(SMALL.mapping, c_dim=3, embed_features=10), use_noise=False, num_fp16_res=1
)
NARROW = replace(SMALL, is_narrow=True, conv_clamp=None)
RESNET = replace(SMALL, architecture="resnet", activation="relu")
T = StyleGAN3Shape(MappingShape(12, 16, 16, num_layers=2, layer_features=16), 64, channel_base=1024, channel_max=16)
R = replace(T, conv_kernel=1, use_radial_filters=True)
KEYWORDS_3 = {"channel_base": 1024, "channel_max": 16}
NETWORKS = {
    "stylegan2": (SMALL, {}),
    "conditional": (CONDITIONAL, {}),
    "narrow": (NARROW, {}),
    "resnet": (RESNET, {}),
    "stylegan3-t": (T, KEYWORDS_3),
    "stylegan3-r": (R, {**KEYWORDS_3, "conv_kernel": 1, "use_radial_filters": True}),
}


def make(shape):
    torch.manual_seed(4)
    network = (StyleGAN3 if isinstance(shape, StyleGAN3Shape) else StyleGAN2)(shape)
    return network.requires_grad_(False)


def assert_same(found, network):
    assert found.shape == network.shape
    state = network.state_dict()
    assert found.tensors.keys() == state.keys()
    for name, tensor in state.items():
        assert np.array_equal(found.tensors[name].read(), tensor.numpy()), name


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_snapshot_gives_its_smoothed_generator(tmp_path, name, protocol):
    shape, keywords = NETWORKS[name]
    network = make(shape)
    path = dump(snapshot(network, keywords), tmp_path / "x.pkl", protocol)
    assert_same(read_network_pickle(path), network)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_tuned_generator_saved_by_torch_opens(tmp_path, name):
    shape, keywords = NETWORKS[name]
    network = make(shape)
    assert_same(read_network_pickle(dump_zip(persistent(network, keywords), tmp_path / "model_x.pt")), network)


def test_a_file_with_nothing_but_the_smoothed_generator_opens(tmp_path):
    network = make(NARROW)
    path = dump({"G_ema": persistent(network)}, tmp_path / "x.pkl")
    assert_same(read_network_pickle(path), network)
    assert family_of(read_network_pickle(path).shape) == "stylegan-human"


def test_weights_stored_channels_last_come_out_in_order(tmp_path):
    network = make(SMALL)
    expected = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network.to(memory_format=torch.channels_last)
    found = read_network_pickle(dump(snapshot(network), tmp_path / "x.pkl"))
    view = found.tensors["synthesis.b8.conv1.weight"]
    assert view.stride[1] == 1
    assert all(np.array_equal(found.tensors[name].read(), tensor.numpy()) for name, tensor in expected.items())


def test_half_precision_weights_become_full(tmp_path):
    network = make(SMALL).half()
    network.synthesis.b4.conv1.noise_const = network.synthesis.b4.conv1.noise_const.double()
    built = build_network(read_network_pickle(dump(snapshot(network), tmp_path / "x.pkl")))
    assert {tensor.dtype for tensor in built.state_dict().values()} == {torch.float32}
    assert torch.equal(built.synthesis.b8.conv0.weight, network.synthesis.b8.conv0.weight.float())


def test_what_the_file_says_of_itself_counts_rather_than_its_keywords(tmp_path):
    wrong = {"conv_clamp": 1.0, "num_fp16_res": 4, "synthesis_kwargs": {"conv_clamp": 2.0}}
    found = read_network_pickle(dump(snapshot(make(SMALL), wrong), tmp_path / "x.pkl"))
    assert (found.shape.conv_clamp, found.shape.num_fp16_res) == (256.0, 0)


def test_the_network_built_makes_the_same_picture(tmp_path):
    for name in ("conditional", "stylegan3-r"):
        shape, keywords = NETWORKS[name]
        network = make(shape)
        built = build_network(read_network_pickle(dump(snapshot(network, keywords), tmp_path / "x.pkl")))
        z = torch.randn(1, 12)
        assert torch.equal(built(z), network(z))
        assert not any(parameter.requires_grad for parameter in built.parameters())


def test_a_missing_a_superfluous_and_an_odd_tensor_are_named(tmp_path):
    network = make(SMALL)
    network.synthesis.b8.conv1.register_buffer("extra", torch.zeros(1))
    with pytest.raises(InputError, match=r"b8\.conv1\.extra"):
        build_network(read_network_pickle(dump(snapshot(network), tmp_path / "x.pkl")))
    network = make(SMALL)
    del network.synthesis.b8.conv1.affine.bias
    with pytest.raises(InputError, match=r"1 tensors are missing.*b8\.conv1\.affine\.bias"):
        build_network(read_network_pickle(dump(snapshot(network), tmp_path / "x.pkl")))
    network = make(SMALL)
    network.synthesis.b4.conv1.weight = torch.nn.Parameter(torch.zeros(16, 16, 5, 5))
    with pytest.raises(InputError, match="do not fit"):
        build_network(read_network_pickle(dump(snapshot(network), tmp_path / "x.pkl")))


def tensorflow_network(name="sg2_tf_legacy_r32", version=None):
    """The recorded variables as the TensorFlow programs pickle them."""
    folder = CASES / name
    facts, variables = read_json(folder / "config.json"), tensors(folder / "tf_variables.safetensors")
    pairs = [(key, np.float32(v.item()) if v.dim() == 0 else v.numpy()) for key, v in variables.items()]
    state = {
        "version": version or facts["tf_version"],
        "name": "Gs",
        "static_kwargs": facts["tf_static_kwargs"],
        "components": {},
        "build_module_src": "import os\n" * 500,
        "build_func_name": "G_main",
        "variables": pairs,
    }
    return facts, Network(state)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_tensorflow_file_is_converted(tmp_path, protocol):
    facts, network = tensorflow_network()
    path = dump((network, network, network), tmp_path / "x.pkl", protocol)
    found = read_network_pickle(path)
    expected = tensors(CASES / "sg2_tf_legacy_r32" / "weights.safetensors")
    assert found.shape == StyleGAN2Shape.of_keywords(facts["init_kwargs"])
    assert found.tensors.keys() == expected.keys()
    for key, tensor in expected.items():
        assert np.allclose(found.tensors[key].read(), tensor.numpy(), rtol=1e-6, atol=1e-7), key
    recorded = tensors(CASES / "sg2_tf_legacy_r32" / "io.safetensors")
    built = build_network(found)
    assert relative(built.synthesis(built.mapping(recorded["z"])), recorded["img.w_psi1.noise_const"]) < 1e-5


def test_tensorflow_variables_of_components_are_found_under_their_names(tmp_path):
    _, network = tensorflow_network()
    parts = {"synthesis": [], "mapping": []}
    own = []
    for key, value in network.state["variables"]:
        folder, _, rest = key.partition("/")
        (parts[folder].append((rest, value)) if folder in parts else own.append((key, value)))
    network.state["variables"] = own
    network.state["components"] = {
        name: Network({"variables": pairs, "version": 5, "static_kwargs": {}}) for name, pairs in parts.items()
    }
    found = read_network_pickle(dump((network, network, network), tmp_path / "x.pkl"))
    expected = tensors(CASES / "sg2_tf_legacy_r32" / "weights.safetensors")
    assert found.tensors.keys() == expected.keys()


def test_an_older_tensorflow_file_is_called_that(tmp_path):
    network = Network({"version": 3, "variables": [("lod", np.float32(0))], "static_kwargs": {}})
    with pytest.raises(InputError, match="TensorFlow network older than StyleGAN2"):
        read_network_pickle(dump((network, network, network), tmp_path / "x.pkl"))


@pytest.mark.parametrize("name", ["sg2_r32", "sg2_r64_cond3", "sg2_r32_asymfilter", "sghuman_r64_rect"])
def test_recorded_networks_go_through_a_pickle_unchanged(tmp_path, name):
    folder = CASES / name
    facts, state = read_json(folder / "config.json"), tensors(folder / "weights.safetensors")
    network = build_stylegan2(StyleGAN2Shape.of_keywords(facts["init_kwargs"]), state)
    built = build_network(read_network_pickle(dump(snapshot(network, facts["init_kwargs"]), tmp_path / "x.pkl")))
    assert all(torch.equal(built.state_dict()[key], tensor) for key, tensor in state.items())
    recorded = tensors(folder / "io.safetensors")
    assert relative(built.synthesis(recorded["w_psi1"]), recorded["img.w_psi1.noise_const"]) < 1e-5
