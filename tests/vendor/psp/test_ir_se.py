# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from dualstylegan_recordings import archive, gap, under
from pastiche.vendor.psp.ir_se import BackboneShape, Unit, body

SETTINGS = {"body.a": (32, 32, 1), "body.b": (32, 32, 2), "body.c": (32, 64, 2)}


def test_each_stage_halves_the_side():
    units = body(BackboneShape((16, 32, 32, 48), (1, 2, 1, 1)))
    x, sides = torch.randn(1, 16, 64, 64), []
    for unit in units:
        x = unit(x)
        sides.append(x.shape[-1])
    assert sides == [32, 16, 16, 8, 4] and x.shape[1] == 48


def test_a_backbone_tells_its_widths_and_another_network_is_refused():
    shape = BackboneShape((16, 32, 48, 64))
    state = {f"body.{key}": value for key, value in body(shape).state_dict().items()}
    assert BackboneShape.of(state) == shape
    with pytest.raises(ValueError, match=r"body\.2\.res_layer"):
        BackboneShape.of({})


@pytest.mark.parametrize("case", SETTINGS)
@torch.no_grad()
def test_recorded_units(case):
    arrays = under(archive("encoder_blocks"), f"{case}/")
    unit = Unit(*SETTINGS[case]).eval()
    unit.load_state_dict(under(arrays, "sd/"), strict=True)
    assert gap(unit(arrays["in/x"]), arrays["out/y"]) < 1e-5
