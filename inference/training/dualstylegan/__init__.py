# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of DualStyleGAN (Yang et al. 2022), in its order: the extrinsic path is pre-trained, a style's pictures are
destylized, the path is fine-tuned on them, their codes are refined, and a sampler learns to make more."""

from .destylize_stage import DestylizeStage as DestylizeStage
from .finetune_stage import FinetuneStage as FinetuneStage
from .pretrain_stage import PretrainStage as PretrainStage
from .refine_stage import RefineStage as RefineStage
from .sampler_stage import SamplerStage as SamplerStage
