"""Printing a local HTML file as PDF with the Chromium of the machine, which may ask nothing of any host."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS_MOST = 120.0
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync",
    "--disable-domain-reliability", "--disable-breakpad", "--disable-dev-shm-usage", "--no-pings",
    # No name has an address, so nothing in a page can reach a host.
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", "--generate-pdf-document-outline",
)  # fmt: skip


class NotPrinted(OSError):
    """There is no browser, or it made no PDF. The message says what to do."""


def print_pdf(html: Path, pdf: Path, *, browser: str | None = None, seconds_most: float = SECONDS_MOST) -> Path:
    """Print a file and return the PDF, which is there whole or not at all.

    Args:
        html: the page, on this machine.
        pdf: where it is written; replaced if it is there.
        browser: path or name of the browser; the first of ``BROWSERS`` that is installed if ``None``.
        seconds_most: after how many seconds the browser is ended.

    Raises:
        NotPrinted: if there is no browser, it takes too long, or makes no PDF.
    """
    found = (
        shutil.which(browser) if browser else next((path for name in BROWSERS if (path := shutil.which(name))), None)
    )
    if found is None:
        named = f"there is no browser {browser!r}" if browser else "no Chromium is installed"
        raise NotPrinted(
            f"{html} is written, but {named} to print it: install one (apt-get install chromium), name one in "
            "MICROCRED_BROWSER, or open the file in any browser and print it to PDF"
        )
    # A snap of Chromium may not write outside of folders that the user sees, so the profile lies beside the PDF.
    with TemporaryDirectory(prefix=".printing-", dir=pdf.parent) as folder:
        made = Path(folder) / "report.pdf"
        _run(found, html, made, Path(folder), seconds_most)
        made.replace(pdf)
    return pdf


def _run(browser: str, html: Path, made: Path, folder: Path, seconds_most: float) -> None:
    # Chromium has no sandbox for root; what it opens is our own file, without scripts.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [
        browser, *FLAGS, *root, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={made.resolve()}",
        html.resolve().as_uri(),
    ]  # fmt: skip
    said = folder / "said"
    with (
        said.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - a browser of this machine, on a file of ours
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        ) as process,
    ):
        try:
            process.wait(timeout=seconds_most)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise NotPrinted(
                f"{html} is written, but {browser} took longer than {seconds_most:.0f} s to print it and was ended: "
                "open the file in a browser and print it to PDF"
            ) from None
    if not made.is_file() or not made.read_bytes().startswith(b"%PDF"):
        last = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise NotPrinted(
            f"{html} is written, but {browser} made no PDF of it (exit code {process.returncode}"
            f"{': ' + last[0] if last else ''}): open the file in a browser and print it to PDF"
        )
