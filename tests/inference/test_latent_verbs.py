# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs of picture networks as a script meets them: one process from pickle to dragged picture."""

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest
import torch
from pastiche.inference import cli
from pastiche.vendor.stylegan2.generator import Generator
from pastiche.vendor.stylegan2.shape import GeneratorShape
from random_networks import SIZE, stylegan2, stylegan3, write_network
from worker_harness import ROOT


def run(*arguments):
    command = [sys.executable, str(ROOT / "inference"), *map(str, arguments), "--json"]
    finished = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    return finished, json.loads(finished.stdout or "{}")


@pytest.fixture(scope="module")
def pickled(tmp_path_factory):
    return write_network(stylegan2(), tmp_path_factory.mktemp("n") / "stylegan2-tiny-128x128.pkl")


def test_a_pickle_is_inspected_converted_and_its_picture_dragged(pickled, tmp_path):
    _, found = run("inspect", pickled)
    assert (found["kind"], found["family"], found["named"]["name"]) == ("network", "stylegan2", "tiny")
    converted = tmp_path / "tiny.safetensors"
    finished, result = run("convert", pickled, "--out", converted)
    assert finished.returncode == 0 and result["width"] == SIZE and converted.with_suffix(".json").exists()
    assert run("inspect", converted)[1]["family"] == "stylegan2"
    points = "60,60>70,60;90,90>90,84"
    drag = ("drag", "--network", converted, "--seed", 3, "--points", points, "--steps", 3, "--out", tmp_path / "out")
    finished, result = run(*drag, "--frames", "--name", "nudge")
    assert finished.returncode == 0 and result["steps"] == 3 and result["frames"] == 4
    assert cv2.imread(str(tmp_path / "out" / result["picture"])).shape == (SIZE, SIZE, 3)
    again = ("drag", "--network", pickled, "--latent", result["kept"]["nudge"]["latent"], "--points", points)
    assert run(*again, "--steps", 1, "--out", tmp_path / "again")[0].returncode == 0


def test_a_checkpoint_of_our_training_is_converted_dragged_and_inverted(tmp_path):
    torch.manual_seed(3)
    network = Generator(GeneratorShape((12,) * 6, style_dim=16, mapping_layers=2))
    torch.save({"g_ema": network.state_dict()}, tmp_path / "weights.pth.tar")
    half = tmp_path / "half.safetensors"
    assert run("convert", tmp_path / "weights.pth.tar", "--out", half, "--half")[0].returncode == 0
    for path in (tmp_path / "weights.pth.tar", half):
        drag = ("drag", "--network", path, "--seed", 3, "--points", "60,60>70,60", "--steps", 2)
        finished, result = run(*drag, "--out", tmp_path / path.stem)
        assert finished.returncode == 0 and result["steps"] == 2
    cv2.imwrite(str(tmp_path / "a.png"), np.full((60, 80, 3), 90, np.uint8))
    command = ("invert", "--source", tmp_path / "a.png", "--network", half, "--out", tmp_path / "a.latent")
    finished, result = run(*command, "--framing", "middle", "--steps", 2, "--tuning", 0)
    assert finished.returncode == 0 and result["size"] == [SIZE, SIZE]


def test_a_name_that_says_another_model_is_told(tmp_path):
    path = write_network(stylegan3(), tmp_path / "stylegan2-wrong-512x512.pkl")
    _, found = run("inspect", path)
    assert found["family"] == "stylegan3-t" and len(found["warnings"]) == 2


def test_a_picture_is_inverted_from_the_command_line(pickled, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((60, 80, 3), 90, np.uint8))
    latent = tmp_path / "a.latent"
    command = ("invert", "--source", tmp_path / "a.png", "--network", pickled, "--out", latent, "--framing", "middle")
    finished, result = run(*command, "--steps", 2, "--tuning", 1)
    assert finished.returncode == 0 and latent.is_file() and "dB" in finished.stderr
    assert set(tmp_path.iterdir()) == {tmp_path / "a.png", latent, tmp_path / "a.latent.png"}
    assert run("inspect", latent)[1]["kind"] == "inversion"


def test_what_cannot_be_done_is_one_sentence_and_status_1(pickled, tmp_path):
    drag = ("drag", "--network", pickled, "--seed", 0, "--out", tmp_path / "out")
    finished, result = run(*drag, "--points", "900,10>20,10")
    assert finished.returncode == 1 and "900, 10" in result["error"]["what"]
    finished, result = run(*drag, "--preset", "smile")
    assert finished.returncode == 1 and "face" in result["error"]["what"]
    finished, result = run("convert", tmp_path / "no.pkl", "--out", tmp_path / "x.safetensors")
    assert finished.returncode == 1 and "no.pkl" in result["error"]["what"]


@pytest.mark.parametrize("text", ["", "1,2", "1,2>3", "1,2>3,4>5,6", "a,b>c,d"])
def test_points_that_are_none_are_wrong_usage(text, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["drag", "--network", "n", "--seed", "0", "--points", text, "--out", "o"])
    assert caught.value.code == 2 and "--points" in capsys.readouterr().err
