# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads from a server in this process that breaks off, lies, and changes its mind."""

import errno
import hashlib
import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pastiche.bridge import download as module
from pastiche.bridge.download import CancelledError, download
from pastiche.bridge.errors import InputError, StorageError

DATA = bytes(range(256)) * 4000  # 1 MB
SHA256 = hashlib.sha256(DATA).hexdigest()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, asked = self.server, self.headers.get("Range", "")
        server.asked.append(asked)
        if server.redirect:
            self.send_response(302)
            self.send_header("Location", server.redirect)
            return self.end_headers()
        first = int(asked[6:-1]) if asked and server.has_ranges else 0
        if first >= len(server.data):
            self.send_response(416)
            return self.end_headers()
        self.send_response(206 if first else server.status)
        self.send_header("Content-Type", server.kind)
        self.send_header("Content-Length", str(len(server.data) - first))
        self.send_header("ETag", '"one"')
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(server.data) - 1}/{len(server.data)}")
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(server.data[first : first + server.most])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.data, server.most, server.kind, server.status = DATA, len(DATA), "application/octet-stream", 200
    server.asked, server.has_ranges, server.redirect = [], True, ""
    server.url = f"http://127.0.0.1:{server.server_port}/encoder.pt"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_file_is_brought_whole_and_its_progress_told(server, tmp_path):
    told = []
    found = download(server.url, tmp_path / "new" / "encoder.pt", SHA256, lambda done, of: told.append((done, of)))
    assert found.path.read_bytes() == DATA and (found.sha256, found.warning) == (SHA256, "")
    assert told[-1] == (len(DATA), len(DATA)) and [file.name for file in found.path.parent.iterdir()] == ["encoder.pt"]
    download(server.url, found.path, SHA256)
    assert len(server.asked) == 1


def test_a_broken_download_goes_on_where_it_stopped(server, tmp_path):
    server.most = 300_000
    with pytest.raises(InputError, match="broke off.*goes on where it stopped"):
        download(server.url, tmp_path / "encoder.pt", SHA256)
    server.most = len(DATA)
    assert download(server.url, tmp_path / "encoder.pt", SHA256).path.read_bytes() == DATA
    assert server.asked[1].startswith("bytes=") and int(server.asked[1][6:-1]) > 0


def test_a_server_without_ranges_begins_anew(server, tmp_path):
    server.most, server.has_ranges = 300_000, False
    with pytest.raises(InputError, match="broke off"):
        download(server.url, tmp_path / "encoder.pt", SHA256)
    server.most = len(DATA)
    assert download(server.url, tmp_path / "encoder.pt", SHA256).path.read_bytes() == DATA


def test_a_part_longer_than_the_file_is_thrown_away(server, tmp_path):
    (tmp_path / ".encoder.pt.part").write_bytes(DATA + b"more")
    (tmp_path / ".encoder.pt.json").write_text(json.dumps({"url": server.url}))
    assert download(server.url, tmp_path / "encoder.pt", SHA256).path.read_bytes() == DATA


def test_a_stopped_download_goes_on(server, tmp_path):
    calls = iter([False, True])
    with pytest.raises(CancelledError, match="stopped"):
        download(server.url, tmp_path / "encoder.pt", SHA256, is_cancelled=lambda: next(calls))
    assert download(server.url, tmp_path / "encoder.pt", SHA256).sha256 == SHA256 and server.asked[1]


def test_another_hash_than_the_published_one_is_refused(server, tmp_path):
    with pytest.raises(InputError, match="not the published file"):
        download(server.url, tmp_path / "encoder.pt", "0" * 64)
    assert not [file for file in tmp_path.iterdir() if file.suffix != ".json"]


def test_without_a_published_hash_the_first_one_counts_and_a_change_is_told(server, tmp_path):
    assert download(server.url, tmp_path / "encoder.pt").warning == ""
    (tmp_path / "encoder.pt").unlink()
    assert download(server.url, tmp_path / "encoder.pt").warning == ""
    (tmp_path / "encoder.pt").unlink()
    server.data = DATA[::-1]
    assert "not the file that was downloaded" in download(server.url, tmp_path / "encoder.pt").warning


@pytest.mark.parametrize(
    "changes, text",
    [
        ({"kind": "text/html; charset=utf-8"}, "a page instead of a file"),
        ({"status": 404}, r"refuses the download \(404\)"),
        ({"redirect": "http://example.org/x"}, "no address for a download"),
        ({"redirect": "file:///etc/passwd"}, "no address for a download|refuses"),
    ],
)
def test_a_wrong_answer_is_named(server, tmp_path, changes, text):
    for name, value in changes.items():
        setattr(server, name, value)
    with pytest.raises(InputError, match=text):
        download(server.url, tmp_path / "encoder.pt")
    assert not (tmp_path / "encoder.pt").exists()


@pytest.mark.parametrize("url", ["http://example.org/x", "file:///etc/passwd", "ftp://x/y", "nonsense"])
def test_only_safe_addresses_are_asked(url, tmp_path):
    with pytest.raises(InputError, match="no address for a download"):
        download(url, tmp_path / "x")


def test_a_server_that_is_gone_is_named(server, tmp_path):
    with pytest.raises(InputError, match="broke off"):
        download("http://127.0.0.1:9/x", tmp_path / "x")


def test_a_full_disk_in_the_middle_keeps_what_had_come(server, tmp_path, monkeypatch):
    def full(answer, file, *_):
        file.write(answer.read(1000))
        file.flush()
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module, "_copy", full)
        with pytest.raises(StorageError, match="is full"):
            download(server.url, tmp_path / "encoder.pt", SHA256)
    assert download(server.url, tmp_path / "encoder.pt", SHA256).sha256 == SHA256
    assert server.asked[1] == "bytes=1000-"
