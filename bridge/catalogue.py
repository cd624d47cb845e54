# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which engines and models exist, as data that panels, the command line and the worker read.

Models are never shipped: they belong to their authors, who publish them in places named here. Not for: how an engine
works, downloading (download.py), what a pack holds (style_pack.py).
"""

from dataclasses import dataclass

BASE_NEEDS = ("numpy", "cv2", "av", "PIL")  # modules that every job but `dummy` imports


DEVICES = ("AUTO", "CPU", "CUDA")  # AUTO: the graphics card where there is one


@dataclass(frozen=True)
class Engine:
    """What can be known of an engine without loading it.

    needs: modules it imports beyond BASE_NEEDS.   has_device: whether it takes the setting `device`, one of DEVICES.
    weights_page: where a person finds the weights for its setting `weights`, "" when it has none.
    """

    name: str
    label: str
    description: str
    needs: tuple[str, ...] = ()
    has_device: bool = False
    weights_page: str = ""


ENGINES: dict[str, Engine] = {
    engine.name: engine
    for engine in (
        Engine(
            "mesh",
            "Mesh",
            "Warps the picture itself with a face mesh: full resolution and identity, no downloads, no graphics card",
        ),
        Engine(
            "fomm",
            "First Order Motion",
            "Moves the picture by learned keypoints of the footage and invents what a turn uncovers; needs its weights",
            needs=("torch",),
            has_device=True,
            weights_page="https://github.com/AliaksandrSiarohin/first-order-model",
        ),
        Engine(
            "latent",
            "Latent",
            "Plays kept drags: a network of yours draws the picture, an inverted photograph included",
            needs=("torch",),
            has_device=True,
        ),
    )
}


@dataclass(frozen=True)
class ModelFile:
    """A file that its authors publish.

    url: where it can be downloaded, "" when it lies in a folder that only a browser opens.   sha256: as published, "":
    nobody publishes one, so the first download is remembered and a later change is told.   megabytes: about; 0 unknown.
    """

    name: str
    url: str = ""
    sha256: str = ""
    megabytes: int = 0


@dataclass(frozen=True)
class Model:
    """What can be known of published weights without having them.

    page: where a person finds them.   exemplars: how many styles it holds, 0 for what is no style.
    """

    name: str
    label: str
    description: str
    page: str
    files: tuple[ModelFile, ...]
    authors: str
    license: str
    paper: str
    is_noncommercial: bool
    exemplars: int = 0


_DRIVE = "https://drive.google.com"
_DUALSTYLEGAN = {
    "authors": "Shuai Yang, Liming Jiang, Ziwei Liu, Chen Change Loy",
    "license": "S-Lab License 1.0 (non-commercial use)",
    "paper": "Yang et al., Pastiche Master: Exemplar-Based High-Resolution Portrait Style Transfer, CVPR 2022",
    "is_noncommercial": True,
}


def _style(name: str, folder: str, exemplars: int, has_sampler: bool, is_refined: bool) -> Model:
    codes = "refined_exstyle_code.npy" if is_refined else "exstyle_code.npy"
    files = [ModelFile("generator.pt", megabytes=308), ModelFile(codes, megabytes=round(exemplars * 36_864 / 1e6))]
    files += [ModelFile("sampler.pt", megabytes=5)] * has_sampler
    return Model(
        name=f"dualstylegan-{name}",
        label=f"DualStyleGAN {name.title()}",
        description=f"{exemplars} {name} exemplars at 1024 pixels",
        page=f"{_DRIVE}/drive/folders/{folder}",
        files=tuple(files),
        exemplars=exemplars,
        **_DUALSTYLEGAN,  # type: ignore[arg-type]
    )


def _encoder(name: str, file: str, identifier: str, space: str) -> Model:
    return Model(
        name=name,
        label=f"DualStyleGAN Encoder ({space})",
        description="Reads faces for every DualStyleGAN style at 1024 pixels",
        page=f"{_DRIVE}/file/d/{identifier}/view",
        files=(ModelFile(file, f"{_DRIVE}/uc?export=download&confirm=t&id={identifier}", megabytes=1200),),
        **_DUALSTYLEGAN,  # type: ignore[arg-type]
    )


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        _encoder("dualstylegan-encoder", "encoder.pt", "1NgI4mPkboYvYw3MWcdUaQhkr0OWgs9ej", "Z+"),
        _encoder("dualstylegan-encoder-wplus", "encoder_wplus.pt", "1IVMWKfF8Yp41tsoLLZ8edwjVg_tkjmqQ", "W+"),
        _style("cartoon", "1xPo8PcbMXzcUyvwe5liJrfbA5yx4OF1j", 317, has_sampler=True, is_refined=True),
        _style("caricature", "1BwLXWkSyWDApblBPvaHKsRCTqnhiHxUZ", 199, has_sampler=True, is_refined=True),
        _style("anime", "1YvFj33Bfum4YuBeqNNCYLfiBrD4tpzg7", 174, has_sampler=True, is_refined=True),
        _style("arcane", "1-MYwaEQthhAJ_ScWVb0LOQiVkKeSzpBm", 100, has_sampler=True, is_refined=False),
        _style("comic", "1qC2onFGs2R-XCXRQTP_yyNbY1fT0BdZG", 101, has_sampler=True, is_refined=False),
        _style("pixar", "1ve4P8Yb4EZ9g_sRy_RCw3N74p46tNpeW", 122, has_sampler=True, is_refined=False),
        _style("slamdunk", "1X345yn_YbMEHBcj7K91O-oQZ2YjVpAcI", 120, has_sampler=True, is_refined=False),
        _style("fantasy", "1JmimgKR_Xo-lR8n35e_V9wEicSUaJqMz", 137, has_sampler=False, is_refined=False),
        _style("illustration", "1ESQBW5rmXqWss3yTjIUOr8Di7R_er-o8", 156, has_sampler=False, is_refined=False),
        _style("impasto", "1d0Lb-B7ozphXLywRjVLXQI0PTC5PESfn", 120, has_sampler=False, is_refined=False),
    )
}
