# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: what scripts, farms and people without Blender use. It does jobs as the worker does them.

Exit status: 0 done, 1 failed or cancelled, 2 wrong usage. Not for: what a verb does (verbs.py).
"""

import argparse
import logging
import math
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..bridge import starter
from ..bridge.catalogue import ENGINES, MODELS
from ..bridge.drag_commands import DragOptions
from ..bridge.drag_presets import PRESETS
from ..bridge.errors import InternalError, PasticheError
from ..bridge.requests import LOOPS
from . import latent_verbs, verbs
from .terminal import Terminal
from .training.stage import STAGES

_NETWORK_HELP = "a StyleGAN2 or StyleGAN3: NVIDIA's pickle, a checkpoint, or a converted file"
_STYLE_HELP = f"style pack, or {starter.NAME}"


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    options = _parser().parse_args(arguments)
    terminal = Terminal(options.verbose)
    cancelled = threading.Event()
    signal.signal(signal.SIGINT, _on_interrupt(cancelled, terminal))
    try:
        result = VERBS[options.verb](options, terminal, cancelled.is_set)
    except PasticheError as error:
        result = _failed(error, terminal)
    except Exception as error:
        logging.getLogger(__name__).exception("%s", options.verb)
        what = f"Something unexpected happened: {type(error).__name__}: {str(error)[:300]}."
        result = _failed(InternalError(what, "Run it again with --verbose and report what it prints."), terminal)
    if options.json:
        terminal.tell_json(result)
    return 0 if result.get("outcome", 'FINISHED') == 'FINISHED' else 1


VERBS: dict[str, Callable[[argparse.Namespace, Terminal, Callable[[], bool]], dict[str, Any]]] = {
    "capture": verbs.capture,
    "drive": verbs.drive,
    "stylize": verbs.stylize,
    "pack": verbs.pack,
    "resume": verbs.resume,
    "prepare": verbs.prepare,
    "train": verbs.train,
    "heads": verbs.heads,
    "convert": latent_verbs.convert,
    "invert": latent_verbs.invert,
    "drag": latent_verbs.drag,
    "compare": latent_verbs.compare,
    "evaluate": verbs.evaluate,
    "inspect": verbs.inspect,
    "devices": verbs.devices,
}


def _failed(error: PasticheError, terminal: Terminal) -> dict[str, Any]:
    terminal.say(str(error))
    return {"outcome": 'FAILED', "error": error.to_dict()}


def _on_interrupt(cancelled: threading.Event, terminal: Terminal) -> Callable[..., None]:
    def handle(*_: object) -> None:
        if cancelled.is_set():
            raise KeyboardInterrupt
        cancelled.set()
        terminal.say("Cancelling: what is finished is kept. Press again to leave at once.")

    return handle


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python inference", description="Pastiche without Blender.", allow_abbrev=False)
    subparsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, help: str) -> argparse.ArgumentParser:
        added = subparsers.add_parser(name, help=help, description=help, allow_abbrev=False)
        added.add_argument("--json", action="store_true", help="end with one line of JSON on stdout")
        added.add_argument("--verbose", action="store_true", help="show the log and what libraries print")
        return added

    capture = verb("capture", "Footage of a face becomes a motion file.")
    capture.add_argument("--footage", type=_path, required=True, help="film, GIF, folder of pictures, or first picture")
    capture.add_argument("--out", type=_path, required=True, help="motion file to write")
    capture.add_argument("--fps", default="", help='rate of the motion, such as 24 or 30000/1001 (the footage\'s own)')
    _add_capture_options(capture)

    drive = verb("drive", "A picture is played by footage or by a motion file: frames, or a film.")
    drive.add_argument("--source", type=_path, required=True, help="picture with a face")
    moved_by = drive.add_mutually_exclusive_group(required=True)
    moved_by.add_argument("--footage", type=_path, help="film, GIF, folder of pictures, or first picture")
    moved_by.add_argument("--motion", type=_path, help="motion file")
    drive.add_argument("--out", type=_path, required=True, help="folder for the frames; unchanged ones are kept")
    drive.add_argument("--engine", choices=ENGINES, default="mesh", help="what plays the picture (%(default)s)")
    drive.add_argument("--frames", type=_frames, default=(None, None), metavar="A:B", help="frames to render (all)")
    drive.add_argument("--fps", default="", help="rate of the frames (the motion's own)")
    drive.add_argument(
        "--format",
        choices=("png", "mp4", *map(str.lower, LOOPS)),
        default="png",
        help="mp4: frames and a film; gif, apng, webp: frames and a loop (%(default)s)",
    )
    drive.add_argument("--side", type=int, default=0, metavar="PX", help="longer side of the loop at most")
    drive.add_argument("--max-kb", type=int, default=0, metavar="KB", help="the loop is made to fit into this")
    drive.add_argument("--back-and-forth", action="store_true", help="the loop returns the way it came")
    drive.add_argument("--depth", type=int, choices=(8, 16), default=8, help="bits per channel of PNG (%(default)s)")
    drive.add_argument("--audio", type=_path, help="sound of the film (the footage's own)")
    drive.add_argument("--source-face", type=int, default=0, metavar="N", help="face of the picture (the largest)")
    drive.add_argument("--box", type=_numbers(4), metavar="L,T,R,B", help="the face, placed by hand, in pixels")
    drive.add_argument(
        "--points", type=_numbers(10), metavar="X,Y,...", help="with --box: eyes, nose tip, mouth corners, right first"
    )
    drive.add_argument(
        "--set", type=_setting, action="append", default=[], metavar="NAME=VALUE", help="a setting of the engine"
    )
    drive.add_argument("--style", type=_style, help=f"{_STYLE_HELP}: the picture takes a style before it is played")
    _add_look(drive)
    _add_capture_options(drive)

    _add_stylize(verb("stylize", "The faces of a picture or footage take the style of an exemplar."))
    _add_pack(verb("pack", "A style's files, as its authors publish them, become a style pack."))
    _add_convert(verb("convert", "A picture network becomes a file of numbers alone, and its JSON."))
    _add_invert(verb("invert", "A picture becomes the latent of a network that makes it, and the network is tuned."))
    _add_drag(verb("drag", "Points of a network's picture are dragged to their targets."))
    _add_compare(verb("compare", "The same drags by several networks, in several ways: a table and a sheet."))
    _add_prepare(verb("prepare", "Pictures and films become aligned portraits, to learn from."))
    _add_train(verb("train", "A network learns from data; all is kept, and the training can go on any time."))
    _add_heads(verb("heads", "Rendered people, natural and in art styles, to learn from."))
    _add_evaluate(verb("evaluate", "How like a made clip is to a real one, how steady, and if it is the same person."))

    resume = verb("resume", "Go on with a job where it stopped.")
    resume.add_argument("folder", type=_path, metavar="DIR", help="its folder")
    inspect = verb("inspect", "What a job folder, recipe, motion file, checkpoint, network or style holds.")
    inspect.add_argument("file", type=_path, metavar="FILE")
    verb("devices", "What this machine can compute on, and which engines can run.")
    return parser


def _add_prepare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="source", type=_path, required=True, help="picture, film, or folder of them")
    parser.add_argument("--out", type=_path, required=True, help="folder for the portraits; what is done stays")
    parser.add_argument("--size", type=_count, default=1024, help="pixels of a side (%(default)s)")
    parser.add_argument("--every", type=_at_least_one, default=24, metavar="N", help="frames of a film (%(default)s)")
    parser.add_argument("--least", type=_count, default=0, metavar="PX", help="height of a face (a quarter of --size)")
    parser.add_argument("--all-faces", action="store_true", help="every face of a picture, not the largest alone")


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stage", choices=STAGES, metavar="STAGE", help=", ".join(STAGES))
    parser.add_argument("--data", type=_path, required=True, help="file or folder to learn from, as the stage says")
    parser.add_argument("--out", type=_path, required=True, help="folder of the training; goes on with one begun there")
    parser.add_argument("--steps", type=_count, default=0, metavar="N", help="stop after so many in all (the recipe's)")
    parser.add_argument("--every", type=_count, default=500, metavar="N", help="steps between savings (%(default)s)")
    parser.add_argument("--seed", type=_count, default=0, help="of everything random (%(default)s)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="(%(default)s)")
    parser.add_argument(
        "--set", type=_setting, action="append", default=[], metavar="NAME=VALUE", help="a setting of the stage"
    )


def _add_heads(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=_path, required=True, help="folder for pictures and truth; what is there stays")
    parser.add_argument("--count", type=_count, default=100, metavar="N", help="people (%(default)s)")
    parser.add_argument("--first", type=_count, default=0, metavar="N", help="number of the first one (%(default)s)")
    parser.add_argument("--styles", default="", metavar="A,B", help="photo, toon and others (all)")
    parser.add_argument("--size", type=_count, default=256, help="pixels of a side (%(default)s)")
    parser.add_argument("--zoom", type=_number, default=1.0, help="1 is FFHQ's crop, more shows more (%(default)s)")
    parser.add_argument("--turns", type=_number, default=1.0, help="how far heads turn, 1 usual (%(default)s)")
    parser.add_argument("--frames", type=_count, default=1, metavar="N", help="of each person: clips (%(default)s)")
    parser.add_argument("--batch", type=_count, default=8, metavar="N", help="people at once (%(default)s)")
    parser.add_argument(
        "--exemplars", type=_count, default=0, metavar="N", help="of each art style, whose colors people wear too"
    )
    parser.add_argument("--seed", type=_count, default=0, help="of everything random (%(default)s)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="(%(default)s)")


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("made", type=_path, metavar="A", help="made clip, folder of clips, or job folder")
    parser.add_argument("real", type=_path, metavar="B", help="real clip, or folder of clips of the same names")
    parser.add_argument("--size", type=_count, default=0, metavar="N", help="bring both to N x N pixels first")
    parser.add_argument("--no-faces", action="store_true", help="leave out what needs to find faces")
    parser.add_argument("--identity", default="", metavar="FILE", help="IR-SE50 weights: measures the identity too")
    parser.add_argument("--inception", default="", metavar="FILE", help="weights of FID's Inception: measures FID")
    parser.add_argument("--backend", default="mediapipe", help="what finds faces (%(default)s)")


def _add_stylize(stylize: argparse.ArgumentParser) -> None:
    stylize.add_argument("--source", type=_path, required=True, help="picture, film, GIF, or folder of pictures")
    stylize.add_argument("--out", type=_path, required=True, help="a PNG for a picture, else a folder for the frames")
    is_needed = not starter.PACK.is_dir()
    stylize.add_argument("--style", type=_style, default=starter.PACK, required=is_needed, help=_STYLE_HELP)
    stylize.add_argument("--sequence", action="store_true", help="the picture is the first of a numbered series")
    _add_look(stylize)
    stylize.add_argument(
        "--sheet", action="store_true", help="figure 4 of the paper: the face and four ways of drawing it"
    )
    stylize.add_argument("--surroundings", choices=("keep", "match", "crop"), default="keep", help="(%(default)s)")
    stylize.add_argument(
        "--face", type=int, action="append", metavar="N", help="which face, the largest or first seen is 0; repeatable"
    )
    stylize.add_argument("--box", type=_numbers(4), metavar="L,T,R,B", help="the face, placed by hand, in pixels")
    stylize.add_argument(
        "--points", type=_numbers(10), metavar="X,Y,...", help="with --box: eyes, nose tip, mouth corners, right first"
    )
    stylize.add_argument("--start", type=_number, default=0.0, metavar="S", help="first second of the footage (0)")
    stylize.add_argument("--end", type=_number, default=0.0, metavar="S", help="last second (the footage's end)")
    stylize.add_argument("--smoothing", choices=("off", "low", "high"), default="low", help="over time (%(default)s)")
    stylize.add_argument("--format", choices=("png", "mp4"), default="png", help="mp4: frames and a film (%(default)s)")
    stylize.add_argument("--depth", type=int, choices=(8, 16), default=8, help="bits per channel of PNG (%(default)s)")


def _add_look(parser: argparse.ArgumentParser) -> None:
    look = parser.add_argument_group("look")
    look.add_argument("--exemplar", default="0", metavar="NAME_OR_NUMBER", help="(%(default)s)")
    look.add_argument("--second", metavar="NAME_OR_NUMBER", help="another exemplar to blend in")
    look.add_argument("--mix", type=_weights, default=(0.5,), metavar="S[,C]", help="0 the first .. 1 the second (0.5)")
    look.add_argument("--random-style", type=int, metavar="SEED", help="a style that no exemplar has")
    look.add_argument("--structure", type=_weights, default=(0.75,), metavar="0..1", help="or one a layer, with commas")
    look.add_argument("--color", type=_weights, default=(1.0,), metavar="0..1", help="or one a layer, with commas")
    look.add_argument("--keep-color", action="store_true", help="the portrait's own color, as the style would have it")
    look.add_argument("--truncation", type=_number, default=0.75, metavar="0..1", help="(%(default)s)")
    look.add_argument("--seed", type=int, metavar="N", help="of the fine grain (the model's own)")
    look.add_argument("--encoder", type=_path, help="pack with the encoder (the style's own, or one beside it)")
    look.add_argument("--matting", action="store_true", help="keep the background behind the person as it is")
    look.add_argument("--style-device", choices=("auto", "cpu", "cuda"), default="auto", help="(%(default)s)")
    look.add_argument(
        "--style-precision", choices=("auto", "float32", "bfloat16", "float16"), default="float32", help="(%(default)s)"
    )


def _add_pack(pack: argparse.ArgumentParser) -> None:
    pack.add_argument("--from", dest="source", type=_path, help="folder with the authors' files, or a pack")
    for part, stage in (("generator", "finetune"), ("codes", "refine"), ("sampler", "sampler"), ("encoder", "psp")):
        text = f"in place of the folder's: such as the weights of the training {stage}"
        pack.add_argument(f"--{part}", type=_path, metavar="FILE", help=text)
    pack.add_argument("--out", type=_path, required=True, help="folder of the pack")
    pack.add_argument("--model", choices=MODELS, help="of the catalogue: fills in what the options below say")
    pack.add_argument("--name", default="", help="(the folder's)")
    pack.add_argument("--authors", default="")
    pack.add_argument("--license", default="")
    pack.add_argument("--paper", default="")
    pack.add_argument("--noncommercial", action="store_true", help="the license forbids commercial use")
    pack.add_argument("--pictures", type=_path, help="folder with the exemplars' pictures (the model draws thumbnails)")
    pack.add_argument("--space", choices=("z+", "w+"), default="z+", help="what the encoder was trained for (z+)")


def _add_convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=_path, metavar="FILE")
    parser.add_argument("--out", type=_path, required=True, help="file to write, ending in .safetensors")
    parser.add_argument("--half", action="store_true", help="numbers of 16 bits: half the size")


def _add_invert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", type=_path, required=True, help="picture")
    _add_network(parser)
    parser.add_argument("--out", type=_path, required=True, help="latent to write; one of the same inputs is kept")
    parser.add_argument("--framing", choices=("face", "middle"), default="face", help="(%(default)s)")
    parser.add_argument("--face", type=_count, default=0, metavar="N", help="face of the picture (the largest)")
    parser.add_argument("--steps", type=_count, default=450, metavar="N", help="of the search (%(default)s)")
    parser.add_argument("--tuning", type=_count, default=350, metavar="N", help="at most; 0: none (%(default)s)")
    parser.add_argument("--locality", type=_number, default=0.0, help="of tuning, keeps other pictures (0)")
    parser.add_argument("--w-plus", action="store_true", help="search in W+: nearer, but harder to drag")
    parser.add_argument("--encoder", type=_path, help="of the network, to begin with (one that lies with it)")
    parser.add_argument("--lpips", type=_path, help="checkpoint of LPIPS (a built-in measure)")


def _add_drag(parser: argparse.ArgumentParser) -> None:
    _add_network(parser)
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--seed", type=_count, help="of the picture to begin with")
    start.add_argument("--latent", type=_path, help="latent or inversion to begin with")
    parser.add_argument("--truncation", type=_number, default=0.7, help="of the seed's latent (%(default)s)")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--points", type=_drags, metavar="X,Y>X,Y;...", help="handles and targets, pixels from top left")
    what.add_argument("--preset", choices=PRESETS, metavar="NAME", help=f"of the face: {', '.join(PRESETS)}")
    parser.add_argument("--strength", type=_number, default=1.0, help="how far the preset's points go (%(default)s)")
    parser.add_argument("--mask", type=_path, help="picture of the same size, white where nothing may change")
    parser.add_argument("--steps", type=_count, default=DragOptions.most_steps, help="at most (%(default)s)")
    parser.add_argument("--step-size", type=_number, default=DragOptions.step_size, help="(%(default)s)")
    parser.add_argument("--w", action="store_true", help="move in W instead of W+")
    parser.add_argument("--name", default="", help="of the expression that is kept (the preset's)")
    parser.add_argument("--frames", action="store_true", help="write every step as a frame")
    parser.add_argument("--out", type=_path, required=True, help="folder")


def _add_network(parser: argparse.ArgumentParser) -> None:
    """Where a starter was shipped it need not be named."""
    is_needed = not starter.FACES.is_file()
    parser.add_argument("--network", type=_network, default=starter.FACES, required=is_needed, help=_NETWORK_HELP)


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--network", type=_network, required=True, action="append", help="give it repeatedly")
    parser.add_argument("--ways", type=_ways, default=["w+", "published"], help="of w+, w, published (w+,published)")
    parser.add_argument("--tasks", type=_at_least_one, default=10, metavar="N", help="random drags (%(default)s)")
    parser.add_argument("--seed", type=_count, default=0, help="of the drags (%(default)s)")
    parser.add_argument("--steps", type=_at_least_one, default=100, metavar="N", help="at most (%(default)s)")
    parser.add_argument("--step-size", type=_number, default=DragOptions.step_size, help="(%(default)s)")
    parser.add_argument("--out", type=_path, required=True, help="folder")


def _add_capture_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("footage")
    group.add_argument("--start", type=_number, default=0.0, metavar="S", help="first second of the footage (0)")
    group.add_argument("--end", type=_number, default=0.0, metavar="S", help="last second (the footage's end)")
    group.add_argument("--face", type=int, default=0, metavar="N", help="which face of the footage, first seen first")
    group.add_argument("--smoothing", choices=("off", "low", "high"), default="low", help="(%(default)s)")
    group.add_argument("--neutral", type=_number, default=-1.0, metavar="S", help="second of a face at rest (found)")
    group.add_argument("--mirror", action="store_true", help="exchange left and right")
    group.add_argument("--no-detail", action="store_true", help="leave the actor's mouth and wrinkles out")
    group.add_argument("--lock-head", action="store_true", help="leave the head at rest")
    group.add_argument("--lock-scale", action="store_true", help="leave the size of the head at rest")
    group.add_argument(
        "--gain", type=_gain, action="append", default=[], metavar="REGION=N", help="amplify, such as Mouth=1.2"
    )
    group.add_argument("--backend", default="mediapipe", help="what finds faces in footage (%(default)s)")


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("a path is expected")
    return Path(text).absolute()


def _style(text: str) -> Path:
    return starter.PACK if text == starter.NAME else _path(text)


def _network(text: str) -> Path:
    return starter.FACES if text == starter.NAME else _path(text)


def _frames(text: str) -> tuple[int | None, int | None]:
    parts = re.fullmatch(r"(\d{0,7}):(\d{0,7})|(\d{1,7})", text)
    if parts is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no range such as 1:100")
    first, last, one = parts.groups()
    return (int(one), int(one)) if one else (int(first) if first else None, int(last) if last else None)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _numbers(count: int) -> Callable[[str], tuple[float, ...]]:
    def read(text: str) -> tuple[float, ...]:
        values = tuple(_number(part) for part in text.split(","))
        if len(values) != count:
            raise argparse.ArgumentTypeError(f"{text!r} are not {count} numbers with commas between them")
        return values

    return read


def _weights(text: str) -> tuple[float, ...]:
    return tuple(_number(part) for part in text.split(","))


def _drags(text: str) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    pairs = [tuple(_numbers(2)(point) for point in part.split(">")) for part in text.split(";") if part.strip()]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise argparse.ArgumentTypeError(f"{text!r} is not X,Y>X,Y;X,Y>X,Y...")
    return pairs


def _ways(text: str) -> list[str]:
    ways = list(dict.fromkeys(text.lower().split(",")))
    if not set(ways) <= {"w+", "w", "published"}:
        raise argparse.ArgumentTypeError(f"{text!r} are not ways of w+, w, published, with commas between them")
    return ways


def _at_least_one(text: str) -> int:
    count = _count(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1 is expected")
    return count


def _gain(text: str) -> tuple[str, float]:
    region, _, factor = text.partition("=")
    return region, _number(factor)


def _setting(text: str) -> tuple[str, float | str | bool]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    if value.lower() in ("true", "false"):
        return name, value.lower() == "true"
    try:
        return name, _number(value)
    except argparse.ArgumentTypeError:
        return name, value
