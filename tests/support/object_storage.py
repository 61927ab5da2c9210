"""Object storage on loopback: moto's S3 in a process of its own, spoken to over HTTP, with its log for a witness."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from scrapers.archive import Archive
from scrapers.bucket import Bucket
from scrapers.warc import Exchange

WHEN = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
KEY, SECRET, REGION = "TESTKEYID", "testsecret", "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": REGION}
_ASKED = re.compile(r'"([A-Z]+) (\S+) HTTP/1\.1" (\d+)')


@dataclass
class Storage:
    """A running server. ``log`` is what it wrote of each request."""

    process: subprocess.Popen[bytes]
    endpoint: str
    log: Path
    _read: int = field(default=0)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to speak to it."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.endpoint, "AWS_MAX_ATTEMPTS": "2"}

    @property
    def client(self) -> Any:
        """Amazon's own client, to look and to spoil with."""
        import boto3

        return boto3.client(
            "s3", endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id=KEY, aws_secret_access_key=SECRET,
        )  # fmt: skip

    def bucket(self) -> str:
        """Make a bucket; return the address of a folder in it."""
        name = f"observatory-{uuid4().hex[:12]}"
        self.client.create_bucket(Bucket=name)
        return f"s3://{name}/our/archive"

    def objects(self, url: str) -> dict[str, bytes]:
        """All objects under an address by their name in it."""
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return {
            key.removeprefix(f"{prefix}/"): self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
            for key in keys
        }

    def put(self, url: str, name: str, content: bytes) -> None:
        """Write an object, over one that is there."""
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        self.client.put_object(Bucket=bucket, Key=f"{prefix}/{name}", Body=content)

    def remove(self, url: str, name: str) -> None:
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        self.client.delete_object(Bucket=bucket, Key=f"{prefix}/{name}")

    def asked(self) -> list[str]:
        """The methods of the requests since the last time, ``LIST`` for a listing."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        self._read += len(new)
        found = _ASKED.findall(new.decode())
        return ["LIST" if "list-type=2" in path else method for method, path, _ in found]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def serving(folder: Path, port: int | None = None) -> Iterator[Storage]:
    """Run a server with nothing in it, on a port that is free or on the one named."""
    port, log = port or free_port(), folder / "moto.log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as into:
        process = subprocess.Popen(command, stdout=into, stderr=into)
    storage = Storage(process, f"http://127.0.0.1:{port}", log)
    try:
        _wait_for(storage)
        yield storage
    finally:
        storage.stop()


def _wait_for(storage: Storage, seconds: float = 60) -> None:
    from botocore.exceptions import BotoCoreError

    end = time.monotonic() + seconds
    while True:
        try:
            storage.client.list_buckets()
        except BotoCoreError:
            assert time.monotonic() < end, storage.log.read_text()
            time.sleep(0.1)
        else:
            storage.asked()
            return


@pytest.fixture(scope="session")
def object_storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """The object storage of the session, which this process may speak to."""
    with serving(tmp_path_factory.mktemp("object_storage")) as storage, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AWS_", "FSSPEC_"))]:
            patch.delenv(name)
        for name, value in storage.environment.items():
            patch.setenv(name, value)
        yield storage


def fresh(archive: Archive) -> Archive:
    """The same archive as a process that has just begun sees it: nothing of it is in memory."""
    return Archive(archive.root, None if archive.bucket is None else Bucket(archive.bucket.url))


def exchange(number: int, body: bytes) -> Exchange:
    """A page as a fetch brings it."""
    url = f"https://catalogue.example/{number}"
    return Exchange(
        asked_for=url, url=url, at=WHEN, purpose="page", request_headers=(), protocol="HTTP/1.1", status=200,
        reason="OK", headers=(("content-type", "text/html"),), body=body,
    )  # fmt: skip
