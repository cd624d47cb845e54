# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same drags by several networks, in several ways: what is counted, and what is written of it."""

import csv
import json
import math
import subprocess
import sys

import numpy as np
import pytest
from pastiche.bridge.errors import InputError
from pastiche.inference.engines.latent.comparison import Task, compare, random_tasks
from pastiche.inference.engines.latent.comparison_report import CELL, sheet, summary, write_report
from PIL import Image
from random_networks import stylegan2, stylegan3, write_network
from worker_harness import ROOT


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks")
    return [
        write_network(stylegan2(), folder / "stylegan2-tiny-128x128.pkl"),
        write_network(stylegan3(), folder / "stylegan3-t-tiny-64x64.pkl"),
    ]


def nothing():
    pass


@pytest.fixture(scope="module")
def outcomes(networks):
    return list(compare(networks, ["w+", "w"], random_tasks(2, seed=4), 3, 0.01, nothing))


def test_every_network_does_every_task_in_every_way(outcomes):
    assert len({(each.network, each.way, each.task) for each in outcomes}) == len(outcomes) == 8
    assert all(each.steps <= 3 and each.seconds_per_step > 0 and each.distance >= 0 for each in outcomes)
    starts = {each.task: each.start for each in outcomes if each.network == outcomes[0].network and each.way == "w"}
    for each in outcomes[:4]:
        assert np.array_equal(each.start, starts[each.task]) and not np.array_equal(each.end, each.start)


def test_what_stays_is_told_for_masked_drags_alone(networks):
    masked, free = (
        next(compare(networks[:1], ["w+"], [Task(1, (0.5, 0.5), (0.6, 0.5), radius)], 4, 0.01, nothing))
        for radius in (0.15, 0.0)
    )
    assert masked.psnr > 10 and math.isnan(free.psnr)
    assert summary([free])[0]["psnr"] is None


def test_the_report_is_a_table_a_row_per_drag_and_a_sheet(outcomes, tmp_path):
    write_report(tmp_path, outcomes)
    assert len((tmp_path / "table.md").read_text().splitlines()) == 2 + 4
    with (tmp_path / "table.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8 and {row["way"] for row in rows} == {"w+", "w"}
    with Image.open(tmp_path / "sheet.png") as page:
        assert page.width > 6 * CELL and page.height > 2 * CELL
    assert sheet(outcomes).std() > 10


def test_it_can_be_stopped_between_steps(networks):
    class StopError(Exception):
        pass

    def stop():
        raise StopError

    with pytest.raises(StopError):
        list(compare(networks, ["w+"], random_tasks(1, 0), 5, 0.01, stop))
    with pytest.raises(InputError):
        list(compare([networks[0].with_name("gone.pkl")], ["w+"], random_tasks(1, 0), 5, 0.01, nothing))


def test_the_verb_writes_it_all(networks, tmp_path):
    command = [sys.executable, str(ROOT / "inference"), "compare", "--out", str(tmp_path), "--json"]
    command += ["--network", str(networks[0]), "--ways", "w+,published", "--tasks", "1", "--steps", "2"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=120)
    result = json.loads(finished.stdout)
    assert finished.returncode == 0 and result["drags"] == 2 and len(result["rows"]) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"table.md", "table.csv", "sheet.png"}
