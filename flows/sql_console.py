"""The SQL console of ``microcred serve --sql``: Datasette over a fresh export of the public views, read-only."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.observatory import Observatory, code_version, open_archive
from flows.publish import Tell, publish
from flows.settings import Settings
from models.database import shown_url
from models.queries import database_state
from models.store import Store
from publishing.sqlite_files import METADATA_NAME, NAME

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PLACE = "/sql"
"""Where the page mounts it."""
SECONDS_MOST = 3
ROWS_MOST = 10_000
STATE_NAME = "state-of-the-database.txt"
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of the console: its own scripts, and nothing from another host."""
_QUESTION = re.compile(r"^## (?P<title>[^\n]+)\n(?P<text>.*?)^```sql\n(?P<sql>.*?)^```", re.MULTILINE | re.DOTALL)


def require_datasette() -> None:
    """Make sure that Datasette is installed.

    Raises:
        ValueError: if it is not, with the command that installs it.
    """
    try:
        import datasette  # noqa: F401 - only whether it is there
    except ModuleNotFoundError as missing:
        raise ValueError("the SQL console needs Datasette: pip install 'microcred-observatory[sql]'") from missing


def exported(settings: Settings, engine: Engine, tell: Tell | None = None) -> Path:
    """Return the public SQLite file as the database is now, written again only if that has changed.

    Args:
        settings: where the data directory is; the file lies in ``export/console`` of it.
        engine: the database.
        tell: is told how far the reading is, if there is something to read.
    """
    folder = settings.data_dir / "export" / "console"
    state = f"{code_version()} {shown_url(engine.url)} {database_state(engine)}"
    told = folder / STATE_NAME
    if (folder / NAME).is_file() and told.is_file() and told.read_text(encoding="utf-8") == state:
        return folder / NAME
    observatory = Observatory(settings, engine, Store(engine), open_archive(settings))
    publish(observatory, "sqlite", out=folder, tell=tell)
    told.write_text(state, encoding="utf-8")
    return folder / NAME


def questions(documents: Path | None) -> dict[str, dict[str, str]]:
    """Return the questions of docs/questions.md as Datasette's canned queries; none where it is not installed."""
    file = documents / "questions.md" if documents else None
    if file is None or not file.is_file():
        return {}
    found = _QUESTION.finditer(file.read_text(encoding="utf-8"))
    return {
        f"question-{number}": {
            "title": match["title"],
            "description": match["text"].partition("```")[0].strip(),
            "sql": match["sql"].strip(),
        }
        for number, match in enumerate(found, start=1)
    }


def sql_console(file: Path, documents: Path | None) -> ASGIApp:
    """Return the application of the console over a file that ``exported`` wrote, to be mounted at ``PLACE``.

    The file is opened as immutable; a statement that is no SELECT is refused, and one that takes longer than
    ``SECONDS_MOST`` is stopped.
    """
    from datasette.app import Datasette

    # Where rich is installed it prints a traceback with all values to stdout for every address that is not found.
    import_module("datasette.handle_exception").rich = None  # type: ignore[attr-defined]  # a name of that module
    metadata: dict[str, Any] = json.loads((file.parent / METADATA_NAME).read_text(encoding="utf-8"))
    metadata |= {"about": "the page of this database", "about_url": "/"}
    metadata["databases"][file.stem]["queries"] = questions(documents)
    shown = Datasette(
        [],
        immutables=[str(file)],
        metadata=metadata,
        settings={
            "base_url": f"{PLACE}/",
            "sql_time_limit_ms": SECONDS_MOST * 1000,
            "max_returned_rows": ROWS_MOST,
            "allow_download": False,
        },
    )
    return _Mounted(shown.app())


class _Mounted:
    """The console without the address it is mounted at, which it adds itself, and without what tells of the machine."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"]).removeprefix(PLACE) or "/"
        # Its pages about itself name files, threads and versions.
        if path.startswith("/-/") and not path.startswith("/-/static/"):
            await _refuse(send)
            return
        raw = bytes(scope["raw_path"]).removeprefix(PLACE.encode()) or b"/"
        await self._app({**scope, "path": path, "raw_path": raw, "root_path": ""}, receive, _with_policy(send))


def _with_policy(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (b"content-security-policy", POLICY.encode())]
            message = {**message, "headers": headers}
        await send(message)

    return sent


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b"There is no such page."})
