"""A small plan file without a fault, the kinds of measure it uses, and a way to spoil it."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from songnuan.plans.planfile import Day, PlanFile, Yuan, read


class Pairing(BaseModel):
    """Units with one lead each."""

    model_config = ConfigDict(extra="forbid")
    units: int = Field(gt=0)


class Visits(BaseModel):
    """Visits until a day."""

    model_config = ConfigDict(extra="forbid")
    due_on: Day
    units: int = Field(gt=0)
    hand_over: bool = True


class KitItem(BaseModel):
    """One thing in a kit."""

    model_config = ConfigDict(extra="forbid")
    item: str = Field(min_length=1, max_length=10)
    quantity: int = Field(gt=0)


class Kits(BaseModel):
    """Kits at a price."""

    model_config = ConfigDict(extra="forbid")
    price: Yuan
    fund: str = ""
    kit: list[KitItem] = Field(min_length=1, max_length=3)


KINDS: Mapping[str, type[BaseModel]] = {"pairing": Pairing, "visits": Visits, "kits": Kits}

TEXT = """\
slug: front-line
title: 走访慰问方案
unit: 澄江省水运管理局
office: 局疫情防控办公室
starts_on: 2020-04-08
due_on: 2020-04-21
basis:
  - title: 关于联防联控的通知
    number: 澄水运防〔2020〕3号
    issuer: 澄江省水运管理局
    dated_on: 2020-03-20
  - title: 局领导批示
    dated_on: 2020-03-30
funds:
  - number: 澄水运财〔2020〕18号
    title: 关于专项资金的通知
    issuer: 澄江省水运管理局
    dated_on: 2020-04-03
    amount: 14100
questions:
  - key: cash
    text: 是实物还是现金？
    blocks: open
    answer: 是实物。
    ground: 会议纪要
clauses:
  - key: visits
    number: 一、
    title: 走访安排
  - key: pairing
    number: （一）
    title: 结对
    text: 一个单位由一个处室牵头。
    measures:
      - kind: pairing
        units: 47
  - key: schedule
    number: （二）
    title: 时限
    text: |
      原则上4月21日前完成。
      确需延后的，说明理由。
    measures:
      - kind: visits
        key: first_round
        due_on: 2020-04-21
        units: 47
  - key: goods
    number: 二、
    title: 慰问品
    text: 47个单位，每个单位300元，共14,100元，由专项资金列支。
    measures:
      - kind: kits
        price: 300.00
        fund: 澄水运财〔2020〕18号
        kit:
          - {item: 苹果, quantity: 1}
"""


def changed(*changes: tuple[str, str]) -> str:
    """Return the file with each first text replaced by the second; the first must be there."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def plan(*changes: tuple[str, str]) -> PlanFile:
    """Return the file read, after the changes."""
    return read(changed(*changes), KINDS)


def line(fragment: str, text: str = TEXT) -> int:
    """Return the line, from 1, on which the fragment first stands."""
    return text[: text.index(fragment)].count("\n") + 1
