"""The whole of Prefect, once and for real: server, process work pool, worker, `deploy --all`, `deployment run`."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from crawl_site import exchange
from prefect_here import BIN, ROOT, environment_of, free_port, prefect, start, stop, wait_for
from small_runs import Told

from models.store import open_database
from sandbox.server import Site, serve
from sandbox.world import World
from scrapers.archive import Archive
from scrapers.source import discover

DAY = date(2024, 6, 1)


@dataclass(frozen=True)
class Deployed:
    """A running server and worker with everything of prefect.yaml deployed."""

    environment: dict[str, str]
    api: str
    data: Path
    site: Site

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the `prefect` command line against the server."""
        return prefect(self.environment, *arguments)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    home = tmp_path_factory.mktemp("prefect")
    data = tmp_path_factory.mktemp("data")
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    with serve(World(seed=3), day=DAY) as site:
        environment = environment_of(
            home,
            port,
            MICROCRED_HOME=str(data),
            MICROCRED_DATA_DIR=str(data),
            MICROCRED_LOOPBACK_PORT=str(site.port),
        )
        server = start(environment, home / "server.log", "server", "start", "--host", "127.0.0.1", "--port", str(port))
        try:
            wait_for(f"{api}/health", home / "server.log")
            for arguments in (("work-pool", "create", "microcred", "--type", "process"), ("deploy", "--all")):
                done = prefect(environment, *arguments)
                assert done.returncode == 0, done.stdout + done.stderr
            worker = start(environment, home / "worker.log", "worker", "start", "--pool", "microcred", "--limit", "2")
            try:
                yield Deployed(environment=environment, api=api, data=data, site=site)
            finally:
                stop(worker)
        finally:
            stop(server)


def query(data: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "observatory.sqlite")) as connection:
        return connection.execute(sql).fetchall()


def artifact_text(deployed: Deployed, key: str) -> str:
    data: str = httpx.get(f"{deployed.api}/artifacts/{key}/latest").raise_for_status().json()["data"]
    return data


def artifact(deployed: Deployed, key: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(artifact_text(deployed, key))
    return rows


def last_state(deployed: Deployed) -> tuple[str, str]:
    """Type and message of the state of the flow run that was started last."""
    wanted = {"sort": "START_TIME_DESC", "limit": 1}
    [run] = httpx.post(f"{deployed.api}/flow_runs/filter", json=wanted).raise_for_status().json()
    return run["state"]["type"], run["state"]["message"]


def test_every_deployment_of_prefect_yaml_is_there(deployed: Deployed) -> None:
    answer = httpx.post(f"{deployed.api}/deployments/filter", json={}).raise_for_status().json()
    assert {d["name"]: d["entrypoint"] for d in answer} == {
        "due": "flows.harvest.harvest",
        "named": "flows.harvest.harvest",
        "part": "flows.harvest.harvest",
        "anew": "flows.rebuild_flow.rebuild",
        "past": "flows.backfill_flow.backfill",
        "monthly": "flows.snapshot.snapshot",
    }
    scheduled = {d["name"]: [s["schedule"]["cron"] for s in d["schedules"]] for d in answer}
    assert {name: crons for name, crons in scheduled.items() if crons} == {
        "due": ["15 2 * * *"],
        "monthly": ["0 6 1 * *"],
    }


def test_a_named_harvest_triggered_by_hand_reaches_the_database(deployed: Deployed) -> None:
    done = deployed.run(
        "deployment", "run", "harvest/named", "--watch", "--watch-timeout", "200",
        "-p", 'sources=["opensap", "tartu"]', "-p", "as_of=2024-06-01T00:00:00Z",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert query(deployed.data, "select source, outcome from run_log order by source") == [
        ("opensap", "ok"),
        ("tartu", "ok"),
    ]
    assert [row["source"] for row in artifact(deployed, "harvest-runs")] == ["opensap", "tartu"]


@pytest.mark.farm
def test_a_backfill_triggered_by_hand_reaches_the_database(deployed: Deployed) -> None:
    url, body = "https://open.sap.com/api/v2/courses", ROOT / "tests" / "sources" / "opensap" / "courses.json"
    at = datetime(2019, 5, 2, tzinfo=UTC)
    with Archive(deployed.data / "others").run_writer("others", "0123456789abcdef", at) as writer:
        writer.response(exchange(url, at, body.read_bytes()))
        writer.close({})
    done = deployed.run(
        "deployment", "run", "backfill/past", "--watch", "--watch-timeout", "200",
        "-p", 'sources=["opensap"]', "-p", "since=2019-01-01", "-p", "until=2019-12-31",
        "-p", f'files=["{deployed.data / "others"}"]',
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    looks = "select outcome, origin from run_log where source = 'opensap' and as_of like '2019-%'"
    assert query(deployed.data, looks) == [("partial", "warc")]
    assert [row["outcome"] for row in artifact(deployed, "backfill-looks")] == ["partial"]


def test_a_failed_source_fails_the_flow_by_name_and_stops_no_other(deployed: Deployed) -> None:
    deployed.site.fault("open.sap.com", "status", status=403)
    deployed.site.set_day(date(2024, 9, 1))
    done = deployed.run(
        "deployment", "run", "harvest/named", "--watch", "--watch-timeout", "200",
        "-p", 'sources=["opensap", "tartu"]', "-p", "as_of=2024-09-01T00:00:00Z",
    )  # fmt: skip
    deployed.site.clear_faults()
    assert done.returncode == 1, done.stdout + done.stderr
    runs = "select source, outcome from run_log where as_of like '2024-09-01%' order by source"
    assert query(deployed.data, runs) == [("opensap", "blocked"), ("tartu", "ok")]
    kind, message = last_state(deployed)
    assert kind == "FAILED"
    assert "opensap" in message
    assert "tartu" not in message
    outcomes = {row["source"]: row["outcome"] for row in artifact(deployed, "harvest-runs")}
    assert outcomes == {"opensap": "blocked", "tartu": "ok"}


def test_the_snapshot_flow_stores_a_snapshot(deployed: Deployed) -> None:
    done = deployed.run(
        "deployment", "run", "snapshot/monthly", "--watch", "--watch-timeout", "200", "-p", "as_of=2024-09-30"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    stock = (
        "select known_at, definition from trend where measure = 'stock' and cut = 'total' and unit = 'credential' "
        "and population = 'all' and panel = 'all'"
    )
    assert query(deployed.data, stock) == [("2024-09-30", "eu_2022")]
    assert [row["as_of"] for row in artifact(deployed, "trend-snapshot")] == ["2024-09-30"]


@contextmanager
def receiver() -> Iterator[tuple[str, list[str]]]:
    """Somebody who can be told: the address of a web hook, and the texts that arrived there."""
    texts: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            texts.append(json.loads(body)["text"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", texts
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


MAKE_BLOCK = """\
import sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock as Hook
hook = Hook(name="microcred", url=sys.argv[1], json_data={"text": "{{subject}}: {{body}}"})
print(hook.save("microcred-alerts", overwrite=True))
"""


def set_up_automations(deployed: Deployed, url: str, folder: Path) -> None:
    """As docs/operate.md says."""
    made = subprocess.run(
        [sys.executable, "-c", MAKE_BLOCK, url], env=deployed.environment, capture_output=True, text=True, check=True
    )
    file = folder / "automations.yaml"
    words = (ROOT / "deploy" / "automations.yaml").read_text(encoding="utf-8")
    file.write_text(words.replace("${ALERT_BLOCK}", made.stdout.split()[-1]), encoding="utf-8")
    done = deployed.run("automation", "create", "--from-file", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Created 3 automation(s)" in done.stdout


def only_due(deployed: Deployed, slug: str, moment: str) -> None:
    """Tell the database that all other sources have just been looked at."""
    engine = open_database(f"sqlite:///{deployed.data / 'observatory.sqlite'}")
    for source in discover().values():
        if source.slug != slug:
            Told(engine, source).run(moment, "a")
    engine.dispose()


def wait_until_told(texts: list[str], *parts: str) -> None:
    for _ in range(240):
        if all(any(part in text for text in texts) for part in parts):
            return
        time.sleep(0.25)
    pytest.fail(f"nobody was told {parts}, only {texts}")


@pytest.mark.farm
def test_a_new_failure_is_red_and_told_an_old_one_neither_and_recovery_is_told(
    deployed: Deployed, tmp_path: Path
) -> None:
    only_due(deployed, "deakin", "2024-11-04")  # a Monday; all sources are looked at weekly
    deployed.site.set_day(date(2024, 11, 5))
    with receiver() as (url, texts):
        set_up_automations(deployed, url, tmp_path)

        deployed.site.fault("www.deakin.edu.au", "status", status=403)
        done = deployed.run(
            "deployment", "run", "harvest/due", "--watch", "--watch-timeout", "200", "-p", "as_of=2024-11-05T00:00:00Z"
        )
        assert done.returncode == 1, done.stdout + done.stderr
        kind, message = last_state(deployed)
        assert (kind, message.split(": ")[2:4]) == ("FAILED", ["deakin", "blocked"])
        wait_until_told(
            texts, "microcred: deakin: microcred.source.failing: blocked: ", "microcred: harvest Failed: Flow run"
        )
        page = artifact_text(deployed, "source-status")
        assert "| deakin | failing | 2024-11-05 | blocked |" in page
        assert "`microcred sources check deakin`" in page

        told = len(texts)
        assert harvest_here(deployed, "2024-11-06") == 1, "the command line counts every failure"
        assert last_state(deployed) == ("COMPLETED", "sources looked at: 1; still failing: deakin")

        deployed.site.clear_faults()
        assert harvest_here(deployed, "2024-11-07") == 0
        assert last_state(deployed) == ("COMPLETED", "sources looked at: 1")
        wait_until_told(texts, "microcred.source.recovered: well again; it was failing since 2024-11-05")
        assert len(texts) == told + 1
        assert "| deakin | ok | ok | 2024-11-07 |" in artifact_text(deployed, "source-status")


def harvest_here(deployed: Deployed, day: str) -> int:
    """Run the flow by the command line, on the same server, and return its exit code."""
    command = [str(BIN / "microcred"), "harvest", "--as-of", f"{day}T00:00:00Z"]
    return subprocess.run(command, env=deployed.environment, capture_output=True, check=False, timeout=240).returncode
