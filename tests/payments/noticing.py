"""A signed list of three families, with names, numbers and units as they stand in a register."""

from datetime import date, datetime, timedelta
from typing import Any

from payments.house import NOW, ListHouse, make_list_house
from put_back import beginning
from songnuan.journeys.answer_objection import answer_objection
from songnuan.journeys.object_to_notice import object_to_notice
from songnuan.journeys.publish_notice import publish_notice
from songnuan.kernel.actor import Actor
from songnuan.payments.actions.notices import Said
from songnuan.payments.models import Notice, Objection
from songnuan.payments.notice_rules import VISITOR
from songnuan.people.columns import index
from songnuan.people.models import Person

NAMES = {"甲": "欧阳娜娜", "乙": "张小三", "丙": "阿依古丽·买买提"}
NUMBERS = {"甲": "11010119900307123X", "乙": "440524188001010014", "丙": "53010219200508011X"}
LINES = [
    (1, "欧阳**", "123X", "支援湖北", 5000_00),
    (2, "张*三", "0014", "本市防疫一线", 2000_00),
    (3, "阿***·***", "011X", "本市防疫一线", 2000_00),
]
BEGINS = date(2020, 4, 10)
TOLD = {"begins_on": BEGINS, "place": "办公楼一楼公示栏", "phone": "0591-87123456", "email": "jj@lincheng.cn"}


def later(days: int) -> datetime:
    """Return the morning so many days after the list was signed."""
    return NOW + timedelta(days=days)


@beginning
def named_house() -> ListHouse:
    """Make the house of lists, its three payees with full names and numbers."""
    house = make_list_house()
    for short, name in NAMES.items():
        person = Person.objects.get(name=short)
        person.name, person.id_number = name, NUMBERS[short]
        person.id_index = index("id_number", NUMBERS[short])
        person.save()
    return house


def signed(house: ListHouse) -> int:
    """Return a list that the inspector signed."""
    list_id = house.approved()
    house.sign(list_id, house.inspector)
    return list_id


def publish(house: ListHouse, list_id: int, **changes: Any) -> Notice:
    """Put the list up from 10 to 16 April 2020, Friday to Thursday."""
    facts: dict[str, Any] = {**TOLD, "list_id": list_id, "actor": house.officer, "at": NOW, **changes}
    return publish_notice(**facts)


def object_(notice: Notice, key: Any, at: datetime = NOW, **said: Any) -> int:
    """Object on the page; return the number of the objection."""
    told = Said(**{"text": "张小三没有去湖北", **said})
    return object_to_notice(notice_key=notice.key, said=told, key=key, actor=VISITOR, at=at)


def answer(list_id: int, actor: Actor, *, upheld: bool = False, at: datetime = NOW) -> None:
    """Answer the newest objection to a list."""
    one = Objection.objects.filter(notice__payment_list=list_id).latest("pk")
    answer_objection(
        list_id=list_id,
        objection_id=one.pk,
        text="已核实派遣文件，名单无误。",
        is_upheld=upheld,
        actor=actor,
        at=at,
    )
