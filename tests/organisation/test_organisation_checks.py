"""The checks of the organisation find what was changed behind the back of the actions."""

from collections.abc import Callable

import pytest

from organisation.house_samples import House, acting, at, give, holder, on
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation import actions
from songnuan.organisation.checks import verify
from songnuan.organisation.models import Post, Unit, UnitLink, UnitRecord
from songnuan.organisation.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived_in(house: House) -> House:
    """The bureau after some changes, with a post and a pair."""
    with acting():
        actions.change_unit(unit_id=house.center, parent_id=house.channel, actor=SYSTEM, at=at(3))
        actions.change_unit(unit_id=house.lock, name="甲所", actor=SYSTEM, at=at(3))
        actions.pair_units(
            purpose="visits", rows=[actions.PairRow(house.lock, house.audit)], actor=SYSTEM, at=at(3)
        )
        actions.close_unit(unit_id=house.gate, actor=SYSTEM, at=at(4))
    give(holder("liaison", Role.LEAD_LIAISON, house.channel), Role.UNIT_LIAISON, house.lock)
    return house


def overlap(house: House) -> None:
    UnitRecord.objects.filter(unit=house.lock, ends_on=on(3)).update(ends_on=on(5))


def overlapping_post(house: House) -> None:
    row = Post.objects.get(unit=house.channel)
    Post.objects.create(user=row.user, unit=row.unit, role=row.role, starts_on=on(0), ends_on=on(2))


def no_record(house: House) -> None:
    UnitRecord.objects.filter(unit=house.station).update(ends_on=on(9))


def closed(house: House) -> None:
    Unit.objects.filter(pk=house.audit).update(closed_on=on(9))


def lost_link(house: House) -> None:
    UnitLink.objects.filter(ancestor=house.bureau, descendant=house.desk).delete()


def wrong_depth(house: House) -> None:
    UnitLink.objects.filter(ancestor=house.bureau, descendant=house.desk, ends_on=None).update(depth=1)


def stray_link(house: House) -> None:
    UnitLink.objects.create(ancestor_id=house.audit, descendant_id=house.lock, depth=1, starts_on=on(2))


def circle(house: House) -> None:
    UnitRecord.objects.filter(unit=house.channel).update(parent=house.desk)


def excluded(house: House) -> None:
    Post.objects.filter(unit=house.lock).update(role=Role.INSPECTOR)


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (overlap, {"periods_overlap"}),
        (overlapping_post, {"periods_overlap"}),
        (no_record, {"record_count"}),
        (closed, {"closed_unit_in_use"}),
        (lost_link, {"link_missing"}),
        (wrong_depth, {"link_missing"}),
        (stray_link, {"link_wrong"}),
        (circle, {"tree_circle", "link_wrong"}),
        (excluded, {"posts_incompatible"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_fault_is_found_and_named(
    lived_in: House, spoil: Callable[[House], None], codes: set[str]
) -> None:
    assert verify(on(5)) == []
    spoil(lived_in)
    assert {finding.code for finding in verify(on(5))} == codes


def test_an_empty_organisation_has_no_faults() -> None:
    assert verify() == []
