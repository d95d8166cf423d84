"""Whoever reads the trail reads words."""

import re
from pathlib import Path

import pytest

from people import Bureau, buy, open_plan_1
from songnuan.audit.models import Entry, Stream
from songnuan.web.templatetags.trail_words import ACTS, STREAMS, act_words, stream_words

SOURCE = Path(__file__).resolve().parents[2] / "src/songnuan"


def test_every_act_named_in_the_code_has_words() -> None:
    named = {
        found
        for path in SOURCE.rglob("*.py")
        for found in re.findall(r'action="([a-z_]+\.[a-z_]+)"', path.read_text())
    }
    assert named
    assert named <= ACTS.keys()


@pytest.mark.django_db
def test_every_act_and_stream_of_a_running_plan_has_words(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 68_00)}, "0001")
    assert set(Entry.objects.values_list("action", flat=True)) <= ACTS.keys()
    for name in Stream.objects.values_list("name", flat=True):
        assert name in STREAMS or plan.title in stream_words(name) or "资金" in stream_words(name)
    assert act_words("funds.commit") != "funds.commit"
