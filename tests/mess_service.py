"""Invented service at the front: who served where, as what and when, and the lines that tell of it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from mess import Form
from mess_people import Invented, rosters
from mess_words import NEUTRAL_GROUPS, SERVICE_EXTRAS, SERVICE_HEADINGS

FIELDS = (
    "number",
    "name",
    "id_number",
    "phone",
    "unit",
    "place",
    "service_post",
    "direct_contact",
    "starts_on",
    "ends_on",
    "hours",
    "note",
)
SERVICE = Form(FIELDS, SERVICE_HEADINGS, SERVICE_EXTRAS, NEUTRAL_GROUPS)
_REQUIRED = {"name", "id_number", "place", "starts_on"}
_LEFT_BLANK = ("phone", "direct_contact", "hours", "note", "ends_on")
_PLACES = ("东江大桥卡口", "定点医院（隔离区）", "一号隔离点", "澄江站·出站口")
_POSTS = ("测温登记", "护士", "司机/水手", "")


@dataclass(frozen=True)
class Served:
    """One service of a person, and what of it stands in the roster."""

    person: Invented
    place: str
    post: str
    starts_on: date
    ends_on: date | None
    direct_contact: bool | None
    minutes: int | None
    note: str
    blank: frozenset[str] = frozenset()

    @property
    def unit(self) -> str:
        """The unit of who served."""
        return self.person.unit

    def told(self, name: str) -> tuple[object, str]:
        """Return who or what a field is about, and what it is called there."""
        if name in {"name", "id_number", "phone", "unit"}:
            return self.person, name
        return self, {"service_post": "post", "hours": "minutes"}.get(name, name)

    def stored(self, told: frozenset[str], unit: str) -> tuple[object, ...]:
        """Return the service that must stand, at `unit` where the roster does not tell one."""
        told -= self.blank
        return (
            *(self.person.name, self.person.id_number, self.place),
            self.post if "service_post" in told else "",
            self.starts_on,
            self.ends_on if "ends_on" in told else None,
            self.direct_contact if "direct_contact" in told else None,
            self.minutes if "hours" in told else None,
            self.note if "note" in told else "",
            self.unit if "unit" in told else unit,
        )


@dataclass(frozen=True)
class Front:
    """What is told of service; those `known` are in the register already."""

    known: tuple[Invented, ...]
    served: tuple[Served, ...]
    fields: frozenset[str]

    def phones(self) -> dict[tuple[str, str], str]:
        """Return by name and number the phone that must be known of each person."""
        told = {one.person for one in self.served if "phone" in self.fields - one.blank}
        people = {*self.known, *(one.person for one in self.served)}
        return {
            (one.name, one.id_number): one.phone if one in told or one in self.known else "" for one in people
        }


@st.composite
def fronts(draw: st.DrawFn) -> Front:
    """Draw people, known or with a number, who served, some of them more than once."""
    people = [replace(one, blank=frozenset[str]()) for one in draw(rosters(1, 6)).people]
    known = [one for one in people if not one.kind or draw(st.booleans())]
    names = [one.name for one in people]
    served = [
        _service(draw, one, at, alone=one in known and names.count(one.name) == 1)
        for one in people
        for at in range(draw(st.integers(1, 2)))
    ]
    chosen = draw(st.sets(st.sampled_from(FIELDS)))
    return Front(tuple(known), tuple(draw(st.permutations(served))), frozenset(chosen | _REQUIRED))


def _service(draw: st.DrawFn, person: Invented, at: int, *, alone: bool) -> Served:
    """Draw a service of a person; the second is later. Who is known and `alone` in a name needs no number."""
    starts_on = draw(st.dates(date(2020, 1, 20), date(2020, 3, 1))) + timedelta(days=60 * at)
    length = draw(st.integers(0, 50) | st.none())
    blank = draw(st.frozensets(st.sampled_from(_LEFT_BLANK), max_size=2))
    return Served(
        person=person,
        place=draw(st.sampled_from(_PLACES)),
        post=draw(st.sampled_from(_POSTS)),
        starts_on=starts_on,
        ends_on=None if length is None else starts_on + timedelta(days=length),
        direct_contact=draw(st.sampled_from((True, False, None))),
        minutes=draw(st.sampled_from((None, 60, 450, 4800, 90))),
        note=draw(st.sampled_from(("", "夜班；已核", "=见附件"))),
        blank=blank | {"id_number"} if alone and draw(st.booleans()) else blank,
    )
