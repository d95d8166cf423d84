"""A union with those who act on money to people, and a standard of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from goods.builders import make_person, make_unit
from songnuan.journeys.write_standard import write_standard
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Role

NOW = datetime(2020, 3, 2, 10, tzinfo=CHINA)
TODAY = NOW.date()
SOURCE = """\
slug: family-money
title: 一线医务人员家属慰问金
starts_on: 2020-01-20
basis: {title: 关于做好家属服务工作的意见, number: 澄工发〔2020〕3号}
parts:
  - by: once
    rows:
      - {key: hubei, title: 支援湖北, amount: XX, places: [湖北, 武汉]}
      - {key: front, title: 本市防疫一线, amount: XX}
"""
SET = SOURCE.replace("amount: XX, places", "amount: 5000, places").replace("amount: XX}", "amount: 2000}")


@dataclass(frozen=True)
class Union:
    """The union's people; `stranger` is a union officer elsewhere."""

    unit: Unit
    officer: Actor
    approver: Actor
    finance: Actor
    inspector: Actor
    stranger: Actor


def make_union() -> Union:
    """Make the union and its people."""
    unit, elsewhere = make_unit("临澄市总工会"), make_unit("平川市总工会")
    return Union(
        unit,
        make_person("工会甲", Role.UNION_OFFICER, unit),
        make_person("审批乙", Role.APPROVER, unit),
        make_person("财务丙", Role.FINANCE, unit),
        make_person("纪检丁", Role.INSPECTOR, unit),
        make_person("外人戊", Role.UNION_OFFICER, elsewhere),
    )


def write(union: Union, source: str = SOURCE, **changes: Any) -> str:
    """Write a standard, or a version of it, as the union's officer."""
    facts: dict[str, Any] = {
        "unit_id": union.unit.pk,
        "base": 0,
        "decision": "",
        "decided_on": None,
        "key": uuid4(),
        "actor": union.officer,
        "at": NOW,
    }
    return write_standard(source=source, **{**facts, **changes})


DECIDED = {"decision": "3月1日主席办公会纪要〔2020〕5号", "decided_on": date(2020, 3, 1)}
