"""What is reckoned where it stands in the register comes to what it would if everybody were set apart."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from benefits.register import Register, make_register
from benefits.test_reckoning import START, services, standards
from benefits.union import NOW
from songnuan.benefits import claiming
from songnuan.benefits.listing import fill
from songnuan.benefits.models import Entitlement, Reckoning, Standard, StandardVersion
from songnuan.benefits.standards import Payee
from songnuan.benefits.standards import Standard as Rules
from songnuan.benefits.trying import Service as Told
from songnuan.people.models import Service

pytestmark = pytest.mark.django_db
STAFF = ("甲", "乙", "丙", "丁")
EVERYBODY = f"INSERT INTO {claiming.APART} SELECT id FROM people_person"  # noqa: S608
COLUMNS = [
    field.attname
    for field in Entitlement._meta.concrete_fields
    if field.attname not in {"id", "reckoning_id"}
]


def family() -> Register:
    """Four employees, each with a relative; 丙 and 丁 are spouses."""
    register = make_register()
    standard = Standard.objects.create(slug="any", unit=register.union.unit, created_at=NOW)
    StandardVersion.objects.create(standard=standard, number=1, starts_on=START, written_at=NOW)
    for at, name in enumerate(STAFF):
        register.employ(name, category=("", "一类", "二类", "一类")[at])
    register.relate("甲", "spouse", "甲妻")
    register.relate("乙", "parent", "乙父")
    register.relate("丙", "spouse", "丁")
    register.relate("丁", "child", "丁女")
    return register


def lines(register: Register, rules: Rules) -> list[tuple[object, ...]]:
    """Return the lines of a reckoning by these rules, which is taken back."""
    Reckoning.objects.all().delete()
    made = Reckoning.objects.create(
        measure=register.measure,
        version=StandardVersion.objects.get(),
        roster=register.staff,
        as_of=START + timedelta(days=45),
        couple="each",
        two_children="each",
        made_at=NOW,
    )
    fill(made, rules)
    return sorted(Entitlement.objects.values_list(*COLUMNS))


@given(
    rules=standards(),
    pays=st.sampled_from(list(Payee)),
    served=st.lists(
        st.tuples(st.sampled_from(["甲", "甲妻", "乙父", "丙", "丁", "丁女"]), services()), max_size=6
    ),
)
def test_it_is_the_same(rules: Rules, pays: Payee, served: list[tuple[str, Told]]) -> None:
    rules = Rules(
        rules.parts, rules.starts_on, rules.ends_on, rules.cap_time_minor, rules.cap_year_minor, pays
    )
    with transaction.atomic():
        register = family()
        for name, told in served:
            place = told.place or "别处"
            same = Service.objects.filter(person=register.person(name), place=place, starts_on=told.starts_on)
            if not same.exists():
                register.serve(
                    [name],
                    place,
                    post=told.post,
                    direct_contact=told.direct_contact,
                    starts_on=told.starts_on,
                    ends_on=told.ends_on,
                    minutes=told.minutes,
                )
        where_it_stands = lines(register, rules)
        with (
            patch.object(claiming, "_APART_OF_FAMILIES", EVERYBODY),
            patch.object(claiming, "_APART_OF_OWN", EVERYBODY),
        ):
            apart = lines(register, rules)
        transaction.set_rollback(True)
    assert apart == where_it_stands
