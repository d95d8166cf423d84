"""A day after the deadline: asked for, allowed or returned by somebody else, and seen by whom it concerns."""

from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from people import SLUG, Bureau, at, open_plan_1
from songnuan.jobs.models import OutboxMessage
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import names_then
from songnuan.plans.models import Plan
from songnuan.visits.models import LaterDay, LaterDayStatus, Visit
from web.browsing import as_, on, user_of, visits_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]

AFTER = date(2020, 4, 24)
REMARK = "请安排在期限之内"


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way."""
    return open_plan_1(bureau)


@pytest.fixture
def visit(bureau: Bureau) -> Visit:
    """The liaison's first visit, planned for 8 April."""
    return visits_of(bureau)[0]


def url(visit: Visit, name: str = "visit") -> str:
    return reverse(name, args=(visit.pk,))


def ask(bureau: Bureau, visit: Visit) -> LaterDay:
    """Ask for the day as the liaison does, on the page of the visit."""
    told = {"planned_on": AFTER.isoformat(), "late_reason": "汛期停航"}
    with on(at(8)):
        assert as_(bureau.liaison).post(url(visit, "visit_replan"), told).status_code == 302
    return LaterDay.objects.get(visit=visit, status="waiting")


def decide(actor: Actor, visit: Visit, verb: str, **fields: Any) -> Any:
    with on(at(9)):
        return as_(actor).post(url(visit, f"visit_{verb}_late"), fields)


def status(asked: LaterDay) -> str:
    asked.refresh_from_db()
    return asked.status


def test_it_is_asked_for_while_the_old_day_stands(bureau: Bureau, visit: Visit) -> None:
    was = visit.planned_on
    with on(at(8)):
        client = as_(bureau.liaison)
        without = client.post(url(visit, "visit_replan"), {"planned_on": "2020-04-24", "late_reason": ""})
        assert (without.status_code, list(without.context["replan"].errors)) == (422, ["late_reason"])
        assert as_(bureau.office).get(url(visit)).context["replan"] is None
        assert (
            as_(bureau.office).post(url(visit, "visit_replan"), {"planned_on": "2020-04-14"}).status_code
            == 403
        )
        assert not LaterDay.objects.exists()
        ask(bureau, visit)
        page = client.get(url(visit))
    visit.refresh_from_db()
    assert visit.planned_on == was
    assert page.context["visit"]["planned_on"] == was
    assert page.context["visit"]["state_label"] == _("later day awaits approval")
    assert page.context["decision"] is None, "who asked does not decide"
    assert "汛期停航" in page.content.decode()
    with on(at(12)):
        late = as_(bureau.liaison).get(url(visit)).context["visit"]
    assert (late["state"], late["state_label"]) == ("late", _("late, later day awaits approval"))


def test_the_same_day_again_is_refused_beside_its_input(bureau: Bureau, visit: Visit) -> None:
    ask(bureau, visit)
    told = {"planned_on": AFTER.isoformat(), "late_reason": "汛期停航"}
    stands = {"planned_on": "2020-04-14", "late_reason": ""}
    with on(at(8)):
        client = as_(bureau.liaison)
        again = client.post(url(visit, "visit_replan"), told)
        assert client.post(url(visit, "visit_replan"), stands).status_code == 302
        unchanged = client.post(url(visit, "visit_replan"), stands)
    for page in (again, unchanged):
        assert (page.status_code, list(page.context["replan"].errors)) == (422, ["planned_on"])
    assert LaterDay.objects.get().status == "withdrawn"


def test_who_may_allow_it_is_told_once_with_unit_day_and_reason(bureau: Bureau, visit: Visit) -> None:
    told = OutboxMessage.objects.filter(topic="visit.asked")
    asked = ask(bureau, visit)
    with on(at(8)):
        form = {"planned_on": AFTER.isoformat(), "late_reason": "汛期停航"}
        assert as_(bureau.liaison).post(url(visit, "visit_replan"), form).status_code == 422
    whom = {user_of(bureau.approver).pk, user_of(bureau.office).pk}
    assert set(told.values_list("recipient_id", flat=True)) == whom
    assert told.count() == len(whom)
    unit = names_then({visit.unit_id}, at(8).date())[visit.unit_id]
    for message in told:
        assert (message.url, message.about) == (url(visit), visit.measure.plan.title)
        assert all(words in message.title for words in (unit, "4月24日"))
        assert asked.reason in message.body
    with on(at(9)):
        form = {"planned_on": "2020-04-27", "late_reason": "航道仍未开通"}
        assert as_(bureau.liaison).post(url(visit, "visit_replan"), form).status_code == 302
    assert told.all().count() == 2 * len(whom), "another day is asked for anew"


def test_a_day_in_time_is_asked_of_nobody(bureau: Bureau, visit: Visit) -> None:
    with on(at(8)):
        form = {"planned_on": "2020-04-14", "late_reason": ""}
        assert as_(bureau.liaison).post(url(visit, "visit_replan"), form).status_code == 302
    assert not OutboxMessage.objects.filter(topic="visit.asked").exists()


@pytest.mark.parametrize("who", ["approver", "office"])
def test_it_is_allowed_and_the_one_who_asked_is_told(bureau: Bureau, visit: Visit, who: str) -> None:
    actor = getattr(bureau, who)
    asked = ask(bureau, visit)
    with on(at(9)):
        form = as_(actor).get(url(visit)).context["decision"]
    assert form["later_day"].value() == asked.pk
    assert decide(actor, visit, "allow", later_day=asked.pk, remark="同意").status_code == 302
    with on(at(9)):
        page = as_(bureau.liaison).get(url(visit))
    visit.refresh_from_db()
    assert (visit.planned_on, visit.late_approved) == (AFTER, True)
    (row,) = page.context["visit"]["later_days"]
    assert (row.status, row.decided_by, row.decided_at, row.remark) == ("allowed", actor.label, at(9), "同意")
    assert actor.label in page.content.decode()
    assert page.context["waiting"] is None
    message = OutboxMessage.objects.get(topic="visit.allowed")
    assert (message.recipient, message.url) == (user_of(bureau.liaison), url(visit))
    assert "4月24日" in message.title


@pytest.mark.parametrize("who", ["approver", "office"])
def test_it_is_returned_with_a_remark_and_the_one_who_asked_is_told(
    bureau: Bureau, visit: Visit, who: str
) -> None:
    actor, was = getattr(bureau, who), visit.planned_on
    asked = ask(bureau, visit)
    empty = decide(actor, visit, "return", later_day=asked.pk, remark=" ")
    assert (empty.status_code, list(empty.context["decision"].errors)) == (422, ["remark"])
    assert status(asked) == "waiting"
    assert decide(actor, visit, "return", later_day=asked.pk, remark=REMARK).status_code == 302
    with on(at(9)):
        page = as_(bureau.liaison).get(url(visit))
    visit.refresh_from_db()
    assert visit.planned_on == was
    assert REMARK in page.content.decode()
    assert page.context["visit"]["state_label"] == pgettext("state", "late")
    message = OutboxMessage.objects.get(topic="visit.returned")
    assert (message.recipient, REMARK in message.body) == (user_of(bureau.liaison), True)


def test_nobody_else_decides_and_nothing_is_decided_twice(bureau: Bureau, visit: Visit) -> None:
    asked = ask(bureau, visit)
    other = visits_of(bureau)[1]
    for verb in ("allow", "return"):
        told = {"later_day": asked.pk, "remark": REMARK}
        for actor, expected in ((bureau.liaison, 403), (bureau.officer, 403), (bureau.stranger, 404)):
            assert decide(actor, visit, verb, **told).status_code == expected
        assert decide(bureau.approver, visit, verb, later_day="soon").status_code == 400
        assert decide(bureau.approver, other, verb, **told).status_code == 400, "it is another visit's"
        with on(at(9)):
            assert Client().post(url(visit, f"visit_{verb}_late"), told).status_code == 302
            forged = as_(bureau.approver, enforce_csrf_checks=True)
            assert forged.post(url(visit, f"visit_{verb}_late"), told).status_code == 403
            got = as_(bureau.approver).get(url(visit, f"visit_{verb}_late"))
            assert got.headers["Location"] == url(visit)
    assert status(asked) == "waiting"
    decide(bureau.approver, visit, "allow", later_day=asked.pk)
    again = decide(bureau.office, visit, "return", later_day=asked.pk, remark=REMARK)
    assert (again.status_code, again.headers["Location"]) == (302, url(visit))
    assert [message.level_tag for message in get_messages(again.wsgi_request)] == ["error"]
    assert status(asked) == "allowed"
    # A second click of who decided is no error: it is recorded as it was.
    again = decide(bureau.approver, visit, "allow", later_day=asked.pk)
    (message,) = get_messages(again.wsgi_request)
    assert (message.level_tag, str(LaterDayStatus.ALLOWED.label) in str(message)) == ("info", True)
    assert status(asked) == "allowed"


@pytest.mark.parametrize("who", ["approver", "office"])
def test_the_first_page_names_what_waits_with_a_way_to_each_visit(
    bureau: Bureau, visit: Visit, who: str
) -> None:
    asked = ask(bureau, visit)
    client = as_(getattr(bureau, who))
    with on(at(9)):
        (item,) = [one for one in client.get(reverse("home")).context["due"] if one.parts]
        assert [part.url for part in item.parts] == [url(visit)]
        assert "汛期停航" in item.parts[0].detail
        listed = client.get(item.url)
        assert [row.visit_id for row in listed.context["pairs"]] == [visit.pk]
        assert as_(bureau.liaison).get(reverse("home")).context["due"][0].parts == ()
    decide(bureau.approver, visit, "allow", later_day=asked.pk)
    with on(at(9)):
        assert [one for one in client.get(reverse("home")).context["due"] if one.parts] == []


def test_the_list_of_units_marks_it_and_is_looked_through_by_state(bureau: Bureau, visit: Visit) -> None:
    ask(bureau, visit)
    late, coming = visits_of(bureau)[1:3]
    Visit.objects.filter(pk=late.pk).update(planned_on=date(2020, 4, 9))
    Visit.objects.filter(pk=coming.pk).update(planned_on=None)
    Visit.objects.exclude(lead_id=bureau.lead_id).update(planned_on=date(2020, 4, 20))
    pairing = reverse("pairing", args=(SLUG,))

    def found(state: str) -> list[int | None]:
        return [row.visit_id for row in client.get(pairing, {"state": state}).context["pairs"]]

    with on(at(10)):
        client = as_(bureau.officer)
        assert found("asked") == [visit.pk]
        assert set(found("overdue")) == {visit.pk, late.pk}
        assert found("undated") == [coming.pk]
        assert (found("visited"), found("owed")) == ([], [])
        assert len(found("")) == len(found("unheard")) == 47
        page = client.get(pairing, {"state": "asked"})
        empty = client.get(pairing, {"state": "visited"})
        both = client.get(pairing, {"state": "overdue", "lead": str(bureau.lead_id)})
    (row,) = page.context["pairs"]
    assert (row.state, row.state_label) == ("late", _("late, later day awaits approval"))
    assert (row.planned_on, row.asked_on) == (visit.planned_on, AFTER)
    assert page.context["overdue"] == 2, "the figures are those of all units"
    assert _("No unit is in this state.") in empty.content.decode()
    assert len(both.context["pairs"]) == 2


def test_a_day_with_a_mistyped_year_is_not_asked_for(bureau: Bureau, visit: Visit) -> None:
    with on(at(8)):
        sent = {"planned_on": "9999-12-31", "late_reason": "汛期停航"}
        page = as_(bureau.liaison).post(url(visit, "visit_replan"), sent)
    assert page.status_code == 422
    assert "9999年12月31日" in page.context["replan"].errors["planned_on"][0]
    assert not LaterDay.objects.exists()


def test_a_reason_too_long_is_said_in_the_houses_own_words(bureau: Bureau, visit: Visit) -> None:
    with on(at(8)):
        sent = {"planned_on": AFTER.isoformat(), "late_reason": "长" * 501}
        page = as_(bureau.liaison).post(url(visit, "visit_replan"), sent)
    sentence = _("This has %(show_value)s characters; at most %(limit_value)s fit. Shorten it.")
    assert page.context["replan"].errors["late_reason"] == [
        sentence % {"show_value": 501, "limit_value": 500}
    ]
    assert not LaterDay.objects.exists()


def test_the_liaisons_round_marks_a_later_day_that_was_allowed(bureau: Bureau, visit: Visit) -> None:
    asked = ask(bureau, visit)
    decide(bureau.approver, visit, "allow", later_day=asked.pk)
    with on(at(9)):
        page = as_(bureau.liaison).get(reverse("visits_mine"))
    rows = {row.id: row for row in page.context["coming"]}
    assert rows[visit.pk].late_approved
    assert not any(row.late_approved for pk, row in rows.items() if pk != visit.pk)


def test_a_day_returned_without_a_remark_is_said_in_the_list_of_what_is_wrong(
    bureau: Bureau, visit: Visit
) -> None:
    asked = ask(bureau, visit)
    page = decide(bureau.approver, visit, "return", later_day=asked.pk, remark=" ")
    assert (page.status_code, status(asked)) == (422, "waiting")
    said = page.content.decode()
    assert said.count("data-errors") == 1
    assert 'href="#id_remark"' in said
