"""A nats-server of the tests' own, on loopback and a free port."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def binary() -> str:
    """NATS_SERVER, the one on PATH, or the one that the workspace fetched."""
    named = os.environ.get("NATS_SERVER") or shutil.which("nats-server")
    if named:
        return named
    home = Path(os.environ.get("HOME", "~")).expanduser()
    places = {"darwin": home / "Library/Caches/troupe"}.get(sys.platform, home / ".cache/troupe")
    cache = os.environ.get("TROUPE_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    folder = Path(cache) if cache else Path(base) / "troupe" if base else places
    fetched = sorted(path for path in folder.glob("nats-server-*") if os.access(path, os.X_OK))
    if not fetched:
        pytest.exit("There is no nats-server: put one on PATH, or name it in NATS_SERVER.", returncode=3)
    return str(fetched[-1])


class Broker:
    """It keeps its store over restarts."""

    def __init__(self, store: Path, configuration: str = "") -> None:
        """Each environment reserves what its streams may take: more than the machine has, with one for each test."""
        self._store = store
        self._configuration = store.parent / f"{store.name}.conf"
        self._configuration.write_text(f"jetstream {{ max_file_store: 100TB }}\n{configuration}")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        command = [binary(), "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self._store)]
        command += ["-c", str(self._configuration)]
        self._process = _spawn(command)
        for _ in range(500):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            except OSError:
                await asyncio.sleep(0.02)
        raise TimeoutError("nats-server does not listen")

    def kill(self) -> None:
        """As a power cut of the process: nothing is said or finished."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _spawn(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
