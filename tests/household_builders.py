"""A family of which both parents serve at the front, and what is decided about it."""

from collections.abc import Mapping
from typing import Any

from organisation.house_samples import House, found
from people_builders import Row, acting, at, bring, on
from put_back import beginning
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Permission
from songnuan.people import actions, queries
from songnuan.people.models import Person
from songnuan.people.queries import AtFront

NUMBERS = {
    "张父": "110101199003071233",
    "李母": "11010519491231002X",
    "王远": "440524188001010014",
    "张小宝": "11010120100101001X",
}
DECIDED = "4月3日领导小组研究：李母推迟一周出发。"


def staff(name: str, unit: str) -> Row:
    return {"name": name, "id_number": NUMBERS[name], "unit_name": unit}


def kin(name: str, relation: str, relative: str, **more: Any) -> Row:
    return {
        "name": name,
        "id_number": NUMBERS[name],
        "relation": relation,
        "relative_name": relative,
        "relative_id_number": NUMBERS.get(relative, ""),
        **more,
    }


def aid(name: str, start: int, end: int | None = None, place: str = "武汉市") -> Row:
    told = {"name": name, "id_number": NUMBERS[name], "place": place, "starts_on": on(start).isoformat()}
    return told | ({} if end is None else {"ends_on": on(end).isoformat()})


def tell(house: House, *rows: Row, kind: str = "service", key: str = "", day: int = 3) -> None:
    """Bring rows into the roster of their kind."""
    bring(key or kind, kind, rows, day, unit_id=house.bureau).apply()


@beginning
def found_family() -> House:
    """Found a bureau: 张父 at the audit department, 李母 at the channel one; married, with a child of ten."""
    house = found()
    tell(
        house, staff("张父", "审计处"), staff("李母", "航道处"), staff("王远", "航道处"), kind="people", day=2
    )
    child = {"relative_birth_on": "2010-01-01"}
    rows = (kin("张父", "spouse", "李母"), kin("张父", "child", "张小宝", **child))
    tell(house, *rows, kind="families")
    return house


def key_of(name: str) -> str:
    return Person.objects.get(name=name).key


def families(actor: Actor = SYSTEM, day: int = 4, **more: Any) -> list[AtFront]:
    return queries.both_parents_at_front(actor, at(day), **{"size": 9, **more})


def note(
    actor: Actor = SYSTEM, day: int = 4, text: str = DECIDED, changes: Mapping[str, str] | None = None
) -> list[str]:
    """Note a decision on what is told that day."""
    [family] = families(actor, day)
    told = {"first_key": family.first.key, "second_key": family.second.key, "seen": family.seen, "text": text}
    with acting():
        return actions.note_household(**{**told, **(changes or {})}, actor=actor, at=at(day))


def due(actor: Actor = SYSTEM, day: int = 4) -> int:
    return queries.children_at_front(actor, Permission.PEOPLE_IMPORT, at(day), due=True)


def both(house: House) -> None:
    """Let both serve, on the 5th to the 9th together, and tell that the child is that of both."""
    tell(house, aid("张父", 1, 9), aid("李母", 5, 20, "孝感市"))
    tell(house, kin("李母", "child", "张小宝"), kind="families", key="of-mother")
