"""Lies on the command line of the sandbox."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sandbox.__main__ import main

ROOT = Path(__file__).parents[2]


def test_a_catalogue_lies_if_the_command_line_says_so() -> None:
    command = [sys.executable, "-m", "sandbox", "--day", "2024-04-01", "--fault", "fun_mooc:titles_equal:/courses/"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
            assert port is not None
            address = f"http://127.0.0.1:{port[1]}/api/v1.0/courses/?limit=100"
            answer = httpx.get(address, headers={"Host": "www.fun-mooc.fr"}).json()
        finally:
            process.kill()
    assert {one["title"] for one in answer["objects"]} == {"Course"}


def test_a_lie_that_does_not_exist_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ("fun_mooc:rumour", "nobody:titles_equal", "fun_mooc"):
        with pytest.raises(SystemExit) as ended:
            main(["--fault", words])
        assert ended.value.code == 2
        assert "is no SOURCE:KIND[:PATH] of this sandbox" in capsys.readouterr().err
