"""Builders of the tests of instructions: one instruction with two items, and everything said about them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from songnuan.journeys.accept_item import accept_item
from songnuan.journeys.ask_item_closing import ask_item_closing
from songnuan.journeys.record_instruction import record_instruction
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.tasks.instruction_rules import Head, NewItem
from songnuan.tasks.models import Task
from visits.builders import Bureau, bureau, moment, person

HEAD = Head(
    kind="superior",
    title="关于做好一线人员关心关爱工作的通知",
    issuer="澄江省交通运输厅",
    number="澄交防〔2020〕9号",
    dated_on=date(2020, 4, 1),
    text="各单位要逐项落实关心关爱措施。",
)
LEADERS = replace(HEAD, kind="leader", number="", issuer="局主要负责同志", title="关于走访慰问的批示")
DUE = date(2020, 4, 15)
DONE = "已购置取暖器两台并送到岗亭。"


@dataclass(frozen=True)
class House:
    """The bureau of the visits, an instruction's two items, and a second hand in the office."""

    bureau: Bureau
    items: tuple[Task, ...]
    colleague: Actor

    @property
    def task_id(self) -> int:
        """The first item, which the liaison's unit owns."""
        return self.items[0].pk


def record_one(house: Bureau, **changes: Any) -> int:
    """Record an instruction as the office; the lead owns the first item, the other lead the second."""
    facts: dict[str, Any] = {
        "head": HEAD,
        "unit_id": house.bureau.pk,
        "items": [
            NewItem("为一线岗亭添置取暖设备", house.lead.pk, DUE),
            NewItem("排查卡口值守人员轮休", house.other_lead.pk, date(2020, 4, 20), (house.lead.pk,)),
        ],
        "received_at": moment(2, 9),
        "key": uuid4(),
        "actor": house.office,
        "at": moment(2, 10),
    }
    return record_instruction(**{**facts, **changes})


def house_with_items() -> House:
    """Return the bureau with an instruction recorded."""
    made = bureau()
    pk = record_one(made)
    items = tuple(Task.objects.filter(instruction=pk).order_by("position"))
    return House(made, items, person("同事", Role.EPIDEMIC_OFFICE, made.bureau))


def asked(house: House, at: datetime | None = None) -> int:
    """Bring the first item to where its closing is asked for; return it."""
    accept_item(task_id=house.task_id, actor=house.bureau.liaison, at=moment(3))
    ask_item_closing(task_id=house.task_id, text=DONE, actor=house.bureau.liaison, at=at or moment(10))
    return house.task_id
