# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from dualstylegan_recordings import archive, gap, hashed_state, official_shapes, shapes_of
from pastiche.vendor.psp.identity import IdentityNetwork
from pastiche.vendor.psp.ir_se import BackboneShape


@torch.no_grad()
def test_descriptors_have_unit_length_and_survive_a_state_dictionary():
    torch.manual_seed(0)
    network = IdentityNetwork(BackboneShape((16, 16, 16, 16)), features=32).eval()
    portraits = torch.rand(2, 3, 512, 512) * 2 - 1
    found = network.describe(portraits)
    assert torch.allclose(found.norm(dim=1), torch.ones(2))
    assert gap(IdentityNetwork.from_state(network.state_dict()).describe(portraits), found) < 1e-5


def test_an_encoder_without_descriptor_is_refused():
    state = IdentityNetwork(BackboneShape((16, 16, 16, 16)), features=8).state_dict()
    with pytest.raises(ValueError, match="not an identity network"):
        IdentityNetwork.from_state({key: value for key, value in state.items() if "output" not in key})


def test_published_keys_and_shapes():
    expected = official_shapes("ir_se50_identity_112")
    with torch.device("meta"):
        network = IdentityNetwork(BackboneShape())
    assert shapes_of(network) == expected
    assert sum(p.numel() for p in network.parameters()) == 43_797_696


@pytest.mark.slow
@torch.no_grad()
def test_recorded_descriptors_at_full_size():
    arrays = archive("fullsize_identity_ir_se50")
    with torch.device("meta"):
        shapes = IdentityNetwork(BackboneShape()).state_dict()
    keep = {key: torch.zeros((), dtype=value.dtype) if "batches" in key else value for key, value in shapes.items()}
    network = IdentityNetwork.from_state(hashed_state(1003, keep))
    small = arrays["in/images_small_uint8_nhwc_kron8"].permute(0, 3, 1, 2).float()
    found = network.describe(small.repeat_interleave(8, 2).repeat_interleave(8, 3) / 127.5 - 1)
    assert gap(found, arrays["out/features_l2_normalised"]) < 5e-6
    loss = (1 - (found[:2] * found[1:]).sum(1)).mean()
    assert gap(loss, arrays["out/id_loss_first2_vs_last2"]) < 5e-6
