# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package index on this machine, for tests of installations; it can break off in the middle of a download."""

import base64
import hashlib
import io
import random
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


def made_wheel(name: str, version: str, size: int = 1000) -> tuple[str, bytes]:
    """File name and content of a wheel with one module, `size` bytes of it noise."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"version = {version!r}\n".encode(),
        f"{name}/noise": random.Random(name + version).randbytes(size),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {
        path: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=") for path, data in files.items()
    }
    record = "".join(f"{path},sha256={digests[path].decode()},{len(data)}\n" for path, data in files.items())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}.items():
            archive.writestr(path, data)
    return f"{name}-{version}-py3-none-any.whl", packed.getvalue()


class PackageIndex:
    """What is served, and what was asked for. broken: file names that are cut off halfway; downloaded: those sent."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.broken: set[str] = set()
        self.downloaded: list[str] = []
        self.url = ""

    def add(self, name: str, version: str, size: int = 1000) -> str:
        """Serve a made wheel; returns its line of a requirements file."""
        file, content = made_wheel(name, version, size)
        self.files[file] = content
        return f"{name}=={version} --hash=sha256:{hashlib.sha256(content).hexdigest()}\n"

    def answer(self, path: str, method: str) -> tuple[bytes, bool]:
        """The body for a path, and whether it is cut off. Raises KeyError."""
        part = path.strip("/").split("/")[-1]
        if part.endswith(".metadata"):
            wheel = zipfile.ZipFile(io.BytesIO(self.files[part.removesuffix(".metadata")]))
            return next(wheel.read(name) for name in wheel.namelist() if name.endswith("/METADATA")), False
        if not part.endswith(".whl"):
            names = [file for file in self.files if file.startswith(f"{part}-")]
            link = '<a href="/files/{0}" data-core-metadata="true">{0}</a>'
            return "".join(link.format(name) for name in names).encode(), False
        if method == "GET":
            self.downloaded.append(part)
        return self.files[part], part in self.broken


@contextmanager
def running_index():
    """A PackageIndex at a free port."""
    index = PackageIndex()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            try:
                body, is_cut = index.answer(self.path, self.command)
            except KeyError:
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Type", "application/zip" if self.path.endswith(".whl") else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body[: len(body) // 2] if is_cut else body)
            self.close_connection = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    index.url = f"http://127.0.0.1:{server.server_port}/simple"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
