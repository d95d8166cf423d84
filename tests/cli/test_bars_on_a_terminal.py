"""On a terminal a long command shows how far it is; its document stays alone on standard output."""

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from people import PLANS, SLUG

BIN = str(Path(sys.executable).with_name("songnuan"))


pytestmark = [pytest.mark.once, pytest.mark.xdist_group("command")]


@pytest.fixture(scope="module")
def home(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal") / "home"
    shutil.copytree(installation, folder)
    run(folder, "plan", "load", str(PLANS / f"{SLUG}.yaml"))
    return folder


def run(home: Path, *arguments: str) -> tuple[str, str]:
    """Run a command with standard error on a terminal; return what stood on standard output, and there."""
    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    env |= {"SONGNUAN_HOME": str(home), "TERM": "xterm", "DJANGO_SETTINGS_MODULE": "songnuan.config.settings"}
    with subprocess.Popen(
        [BIN, *arguments, "--json"], stdout=subprocess.PIPE, stderr=theirs, env=env
    ) as child:
        os.close(theirs)
        shown = b""
        while part := _read(ours):
            shown += part
        assert child.stdout is not None
        told = child.stdout.read().decode()
    os.close(ours)
    assert child.returncode == 0, shown.decode()
    return told, shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        (("audit", "verify"), "正在核验留痕"),
        (("doctor", "--deep"), "正在核对全部数据"),
        (
            (
                "roster",
                "import",
                str(PLANS / "samples/front-line-units.xlsx"),
                "--kind",
                "units",
                "--dry-run",
            ),
            "正在读取工作簿",
        ),
    ],
)
def test_a_long_command_shows_how_far_it_is(home: Path, arguments: tuple[str, ...], label: str) -> None:
    told, shown = run(home, *arguments)
    json.loads(told)
    assert label in shown
