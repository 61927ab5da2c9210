"""Headless Chromium, driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PHONE, DESK = (390, 844), (1280, 900)


def browser_path() -> str | None:
    """Return the browser of this machine, or the one that MICROCRED_TEST_BROWSER names."""
    named = os.environ.get("MICROCRED_TEST_BROWSER")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Tab:
    """A tab: what its console said, and every address that it asked for."""

    socket: ClientConnection
    console: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _number: int = 0
    _events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        self.socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=30))
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        what, told = message["method"], message["params"]
        self._events.append(message)
        if what == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])
        elif what == "Runtime.consoleAPICalled":
            self.console.append(" ".join(str(arg.get("value")) for arg in told["args"]))
        elif what == "Runtime.exceptionThrown":
            self.console.append(str(told["exceptionDetails"]))
        elif what == "Log.entryAdded":
            self.console.append(f"{told['entry']['level']}: {told['entry']['text']}")

    def open(self, address: str) -> None:
        """Open an address and wait until it and its frames are loaded."""
        self.console.clear()
        self.asked.clear()
        self._events.clear()
        self.call("Page.navigate", url=address)
        self.loaded()

    def loaded(self) -> None:
        """Wait until the page that is on its way is loaded."""
        until = time.monotonic() + 30
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            assert time.monotonic() < until
            self._note(json.loads(self.socket.recv(timeout=30)))
        self._events.clear()

    def run(self, script: str) -> Any:
        """Return the value of a script in the page."""
        found = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def look(self, *, size: tuple[int, int] = DESK, dark: bool = False) -> None:
        """Be a window of a size, light or dark."""
        width, height = size
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=size == PHONE)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def press(self, key: str, code: int) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, file: Path, *, height: int = 2600) -> None:
        """Write what is seen, from the top of the page down to ``height``, as PNG."""
        width = self.run("innerWidth")
        tall = min(self.run("document.documentElement.scrollHeight"), height)
        clip = {"x": 0, "y": 0, "width": width, "height": tall, "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browsing(profile: Path) -> Iterator[Tab]:
    """Start the browser with a profile of its own, and yield its one tab."""
    path = browser_path()
    assert path is not None
    arguments = [
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
        "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0",
        f"--user-data-dir={profile}", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen([path, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = _port(profile / "DevToolsActivePort", process)
        with connect(_tab_of(port), max_size=None, proxy=None) as socket:
            tab = Tab(socket)
            for domain in ("Page", "Runtime", "Network", "Log"):
                tab.call(f"{domain}.enable")
            yield tab
    finally:
        process.terminate()
        process.wait(timeout=20)


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + 60
    while not (file.is_file() and file.read_text(encoding="utf-8").strip()):
        assert process.poll() is None, "the browser ended by itself"
        assert time.monotonic() < until
        time.sleep(0.05)
    return int(file.read_text(encoding="utf-8").split()[0])


def _tab_of(port: int) -> str:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=10) as answer:
        tabs = json.load(answer)
    return next(str(tab["webSocketDebuggerUrl"]) for tab in tabs if tab["type"] == "page")
