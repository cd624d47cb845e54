# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing from an index on this machine: whole, broken off, cancelled, again, without network, space or rights."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from package_index import running_index
from pastiche.bridge import uv
from pastiche.bridge.environment import FOLDER, STAMP, environment_python, install, is_current, packages, torch_backend
from pastiche.bridge.errors import PasticheError, RuntimeMissingError, StorageError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def index():
    with running_index() as index:
        yield index


@pytest.fixture(autouse=True)
def quick_failures(monkeypatch):
    try:
        uv.find_uv()
    except RuntimeMissingError:
        pytest.skip("needs uv")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@pytest.fixture
def locked(tmp_path):
    return tmp_path / "locked.txt"


def install_in(folder, locked, url, **options):
    arguments = ["--default-index", url, "--require-hashes", "-r", str(locked)]
    return install(folder, arguments, [locked], pythons=(sys.executable,), **options)


def what_is_in(python, *names):
    """The versions of made packages in an environment, None where one is missing."""
    program = "import importlib, importlib.util as u, json, sys\n"
    program += (
        "print(json.dumps([importlib.import_module(n).version if u.find_spec(n) else None for n in sys.argv[1:]]))"
    )
    return json.loads(subprocess.run([python, "-I", "-c", program, *names], stdout=subprocess.PIPE, check=True).stdout)


def test_an_environment_is_made_in_any_folder_and_leaves_no_downloads(index, locked, tmp_path):
    locked.write_text(index.add("brushes", "1.0") + index.add("canvas", "2.0"))
    folder, lines = tmp_path / "Künstler 폴더 with spaces", []
    python = install_in(folder, locked, index.url, on_line=lines.append)
    assert what_is_in(python, "brushes", "canvas") == ["1.0", "2.0"]
    assert environment_python(folder) == python and is_current(folder, [locked])
    assert lines[0] == "Making the environment" and "Installing packages" in lines
    assert (folder / uv.LOG).read_text() and not (folder / uv.DOWNLOADS).exists()


def test_only_a_whole_environment_counts(index, locked, tmp_path):
    locked.write_text(index.add("brushes", "1.0"))
    install_in(tmp_path, locked, index.url)
    (tmp_path / FOLDER / STAMP).unlink()
    assert environment_python(tmp_path) is None and not is_current(tmp_path, [locked])


def test_a_download_that_breaks_off_is_told_and_not_repeated(index, locked, tmp_path):
    locked.write_text(index.add("brushes", "1.0") + index.add("canvas", "2.0", size=3_000_000))
    index.broken = {"canvas-2.0-py3-none-any.whl"}
    with pytest.raises(RuntimeMissingError, match="broke off") as caught:
        install_in(tmp_path, locked, index.url)
    assert "install again" in caught.value.remedy and str(tmp_path / uv.LOG) in caught.value.remedy
    assert environment_python(tmp_path) is None
    index.broken, index.downloaded = set(), []
    assert what_is_in(install_in(tmp_path, locked, index.url), "brushes", "canvas") == ["1.0", "2.0"]
    assert index.downloaded == ["canvas-2.0-py3-none-any.whl"]


def test_without_network_the_remedy_is_to_check_it(locked, tmp_path):
    locked.write_text("brushes==1.0 --hash=sha256:" + "0" * 64)
    with pytest.raises(RuntimeMissingError, match=r"broke off \(http://127.*Check the connection"):
        install_in(tmp_path, locked, "http://127.0.0.1:9/simple")


def test_a_download_that_is_not_what_was_locked_is_refused(index, locked, tmp_path):
    index.add("brushes", "1.0")
    locked.write_text("brushes==1.0 --hash=sha256:" + "0" * 64)
    with pytest.raises(RuntimeMissingError, match="not what Pastiche expects"):
        install_in(tmp_path, locked, index.url)
    assert environment_python(tmp_path) is None


def test_a_cancelled_installation_goes_on_another_time(index, locked, tmp_path):
    locked.write_text(index.add("brushes", "1.0"))
    with pytest.raises(RuntimeMissingError, match="cancelled"):
        install_in(tmp_path, locked, index.url, is_cancelled=lambda: True)
    assert environment_python(tmp_path) is None
    assert what_is_in(install_in(tmp_path, locked, index.url), "brushes") == ["1.0"]


def test_another_version_replaces_what_changed_and_removes_the_rest(index, locked, tmp_path):
    locked.write_text(index.add("brushes", "1.0") + index.add("canvas", "2.0") + index.add("easel", "1.0"))
    install_in(tmp_path, locked, index.url)
    locked.write_text(index.add("brushes", "1.0") + index.add("canvas", "2.1"))
    assert not is_current(tmp_path, [locked])
    index.downloaded = []
    python = install_in(tmp_path, locked, index.url)
    assert what_is_in(python, "brushes", "canvas", "easel") == ["1.0", "2.1", None]
    assert is_current(tmp_path, [locked]) and index.downloaded == ["canvas-2.1-py3-none-any.whl"]


def test_an_environment_whose_python_is_gone_is_made_anew(index, locked, tmp_path):
    locked.write_text(index.add("brushes", "1.0"))
    python = install_in(tmp_path, locked, index.url)
    python.unlink()
    assert environment_python(tmp_path) is None
    assert what_is_in(install_in(tmp_path, locked, index.url), "brushes") == ["1.0"]


def test_the_next_python_is_taken_where_one_cannot_be_had(index, locked, tmp_path):
    locked.write_text(index.add("brushes", "1.0"))
    arguments = ["--default-index", index.url, "-r", str(locked)]
    python = install(tmp_path, arguments, pythons=("/no/such/python", sys.executable))
    assert what_is_in(python, "brushes") == ["1.0"]
    with pytest.raises(RuntimeMissingError, match="/no/such/python"):
        install(tmp_path / "other", arguments, pythons=("/no/such/python",))


MOUNTED = """
import subprocess, sys
sys.path.insert(0, "tests")
import root_package
from pathlib import Path
from pastiche.bridge.environment import install
from pastiche.bridge.errors import PasticheError
folder, mode, url, locked = sys.argv[1:]
if subprocess.run(["mount", "-t", "tmpfs", "-o", mode, "tmpfs", folder]).returncode:
    sys.exit(77)
try:
    install(Path(folder), ["--default-index", url, "-r", locked], [], pythons=(sys.executable,))
except PasticheError as error:
    print(error.code, error)
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs a mount of its own")
@pytest.mark.parametrize(
    ("mode", "words"), [("size=4m", "full"), ("size=50m", "full"), ("ro", "cannot be written")]
)  # 4 MB: uv itself does not fit; 50 MB: what it downloads does not
def test_a_full_disk_and_a_folder_that_is_read_only_are_told_apart(index, locked, tmp_path, mode, words):
    locked.write_text(index.add("canvas", "2.0", size=30_000_000))
    (tmp_path / "disk").mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c", MOUNTED]
    run = subprocess.run(
        [*command, str(tmp_path / "disk"), mode, index.url, str(locked)], cwd=ROOT, capture_output=True, text=True
    )
    if run.returncode in (1, 77) and "storage" not in run.stdout:
        pytest.skip(f"no mount here: {run.stderr[-200:]}")
    assert run.stdout.startswith("storage ") and words in run.stdout, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("error: failed to write to file: Permission denied (os error 13)", StorageError, "cannot be written"),
        ("No space left on device (os error 28)", StorageError, "full"),
        ("Request failed: error sending request for url", RuntimeMissingError, "broke off"),
        ("No solution found when resolving dependencies", RuntimeMissingError, "No solution found"),
    ],
)
def test_what_uv_says_becomes_a_sentence_with_a_remedy(tmp_path, said, kind, words):
    steps = uv.Steps(tmp_path, lambda line: None, lambda: False)
    with pytest.raises(PasticheError, match=words) as caught:
        steps.run("Installing packages", [sys.executable, "-c", f"print({said!r}); raise SystemExit(2)"])
    assert type(caught.value) is kind and str(tmp_path / uv.LOG) in caught.value.remedy


KILLED = """
import os, sys
sys.path.insert(0, "tests")
import root_package
from pathlib import Path
from pastiche.bridge import uv
def heard(line):
    if line.isdigit():
        print(line, flush=True)
        os.kill(os.getpid(), 9)
uv.Steps(Path(sys.argv[1]), heard, lambda: False).run("Installing", [sys.executable, "-u", "-c", sys.argv[2]])
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for the process in /proc")
def test_nothing_goes_on_installing_when_blender_is_killed(tmp_path):
    endless = "import os, time; print(os.getpid()); time.sleep(600)"
    run = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), endless], cwd=ROOT, stdout=subprocess.PIPE)
    process = Path(f"/proc/{int(run.stdout)}")
    end = time.monotonic() + 20
    while process.exists() and "Z" not in process.joinpath("stat").read_text().split(")")[-1][:3]:
        assert time.monotonic() < end, "it goes on"
        time.sleep(0.05)


def test_uv_keeps_to_our_folder_and_hears_nothing_of_our_python(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/of/blender")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    seen = uv._environment_variables(tmp_path, dict(uv.os.environ))
    assert "PYTHONPATH" not in seen and seen["HTTPS_PROXY"] == "http://proxy"
    assert seen["UV_CACHE_DIR"].startswith(str(tmp_path)) and seen["UV_PYTHON_INSTALL_DIR"].startswith(str(tmp_path))


@pytest.mark.parametrize(
    ("device", "system", "machine", "has_driver", "backend"),
    [
        ("AUTO", "linux", "x86_64", False, "auto"),
        ("CPU", "linux", "x86_64", True, "cpu"),
        ("CUDA", "win32", "AMD64", False, "auto"),
        ("AUTO", "win32", "AMD64", True, "auto"),
        ("AUTO", "win32", "AMD64", False, ""),
        ("CPU", "win32", "AMD64", True, ""),
        ("AUTO", "darwin", "arm64", False, ""),
    ],
)
def test_the_right_torch_for_the_device(device, system, machine, has_driver, backend):
    assert torch_backend(device, system, machine, has_driver) == backend


def test_the_locked_torch_brings_no_cuda_to_windows():
    text = (ROOT / "inference" / "locked" / "torch.txt").read_text()
    entries = [line for line in text.splitlines() if not line.startswith((" ", "#"))]
    everywhere = [entry for entry in entries if "sys_platform == 'linux'" not in entry]
    assert [entry.split("==")[0] for entry in everywhere] == ["torch"]


def test_a_mac_without_torch_is_told_so():
    with pytest.raises(RuntimeMissingError, match="mesh engine"):
        torch_backend("AUTO", "darwin", "x86_64")


def test_everything_from_the_package_index_is_hashed():
    locked = ROOT / "inference" / "locked"
    assert "--require-hashes" in packages(locked, "")
    for file in (locked / "packages.txt", locked / "torch.txt"):
        entries = [line for line in file.read_text().splitlines() if not line.startswith((" ", "#"))]
        assert entries and all("==" in entry and entry.endswith("\\") for entry in entries)
    assert packages(locked, "cpu")[-1] == "cpu" and packages(locked, "cpu")[2] in (locked / "torch.txt").read_text()
