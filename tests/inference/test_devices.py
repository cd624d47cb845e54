# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import ctypes
import re
import sys

import pytest
from pastiche.inference import devices


class TwoCards:
    """Answers as NVIDIA's management library does."""

    NAMES = (b"NVIDIA H200", b"NVIDIA L4")

    def nvmlInit_v2(self):
        return 0

    def nvmlDeviceGetCount_v2(self, count):
        count._obj.value = len(self.NAMES)
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index, device):
        device._obj.value = index + 1
        return 0

    def nvmlDeviceGetName(self, device, name, length):
        name.value = self.NAMES[device.value - 1]
        return 0

    def nvmlShutdown(self):
        return 0


@pytest.fixture
def torch_says(monkeypatch):
    def say(cuda):
        text = f"__version__ = '2.9'\ndebug = False\ncuda: Optional[str] = {cuda}\nhip: Optional[str] = None\n"
        monkeypatch.setattr(devices, "_torch_version_file", lambda: text)

    return say


def test_graphics_cards_come_first_with_their_names(monkeypatch, torch_says):
    torch_says("'12.8'")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: TwoCards())
    monkeypatch.setattr(sys, "platform", "linux")
    assert devices.devices() == ["cuda:0 NVIDIA H200", "cuda:1 NVIDIA L4", "cpu"]


def test_cards_do_not_count_when_torch_cannot_use_them(monkeypatch, torch_says):
    torch_says("None")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: TwoCards())
    assert not any(name.startswith("cuda") for name in devices.devices())


def test_a_machine_without_the_driver_has_its_processor(monkeypatch, torch_says):
    def no_library(name):
        raise OSError(name)

    torch_says("'12.8'")
    monkeypatch.setattr(ctypes, "CDLL", no_library)
    assert devices.devices()[-1] == "cpu" and not any(name.startswith("cuda") for name in devices.devices())


def test_an_engine_that_lacks_a_module_says_so_with_a_remedy(monkeypatch):
    monkeypatch.setattr(devices, "BASE_NEEDS", ("json", "no_such_module"))
    assert devices.engines()["mesh"].startswith("no_such_module missing. Install")


def test_our_version_is_the_manifests():
    assert re.fullmatch(r"\d+\.\d+\.\d+", devices.pastiche_version())
    assert devices.versions()["pastiche"] == devices.pastiche_version()
