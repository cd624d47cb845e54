# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published program's recorded edits, reproduced step by step."""

import math

import numpy as np
import pytest
import torch
from nvidia_cases import RUNS, read_json, tensors
from pastiche.inference.engines.latent.drag import Drag, DragSettings
from pastiche.vendor.stylegan2_ada.generator import build_generator as build_stylegan2
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape as StyleGAN2Shape
from pastiche.vendor.stylegan3.generator import build_generator as build_stylegan3
from pastiche.vendor.stylegan3.shape import GeneratorShape as StyleGAN3Shape

NAMES = [
    "main_wplus_mask", "wplus_mask_lr01", "w_nomask", "tracking_wplus_nomask_lr05", "edge_stop", "sg3t_wplus_mask",
    "sg3t_tracking_lr02",
]  # fmt: skip


def network(kind):
    keywords = read_json(RUNS / f"{kind}_config.json")["init_kwargs"]
    state = tensors(RUNS / f"{kind}_weights.safetensors")
    if kind == "sg3t":
        return build_stylegan3(StyleGAN3Shape.of_keywords(keywords), state)
    return build_stylegan2(StyleGAN2Shape.of_keywords(keywords), state)


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_edit_is_reproduced(name):
    facts, recorded = read_json(RUNS / f"run_{name}.json"), tensors(RUNS / f"run_{name}.safetensors")
    generator = network(facts["generator"])
    z = torch.from_numpy(np.random.RandomState(facts["seed"]).randn(1, 512))
    start = generator.mapping(z.float(), psi=facts["truncation_psi"])
    torch.testing.assert_close(start, recorded["w0"], rtol=0, atol=2e-6)
    settings = DragSettings(
        facts["lr"], facts["lambda_mask"], facts["r1"], facts["r2"], is_per_row=facts["w_plus"], is_faithful=True
    )
    drag = Drag(generator, recorded["w0"], settings)
    drag.set_points(facts["points_yx"], facts["targets_yx"])
    drag.set_mask(recorded.get("mask"))
    for index in range(facts["steps"]):
        step = drag.step()
        assert [list(point) for point in step.points] == recorded["points_after_tracking"][index].tolist(), index
        assert step.is_finished == bool(recorded["stop"][index])
        loss = float(recorded["loss_total"][index])
        assert math.isnan(loss) == math.isnan(step.loss)
        if not math.isnan(loss):
            assert step.loss == pytest.approx(loss, rel=1e-5 if index == 0 else 1e-3), index
        moved = recorded["w_after_step"][index]
        moved = moved[:, :6] if facts["w_plus"] else moved
        limit = 1e-6 if index == 0 else 2e-4
        torch.testing.assert_close(drag.variable.detach(), moved, rtol=0, atol=limit)
    for index, reference in enumerate(recorded["feat_refs"]):
        torch.testing.assert_close(drag.references[index], reference, rtol=1e-4, atol=1e-5)
