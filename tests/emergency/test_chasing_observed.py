"""The office asks after returnees and late units: who may, whom it reaches, once in ten minutes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, models, transaction
from django.urls import reverse

from emergency.house import CENTRE, EAST, OFFICE, WEST, at, entries, rows_of
from emergency.returnees_house import TABLES, TOLD, Register, make_register
from hands import together
from songnuan.audit import models as audit
from songnuan.emergency.actions.screening import Days
from songnuan.emergency.models import (
    Returnee,
    ReturneeChase,
    ScreeningChase,
    ScreeningRound,
    ScreeningShare,
)
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys import chase_returnees, chase_screening, screening
from songnuan.journeys import observe_returnees as observing
from songnuan.journeys.chase_returnees import chase_missed, chase_returnee
from songnuan.journeys.chase_screening import chase_round
from songnuan.journeys.erase_returnees import erase_returnees
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import now
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db
KEPT: tuple[type[models.Model], ...] = (*TABLES, ReturneeChase, ScreeningChase)
LATER = at(5, 10)


@pytest.fixture
def found() -> Register:
    return make_register()


@pytest.fixture
def row(found: Register) -> Returnee:
    return found.enter()


def refused(act: Callable[[], Any], code: str) -> Refusal:
    """See that it is refused so, and that nothing but the refusal was written."""
    before = rows_of(*KEPT), entries()
    with pytest.raises(Refusal) as told:
        act()
    assert (told.value.code, bool(told.value.sentence)) == (code, True)
    assert (rows_of(*KEPT), entries()) == before
    return told.value


def told_of(topic: str) -> list[tuple[int | None, str]]:
    rows = OutboxMessage.objects.filter(topic=topic, channel="in_app").order_by("pk")
    return list(rows.values_list("recipient_id", "url"))


def close(measure: Measure) -> None:
    Measure.objects.filter(pk=measure.pk).update(status=MeasureStatus.CLOSED, closed_at=at(5))


def leave(who: Actor) -> None:
    User.objects.filter(pk=user_of(who).pk).update(is_active=False)


def dues(who: Actor, moment: Any) -> dict[str, tuple[str, str]]:
    with on(moment):
        reader = Reader(user_of(who), who, now(), moment.date())
        return {one.title: (one.action, one.url) for one in due_of(desk_of(reader))}


def post(who: Actor, page: str, *args: Any, moment: Any = LATER) -> Any:
    with on(moment):
        return as_(who).post(reverse(page, args=args))


def get(who: Actor, page: str, *args: Any, query: str = "", moment: Any = LATER) -> Any:
    with on(moment):
        return as_(who).get(reverse(page, args=args) + query)


# Returnees -----------------------------------------------------------------------------------------


def test_the_contact_person_is_asked_once_in_ten_minutes(found: Register, row: Returnee) -> None:
    ask = partial(chase_returnee, returnee_id=row.pk, actor=found.house.office)
    assert ask(at=LATER) is True
    assert ask(at=at(5, 10, 9)) is False
    assert told_of("returnees.chased") == [(found.helper.user_id, "/returnees/")]
    assert ReturneeChase.objects.get().by_id == found.house.office.user_id
    entry = audit.Entry.objects.get(action="emergency.chase_returnee")
    assert entry.subject == f"emergency.returnee:{row.pk}"
    message = OutboxMessage.objects.get(topic="returnees.chased")
    assert TOLD.name not in message.title + message.body, "a notice names nobody"
    assert ask(at=at(5, 10, 11)) is True
    assert ReturneeChase.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_ask_once(found: Register) -> None:
    row = found.enter()
    ask = partial(chase_returnee, returnee_id=row.pk, actor=found.house.office, at=LATER)
    every = partial(chase_missed, measure_id=found.measure.pk, actor=found.house.office, at=LATER)
    assert together(ask, ask, every, every) == {"done": 4}
    assert (ReturneeChase.objects.count(), len(told_of("returnees.chased"))) == (1, 1)


def test_only_the_office_over_the_unit_asks(found: Register, row: Returnee) -> None:
    elsewhere = found.house.hire("elsewhere", Role.EPIDEMIC_OFFICE, WEST)
    own = found.house.hire("own", Role.EPIDEMIC_OFFICE, OFFICE)
    others = (found.liaison, found.helper, found.inspector, found.house.viewer, elsewhere, own, SYSTEM)
    for who in others:
        refused(partial(chase_returnee, returnee_id=row.pk, actor=who, at=LATER), "not_permitted")
        refused(partial(chase_missed, measure_id=found.measure.pk, actor=who, at=LATER), "not_permitted")
    refused(partial(chase_returnee, returnee_id=0, actor=found.house.office, at=LATER), "returnee_unknown")
    refused(partial(chase_missed, measure_id=0, actor=found.house.office, at=LATER), "measure_unknown")


def test_who_is_not_late_over_erased_or_of_a_closed_measure_is_not_asked_after(
    found: Register, row: Returnee
) -> None:
    one = partial(chase_returnee, returnee_id=row.pk, actor=found.house.office)
    every = partial(chase_missed, measure_id=found.measure.pk, actor=found.house.office)
    for act in (one, every):
        refused(partial(act, at=at(3, 15)), "status_not_missed")
    found.found(row, at(3, 15))
    refused(partial(one, at=at(4, 10)), "status_not_missed")
    close(found.measure)
    for act in (one, every):
        refused(partial(act, at=LATER), "measure_closed")
    Measure.objects.update(status=MeasureStatus.OPEN, closed_at=None)
    ended: dict[str, Any] = {"returnee_id": row.pk, "ended_as": "mistaken", "words": "重复登记。"}
    observing.end_observation(**ended, actor=found.house.office, at=LATER)
    for act in (one, every):
        refused(partial(act, at=at(6)), "status_not_missed")
    erased = datetime(2020, 4, 28, 9, tzinfo=CHINA)
    assert erase_returnees(actor=SYSTEM, at=erased) == 1
    for act in (one, every):
        refused(partial(act, at=erased), "status_not_missed")


def test_without_a_contact_person_with_an_account_the_liaisons_are_asked(found: Register) -> None:
    gone = found.enter()
    alone = found.enter(told=replace(TOLD, name="吴归来"), helper_id=None)
    leave(found.helper)
    told = chase_missed(measure_id=found.measure.pk, actor=found.house.office, at=LATER)
    assert (told.asked, told.before, told.unreached, told.left) == (2, 0, (), 0)
    late = f"/returnees/measures/{found.measure.pk}/?show=late"
    assert told_of("returnees.chased") == [(found.liaison.user_id, late)], "one notice of both"
    again = chase_missed(measure_id=found.measure.pk, actor=found.house.office, at=at(5, 10, 5))
    assert (again.asked, again.before) == (0, 2)
    leave(found.liaison)
    for row in (gone, alone):
        ask = partial(chase_returnee, returnee_id=row.pk, actor=found.house.office, at=at(5, 11))
        refused(ask, "nobody_to_remind")
    third = chase_missed(measure_id=found.measure.pk, actor=found.house.office, at=at(5, 11))
    assert (third.asked, third.unreached) == (0, (gone.number, alone.number))
    assert ReturneeChase.objects.count() == 2, "of whom nobody was told, nothing is on record"


def test_the_office_does_not_ask_itself(found: Register) -> None:
    office = found.house.office
    own = found.enter(unit_id=found.house.units[CENTRE], helper_id=office.user_id, actor=office)
    refused(
        partial(chase_returnee, returnee_id=own.pk, actor=found.house.office, at=LATER), "nobody_to_remind"
    )
    refused(
        partial(chase_missed, measure_id=found.measure.pk, actor=found.house.office, at=LATER),
        "status_not_missed",
    )


def test_of_very_many_those_that_are_left_come_next(found: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chase_returnees, "MOST", 2)
    for place in range(3):
        found.enter(told=replace(TOLD, name=f"周归来{place}"))
    act = partial(chase_missed, measure_id=found.measure.pk, actor=found.house.office)
    first = act(at=LATER)
    second = act(at=at(5, 10, 1))
    assert [(one.asked, one.before, one.left) for one in (first, second)] == [(2, 0, 1), (1, 2, 0)]


def test_the_list_asks_and_says_when(found: Register, row: Returnee) -> None:
    card = dues(found.house.office, LATER)["1名返程人员漏访"]
    assert card == ("催办", f"/returnees/measures/{found.measure.pk}/?show=late")
    own = found.enter(told=replace(TOLD, name="吴归来"), helper_id=None)
    assert dues(found.liaison, LATER)["2名返程人员漏访"][0] == "查看清单"
    page = get(found.house.office, "returnees_board", found.measure.pk, query="?show=late")
    for url in ("returnees_chase", "returnee_chase"):
        pk = found.measure.pk if url == "returnees_chase" else own.pk
        assert reverse(url, args=(pk,)) in page.content.decode()
    for who in (found.liaison, found.house.viewer):
        shown = get(who, "returnees_board", found.measure.pk, query="?show=late").content.decode()
        assert "/chase/" not in shown
    other_tab = get(found.house.office, "returnees_board", found.measure.pk).content.decode()
    assert "/chase/" not in other_tab
    assert post(found.house.office, "returnee_chase", row.pk).headers["Location"] == card[1]
    post(found.house.office, "returnees_chase", found.measure.pk)
    assert ReturneeChase.objects.count() == 2
    after = get(found.house.office, "returnees_board", found.measure.pk, query="?show=late")
    assert [one.chased_at for one in after.context["rows"]] == [LATER, LATER]
    assert "催办于" in after.content.decode()
    before = rows_of(*KEPT), entries()
    assert post(found.house.viewer, "returnee_chase", row.pk).status_code == 404
    assert post(found.liaison, "returnee_chase", row.pk).status_code == 302
    assert post(found.house.viewer, "returnees_chase", found.measure.pk).status_code == 302
    assert (rows_of(*KEPT), entries()) == before


def test_what_was_asked_stays_as_it_is(found: Register, row: Returnee) -> None:
    chase_returnee(returnee_id=row.pk, actor=found.house.office, at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReturneeChase.objects.update(at=at(6))
    with pytest.raises(DatabaseError), transaction.atomic():
        ReturneeChase.objects.all().delete()


# Screening -----------------------------------------------------------------------------------------

PAST = at(8, 10)
TABLE = "单位,人数\n一站,20\n二站,10\n四站,5\n东区,4\n"


@pytest.fixture
def shown(found: Register) -> ScreeningRound:
    measure = Measure.objects.create(
        plan=found.measure.plan,
        position=3,
        key="screening",
        clause_key="screening",
        kind="screening",
        settings={},
        status=MeasureStatus.OPEN,
        opened_at=at(3),
    )
    days = Days("第一轮全员排查", date(2020, 2, 3), date(2020, 2, 7))
    made = screening.open_screening(
        measure_id=measure.pk,
        days=days,
        file=("a.csv", TABLE.encode()),
        key=uuid4(),
        actor=found.house.office,
        at=at(3),
    )
    share = share_of(found, "二站")
    screening.report_screening(
        share_id=share.pk,
        screened=10,
        unwell=0,
        reason="",
        key=uuid4(),
        actor=found.house.liaisons["二站"],
        at=at(4),
    )
    return ScreeningRound.objects.select_related("measure").get(pk=made)


def share_of(found: Register, unit: str) -> ScreeningShare:
    return ScreeningShare.objects.get(unit_id=found.house.units[unit])


def test_late_units_are_asked_one_by_one_and_all(found: Register, shown: ScreeningRound) -> None:
    share, office = share_of(found, "一站"), found.house.office
    ask = partial(chase_screening.chase_screening, share_id=share.pk, actor=office)
    assert ask(at=PAST) is True
    assert ask(at=at(8, 10, 9)) is False
    told = chase_round(round_id=shown.pk, actor=office, at=at(8, 10, 9))
    assert (told.asked, told.before, told.unreached, told.left) == (2, 1, (), 0)
    readers = {found.house.liaisons[unit].user_id for unit in ("一站", "四站", EAST)}
    assert {who for who, _url in told_of("screening.chased")} == readers
    assert {url for _who, url in told_of("screening.chased")} == {f"/screening/rounds/{shown.pk}/"}
    assert audit.Entry.objects.filter(action="emergency.chase_screening").count() == 3
    assert ask(at=at(8, 10, 11)) is True


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_a_unit_at_once_ask_once(found: Register, shown: ScreeningRound) -> None:
    share, office = share_of(found, "一站"), found.house.office
    one = partial(chase_screening.chase_screening, share_id=share.pk, actor=office, at=PAST)
    every = partial(chase_round, round_id=shown.pk, actor=office, at=PAST)
    assert together(one, one, every, every) == {"done": 4}
    assert (ScreeningChase.objects.count(), len(told_of("screening.chased"))) == (3, 3)


def test_only_the_office_asks_units_for_their_screening(found: Register, shown: ScreeningRound) -> None:
    share = share_of(found, "一站")
    elsewhere = found.house.hire("elsewhere", Role.EPIDEMIC_OFFICE, WEST)
    for who in (found.liaison, found.house.liaisons[EAST], found.house.viewer, elsewhere, SYSTEM):
        one = partial(chase_screening.chase_screening, share_id=share.pk, actor=who, at=PAST)
        refused(one, "not_permitted")
        refused(partial(chase_round, round_id=shown.pk, actor=who, at=PAST), "not_permitted")
    office = found.house.office
    refused(partial(chase_screening.chase_screening, share_id=0, actor=office, at=PAST), "share_unknown")
    refused(partial(chase_round, round_id=0, actor=office, at=PAST), "round_unknown")


def test_a_unit_that_is_through_in_time_closed_or_without_people_is_not_asked(
    found: Register, shown: ScreeningRound
) -> None:
    office = found.house.office
    done, late = share_of(found, "二站"), share_of(found, "一站")
    one, every = chase_screening.chase_screening, partial(chase_round, round_id=shown.pk, actor=office)
    refused(partial(one, share_id=done.pk, actor=office, at=PAST), "screening_not_late")
    refused(partial(one, share_id=late.pk, actor=office, at=at(7, 23)), "screening_not_late")
    refused(partial(every, at=at(7, 23)), "screening_not_late")
    leave(found.liaison)
    refused(partial(one, share_id=late.pk, actor=office, at=PAST), "nobody_to_remind")
    assert every(at=PAST).unreached == ("一站",)
    assert not ScreeningChase.objects.filter(share=late).exists()
    close(shown.measure)
    refused(partial(one, share_id=late.pk, actor=office, at=at(8, 11)), "measure_closed")
    refused(partial(every, at=at(8, 11)), "measure_closed")
    assert not any("排查" in title for title in dues(office, PAST))
    Measure.objects.update(status=MeasureStatus.OPEN, closed_at=None)
    screening.close_screening(round_id=shown.pk, actor=office, at=at(8, 11))
    refused(partial(one, share_id=late.pk, actor=office, at=at(8, 12)), "round_closed")
    refused(partial(every, at=at(8, 12)), "round_closed")


def test_the_page_of_a_round_asks_and_says_when(found: Register, shown: ScreeningRound) -> None:
    office, share = found.house.office, share_of(found, "一站")
    assert not any("排查" in title for title in dues(office, at(7, 10)))
    title = "排查“第一轮全员排查”尚未完成"
    assert dues(office, PAST)[title] == ("催办", f"/screening/rounds/{shown.pk}/")
    assert title not in dues(found.house.viewer, PAST)
    page = get(office, "screening_round", shown.pk, moment=PAST).content.decode()
    assert f"/screening/units/{share.pk}/chase/" in page
    for who in (found.house.viewer, found.liaison):
        assert "/chase/" not in get(who, "screening_round", shown.pk, moment=PAST).content.decode()
    assert post(office, "screening_chase", share.pk, moment=PAST).status_code == 302
    post(office, "screening_chase_all", shown.pk, moment=PAST)
    assert ScreeningChase.objects.count() == 3
    rows = get(office, "screening_round", shown.pk, moment=PAST).context["rows"]
    assert [one.name for one, _form in rows if one.chased_at] == [EAST, "一站", "四站"]
    before = rows_of(*KEPT), entries()
    assert post(found.house.viewer, "screening_chase", share.pk, moment=PAST).status_code == 302
    assert post(found.house.liaisons["五站"], "screening_chase_all", shown.pk, moment=PAST).status_code == 404
    assert (rows_of(*KEPT), entries()) == before
