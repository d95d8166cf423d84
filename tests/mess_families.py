"""Invented families: employees whom the register knows, their relatives, and the lines that tell of them."""

from dataclasses import dataclass, replace

from hypothesis import assume
from hypothesis import strategies as st

from mess import Form
from mess_people import Invented, expected, rosters
from mess_words import CHOICES, FAMILY_EXTRAS, FAMILY_HEADINGS, NEUTRAL_GROUPS

FIELDS = (
    "number",
    "name",
    "id_number",
    "unit",
    "relative_name",
    "relation",
    "relative_id_number",
    "relative_sex",
    "relative_birth_on",
    "relative_phone",
    "relative_unit",
    "note",
)
_OF_RELATIVES = "relative_"
FAMILY = Form(
    FIELDS,
    FAMILY_HEADINGS,
    FAMILY_EXTRAS,
    NEUTRAL_GROUPS,
    behind=frozenset(name for name in FIELDS if name.startswith(_OF_RELATIVES)) | {"relation"},
)
_REQUIRED = {"name", "id_number", "relative_name", "relation", "relative_id_number"}
_LEFT_BLANK = ("relative_sex", "relative_birth_on", "relative_phone", "relative_unit", "note")


@dataclass(frozen=True)
class Kin:
    """A relative of an employee, and what of it stands in the roster."""

    employee: Invented
    relative: Invented
    relation: str
    relative_unit: str
    note: str
    blank: frozenset[str] = frozenset()

    @property
    def unit(self) -> str:
        """The unit of the employee."""
        return self.employee.unit

    def told(self, name: str) -> tuple[object, str]:
        """Return who or what a field is about, and what it is called there."""
        if name in {"relation", "relative_unit", "note"}:
            return self, name
        plain = name.removeprefix(_OF_RELATIVES)
        return (self.employee if plain == name else self.relative), plain


@dataclass(frozen=True)
class Families:
    """Employees, what is told of their relatives, and the fields that the roster has columns for."""

    employees: tuple[Invented, ...]
    kin: tuple[Kin, ...]
    fields: frozenset[str]

    def links(self) -> set[tuple[str, ...]]:
        """Return the links that must stand: both names and numbers, relation, workplace, note."""
        return {
            (
                *(one.employee.name, one.employee.id_number, one.relative.name, one.relative.id_number),
                one.relation,
                *(
                    getattr(one, name) if name in self._told(one) else ""
                    for name in ("relative_unit", "note")
                ),
            )
            for one in self.kin
        }

    def relatives(self) -> dict[tuple[str, str], dict[str, object]]:
        """Return by name and number what must be known of each relative."""
        found: dict[tuple[str, str], dict[str, object]] = {}
        for relative in {one.relative for one in self.kin}:
            told = frozenset[str]().union(*(self._told(one) for one in self.kin if one.relative == relative))
            facts = expected(
                replace(relative, blank=frozenset()),
                {name.removeprefix(_OF_RELATIVES) for name in told if name.startswith(_OF_RELATIVES)},
            )
            kept = ("name", "id_number", "phone", "sex", "birth_on")
            found[relative.name, relative.id_number] = {name: facts[name] for name in kept if name in facts}
        return found

    def _told(self, one: Kin) -> frozenset[str]:
        return self.fields - one.blank


@st.composite
def families(draw: st.DrawFn) -> Families:
    """Draw a few employees with relatives; a relative with a number may be that of two employees."""
    people = [replace(one, blank=frozenset[str]()) for one in draw(rosters(2, 8)).people]
    assume(len(people) > 1)
    count = draw(st.integers(1, min(3, len(people) - 1)))
    employees, relatives = people[:count], people[count:]
    names = [one.name for one in people]
    lines = [(draw(st.integers(0, count - 1)), one) for one in relatives]
    shared = [line for line in lines if count > 1 and line[1].kind and draw(st.integers(0, 4)) == 4]
    lines += [((at + 1) % count, one) for at, one in shared]
    kin = [_kin(draw, employees[at], one, alone=names.count(employees[at].name) == 1) for at, one in lines]
    chosen = draw(st.sets(st.sampled_from(FIELDS)))
    return Families(tuple(employees), tuple(draw(st.permutations(kin))), frozenset(chosen | _REQUIRED))


def _kin(draw: st.DrawFn, employee: Invented, relative: Invented, *, alone: bool) -> Kin:
    """Draw what is told of a relative; an employee who `alone` bears a name is known without a number."""
    blank = draw(st.frozensets(st.sampled_from(_LEFT_BLANK), max_size=2))
    return Kin(
        employee=employee,
        relative=relative,
        relation=draw(st.sampled_from(sorted(map(str, CHOICES["relation"])))),
        relative_unit=draw(st.sampled_from(("", "第二医院", "自由职业（个体）", "东江路小学"))),
        note=draw(st.sampled_from(("", "已核；见附件", "=随迁", "2人合住"))),
        blank=blank | {"id_number"} if alone and draw(st.booleans()) else blank,
    )
