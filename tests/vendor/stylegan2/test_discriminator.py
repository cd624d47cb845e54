# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
import torch.nn.functional as F
from dualstylegan_recordings import archive, gap, hashed_state, official_shapes, shapes_of, traced, under
from pastiche.vendor.stylegan2.discriminator import Discriminator, with_minibatch_deviation
from pastiche.vendor.stylegan2.shape import DiscriminatorShape


def recorded():
    return Discriminator.from_state(archive("discriminator_tiny_weights")), archive("discriminator_tiny_cases")


def test_groups_of_a_batch_are_every_so_many_samples():
    x = torch.randn(8, 3, 4, 4)
    added = with_minibatch_deviation(x)[:, 3]
    for group in range(2):
        expected = (x[group::2].var(0, correction=0) + 1e-8).sqrt().mean()
        assert torch.allclose(added[group::2], expected.expand(4, 4, 4))


def test_a_batch_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match="batch of 6"):
        with_minibatch_deviation(torch.zeros(6, 3, 4, 4))


@torch.no_grad()
def test_a_state_dictionary_makes_the_same_discriminator():
    torch.manual_seed(1)
    first = Discriminator(DiscriminatorShape((16, 12, 8))).eval()
    x = torch.randn(2, 3, 16, 16)
    assert gap(Discriminator.from_state(first.state_dict())(x), first(x)) < 1e-5


def test_published_keys_and_shapes():
    expected = official_shapes("discriminator_1024_d")
    with torch.device("meta"):
        discriminator = Discriminator(DiscriminatorShape())
    assert shapes_of(discriminator) == expected
    assert sum(p.numel() for p in discriminator.parameters()) == 29_012_513


@pytest.mark.parametrize("batch", [1, 2, 4, 8])
@torch.no_grad()
def test_recorded_scores(batch):
    discriminator, arrays = recorded()
    scores = discriminator(arrays["in/x"][:batch].float())
    assert gap(scores, arrays[f"out/score_batch{batch}"]) < 5e-6


@torch.no_grad()
def test_every_recorded_layer():
    discriminator, arrays = recorded()
    trace = under(arrays, "trace_batch4/")
    outputs = traced(discriminator, sorted(trace), lambda: discriminator(arrays["in/x"][:4].float()))
    for name, (output,) in outputs.items():
        assert gap(output, trace[name]) < 1e-5, name


def test_recorded_penalty_and_losses():
    discriminator, arrays = recorded()
    x = arrays["in/x"].float()
    real = x[:4].clone().requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator(real).sum(), real, create_graph=True)
    penalty = gradient.square().sum((1, 2, 3)).mean()
    assert gap(gradient[:1], arrays["out/grad_sum_wrt_x_batch4_first"]) < 5e-6
    assert gap(penalty, arrays["out/r1_penalty_batch4"]) < 5e-6
    penalty.backward()  # the penalty is trained: second derivatives exist
    with torch.no_grad():
        real_scores, fake_scores = discriminator(x[:4]), discriminator(x[4:])
    loss = F.softplus(-real_scores).mean() + F.softplus(fake_scores).mean()
    assert gap(loss, arrays["out/d_logistic_real_first4_fake_last4"]) < 5e-6
    assert (
        min(
            gap(F.softplus(-scores).mean(), arrays["out/g_nonsaturating_batch4"])
            for scores in (real_scores, fake_scores)
        )
        < 5e-6
    )


@pytest.mark.slow
@torch.no_grad()
def test_recorded_scores_at_full_size():
    arrays = archive("fullsize_discriminator_1024")
    with torch.device("meta"):
        shapes = Discriminator(DiscriminatorShape()).state_dict()
    kernels = Discriminator(DiscriminatorShape((1, 1))).convs[1].conv2[0].kernel
    keep = {key: kernels if key.endswith("kernel") else value for key, value in shapes.items()}
    discriminator = Discriminator.from_state(hashed_state(1004, keep))
    x = 0.5 * arrays["in/x_small_kron16_times_half"].float().repeat_interleave(16, 2).repeat_interleave(16, 3)
    assert gap(discriminator(x), arrays["out/score_batch2"]) < 5e-6
    assert gap(discriminator(x[:1]), arrays["out/score_batch1_first"]) < 5e-6
