# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fabricates files as NVIDIA's programs write them: the same names, the same instructions, our own random networks."""

import io
import pickle
import sys
from types import ModuleType

import numpy as np
import torch
from pastiche.vendor.stylegan2_ada.generator import Generator as StyleGAN2
from pastiche.vendor.stylegan3.generator import Generator as StyleGAN3

SOURCE = "import pathlib; pathlib.Path(__file__).touch()  # would run on a careless load\n" * 100


def _module(name, **contents):
    module = ModuleType(name)
    for key, value in contents.items():
        value.__module__ = name
        setattr(module, key, value)
    return module


def _reconstruct_persistent_obj(meta):
    raise AssertionError("nobody may call this")


class EasyDict(dict):
    def __reduce_ex__(self, protocol):
        import copyreg

        return copyreg.__newobj__, (EasyDict,), None, None, iter(self.items())


class Network:
    def __init__(self, state):
        self.state = state

    def __reduce_ex__(self, protocol):
        import copyreg

        return copyreg.__newobj__, (Network,), self.state


EasyDict.__qualname__, Network.__qualname__ = "EasyDict", "Network"
MODULES = {
    "torch_utils": ModuleType("torch_utils"),
    "torch_utils.persistence": _module(
        "torch_utils.persistence", _reconstruct_persistent_obj=_reconstruct_persistent_obj
    ),
    "dnnlib": ModuleType("dnnlib"),
    "dnnlib.util": _module("dnnlib.util", EasyDict=EasyDict),
    "dnnlib.tflib": ModuleType("dnnlib.tflib"),
    "dnnlib.tflib.network": _module("dnnlib.tflib.network", Network=Network),
}


class Persistent:
    """An object as the persistence decorator writes it."""

    def __init__(self, class_name, state, source=SOURCE, version=6):
        self.meta = {
            "type": "class", "version": version, "module_src": source, "class_name": class_name, "state": state
        }  # fmt: skip

    def __reduce__(self):
        return _reconstruct_persistent_obj, (self.meta,)


def dump(value, path, protocol=4):
    """Pickle `value` under the names of the original programs; returns the path."""
    sys.modules.update(MODULES)
    try:
        path.write_bytes(pickle.dumps(value, protocol))
    finally:
        for name in MODULES:
            del sys.modules[name]
    return path


def dump_zip(value, path):
    """The same as torch writes it; returns the path."""
    sys.modules.update(MODULES)
    try:
        torch.save(value, path)
    finally:
        for name in MODULES:
            del sys.modules[name]
    return path


def legacy_storage(tensor):
    """The bytes torch's persistence gives a storage before its zip files."""
    buffer = io.BytesIO()
    storage = torch.storage.TypedStorage(wrap_storage=tensor.untyped_storage(), dtype=tensor.dtype, _internal=True)
    torch.save(storage, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


def persistent(network, keywords=None):
    """A running network of ours as the persistent object of the original programs; each module says what it is."""
    return _persistent(network, "", network, keywords or {})


def _persistent(module, name, root, keywords):
    state = {
        "training": False,
        "_parameters": {key: value for key, value in module._parameters.items()},
        "_buffers": dict(module._buffers),
        "_non_persistent_buffers_set": set(),
        "_backward_hooks": {},
        "_modules": {key: _persistent(child, key, root, {}) for key, child in module._modules.items()},
        "_init_args": (),
        "_init_kwargs": EasyDict(keywords),
        **_says(module, name, root),
    }
    return Persistent(_CLASSES.get(type(module).__name__, type(module).__name__), state)


_CLASSES = {"Skip": "Conv2dLayer"}


def _says(module, name, root):
    shape, kind = root.shape, type(module).__name__
    mapping = {key: getattr(shape.mapping, key) for key in ("z_dim", "c_dim", "w_dim", "num_ws")}
    if kind == "Generator":
        return {**mapping, "img_resolution": shape.resolution, "img_channels": shape.img_channels}
    if kind == "MappingNetwork":
        return {**mapping, "num_layers": shape.mapping.num_layers, "w_avg_beta": 0.995}
    if kind == "FullyConnectedLayer":
        return {"activation": module.activation, "weight_gain": 0.1, "bias_gain": module.rate}
    if isinstance(root, StyleGAN2):
        return _stylegan2_says(kind, name, shape)
    assert isinstance(root, StyleGAN3)
    return _stylegan3_says(module, kind, shape)


def _stylegan2_says(kind, name, shape):
    if kind == "SynthesisBlock":
        return {"architecture": shape.architecture, "use_fp16": int(name[1:]) >= shape.half_from}
    if kind == "SynthesisLayer":
        return {"activation": shape.activation, "conv_clamp": shape.conv_clamp, "act_gain": np.sqrt(2)}
    return {}


def _stylegan3_says(module, kind, shape):
    if kind == "SynthesisNetwork":
        names = ("num_layers", "num_critical", "margin_size", "output_scale", "num_fp16_res")
        own = {name: getattr(shape, name) for name in names}
        return {**own, "layer_names": [layer.name for layer in shape.layers]}
    if kind == "SynthesisLayer":
        layer = module.shape
        return {
            "conv_clamp": shape.conv_clamp,
            "up_factor": int(layer.up),
            "down_factor": int(layer.down),
            "padding": [*layer.pad, *layer.pad],
            "in_size": np.array([layer.incoming.size] * 2),
            "tmp_sampling_rate": np.float64(layer.inner_rate),
        }
    return {"size": np.array([36, 36]), "sampling_rate": 16.0}


def snapshot(network, keywords=None):
    """The dictionary of a training snapshot: three networks, of which the last counts."""
    discriminator = Persistent("SomethingUnknown", {"_parameters": {}, "_buffers": {}, "_modules": {}, "odd": {1, 2}})
    smoothed = persistent(network, keywords)
    return {
        "G": persistent(network, keywords),
        "D": discriminator,
        "G_ema": smoothed,
        "augment_pipe": None,
        "training_set_kwargs": EasyDict(class_name="training.dataset.ImageFolderDataset", path="/somewhere"),
    }
