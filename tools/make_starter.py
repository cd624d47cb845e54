# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trained networks -> the starter pack in `starter/`, in half precision. See docs/starter.md for the whole way.

    python tools/make_starter.py --pairs TRAINING --exemplars FOLDER[,FOLDER] --puppets TRAINING

TRAINING are the folders of the trainings `pairs` and `puppets`, FOLDER those of `heads --exemplars`, for thumbnails.
Either training may be left out: what was made of an earlier one stays.
"""

import argparse
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
SPACE = "W+"  # what the encoder of `pairs` makes


def main() -> None:
    """Do what the command line says."""
    package = ModuleType("pastiche")
    package.__path__ = [str(ROOT)]
    sys.modules["pastiche"] = package
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--exemplars", default="")
    parser.add_argument("--puppets", type=Path)
    options = parser.parse_args()
    if options.pairs:
        make_styles(options.pairs / "weights.pth.tar", [Path(name) for name in options.exemplars.split(",")])
    if options.puppets:
        make_motion(options.puppets / "weights.pth.tar")


def make_styles(weights: Path, folders: list[Path]) -> None:
    """The style pack, by way of files as authors publish them. folders: of rendered people, for the thumbnails."""
    starter = import_module("pastiche.bridge.starter")
    requests = import_module("pastiche.bridge.requests")
    make_pack = import_module("pastiche.inference.styles.pack_maker").make_pack
    trained = torch.load(weights, weights_only=True)
    with tempfile.TemporaryDirectory() as name:
        source = Path(name)
        torch.save({"g_ema": half(trained["g_ema"])}, source / "generator.pt")
        encoder = {"state_dict": half(trained["state_dict"]), "opts": trained["opts"]}
        torch.save(encoder, source / "encoder_wplus.pt")
        codes = {f"{key}.png": value.numpy() for key, value in trained["exemplars"].items()}
        np.save(source / "exstyle_code.npy", codes, allow_pickle=True)
        for key in trained["exemplars"]:
            style, number = key.rsplit("_", 1)
            found = [folder / "exemplars" / style / f"{number}.png" for folder in folders]
            (source / "pictures").mkdir(exist_ok=True)
            shutil.copyfile(next(path for path in found if path.exists()), source / "pictures" / f"{key}.png")
        request = requests.PackRequest(
            folder="",
            source=str(source),
            pack=str(starter.PACK),
            name="Starter",
            authors="Pastiche developers",
            license="CC0 1.0",
            paper="Yang et al., Pastiche Master, CVPR 2022, in small",
            pictures=str(source / "pictures"),
            space=SPACE,
        )
        starter.STYLES.mkdir(parents=True, exist_ok=True)
        told(make_pack(request).folder)


def make_motion(weights: Path) -> None:
    """The First Order Motion Model."""
    starter = import_module("pastiche.bridge.starter")
    write = import_module("pastiche.bridge.motion_file").write_motion_file
    trained = torch.load(weights, weights_only=True)
    tensors = {
        f"{part}.{key}": ("F16", tuple(value.shape), np.ascontiguousarray(value.numpy()))
        for part in ("generator", "kp_detector")
        for key, value in half(trained[part]).items()
    }
    starter.FOLDER.mkdir(exist_ok=True)
    write(starter.MOTION, {"license": "CC0-1.0"}, tensors)
    told(starter.MOTION)


def half(state: dict[str, Any]) -> dict[str, torch.Tensor]:
    """Tensors in half precision; whole numbers, such as how many batches a norm saw, as float too: few they are."""
    return {key: value.half() if value.is_floating_point() else value.float().half() for key, value in state.items()}


def told(path: Path) -> None:
    """Say what was made."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    print(f"{path}: {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
