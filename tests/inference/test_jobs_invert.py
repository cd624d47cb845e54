# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture becomes a latent on disk; what is there is not searched again; cancelling keeps the best."""

import dataclasses
import json

import cv2
import pytest
import torch
from acted_clips import photograph
from pastiche.bridge import messages
from pastiche.bridge.drag_commands import Run, SetPoints
from pastiche.bridge.motion_file import open_motion_file
from pastiche.bridge.requests import DragRequest, InvertRequest
from pastiche.inference.engines.latent.latent_file import open_start
from pastiche.inference.engines.latent.network import load_network
from pastiche.inference.jobs import perform
from random_networks import SIZE, stylegan2, write_network


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return write_network(stylegan2(), tmp_path_factory.mktemp("network") / "stylegan2-tiny-128x128.pkl")


@pytest.fixture
def request_(network, tmp_path):
    generator = stylegan2()
    with torch.no_grad():
        picture = generator(torch.randn(1, 16, generator=torch.Generator().manual_seed(9)), psi=0.5)
    pixels = (picture[0] * 127.5 + 128).clamp(0, 255).byte().permute(1, 2, 0).numpy()
    cv2.imwrite(str(tmp_path / "photo.png"), pixels[..., ::-1])
    folder, source, latent = tmp_path / "job", tmp_path / "photo.png", tmp_path / "photo.latent"
    return InvertRequest(
        str(folder), str(source), str(network), str(latent), framing='MIDDLE', steps=8, tuning=4
    )


def test_a_picture_is_inverted_with_live_pictures_and_its_quality_told(request_, network):
    heard = []
    done = perform(request_, "a", heard.append)
    assert done.outcome == 'FINISHED' and done.result["is_whole"] and done.result["size"] == [SIZE, SIZE]
    assert done.result["psnr"] > 5 and done.result["distance"] > 0 and done.result["perceptual"] == "multi-scale"
    assert cv2.imread(done.result["picture"]).shape == (SIZE, 2 * SIZE, 3)
    kinds = {type(message) for message in heard}
    assert {messages.Screen, messages.Picture, messages.Progress} <= kinds
    start = open_start(request_.latent, load_network(network))
    assert start.latent.shape == (1, 12, 16) and start.generator is not load_network(network).generator


def test_the_same_picture_is_not_searched_twice_and_another_setting_is(request_):
    first = perform(request_, "a")
    again = perform(request_, "a")
    assert again.result["reused"] and again.result["psnr"] == first.result["psnr"]
    assert "reused" not in perform(dataclasses.replace(request_, tuning=2), "a").result


@pytest.mark.parametrize("stop_at", ["Searching the latent", "Tuning the network"])
def test_cancelling_keeps_the_best_so_far_which_can_be_dragged(request_, network, tmp_path, stop_at):
    heard = []

    def is_cancelled():
        return any(isinstance(message, messages.Status) and message.text == stop_at for message in heard)

    done = perform(request_, "a", heard.append, is_cancelled)
    assert done.outcome == 'CANCELLED' and not done.result["is_whole"]
    script = (SetPoints(((60.0, 60.0),), ((70.0, 60.0),)), Run(1))
    dragged = perform(DragRequest(str(tmp_path / "d"), str(network), latent=request_.latent, script=script), "d")
    assert dragged.outcome == 'FINISHED' and dragged.result["steps"] == 1
    assert "reused" not in perform(request_, "a").result


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"framing": 'SIDE'}, "SIDE"),
        ({"steps": -1}, "steps"),
        ({"locality": -0.1}, "locality"),
        ({"source": "/nowhere.png"}, "nowhere.png"),
        ({"network": "/nowhere.pkl"}, "nowhere.pkl"),
    ],
)
def test_what_cannot_be_inverted_is_told(request_, changes, words):
    heard = []
    done = perform(dataclasses.replace(request_, **changes), "a", heard.append)
    assert done.outcome == 'FAILED' and words in heard[-1].error["what"] and heard[-1].error["remedy"]


def test_locality_keeps_other_pictures_of_the_network_more_alike(request_, network):
    original, latent = stylegan2(), torch.randn(1, 12, 16, generator=torch.Generator().manual_seed(2))
    away = []
    for locality in (0.0, 100.0):
        perform(dataclasses.replace(request_, tuning=10, locality=locality), "a")
        tuned = open_start(request_.latent, load_network(network)).generator
        away.append(float((tuned.synthesis(latent) - original.synthesis(latent)).abs().mean()))
    assert 0 < away[1] < 0.8 * away[0]


def test_an_aligned_face_says_where_it_was_cut(request_, tmp_path):
    cv2.imwrite(str(tmp_path / "face.png"), photograph()[..., ::-1])
    changes = {"source": str(tmp_path / "face.png"), "framing": 'FACE', "steps": 1, "tuning": 0}
    assert perform(dataclasses.replace(request_, **changes), "a").outcome == 'FINISHED'
    with open_motion_file(request_.latent) as file:
        square = json.loads(file.metadata["origin"])["square"]
    assert 0.4 < square["side"] / photograph().shape[0] < 1.2 and abs(square["angle"]) < 0.3


def test_a_picture_without_a_face_is_told(request_, monkeypatch):
    monkeypatch.setattr("pastiche.inference.jobs.invert.faces_in", lambda image: [])
    heard = []
    assert perform(dataclasses.replace(request_, framing='FACE'), "a", heard.append).outcome == 'FAILED'
    assert heard[-1].error["code"] == "no_face"
