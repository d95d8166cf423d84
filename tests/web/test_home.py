import re
from collections.abc import Sequence
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from people import SLUG, Bureau, at, buy, open_plan_1, plan_1_text, raised
from roster_files import people, person, text
from songnuan.jobs.models import Notice, OutboxMessage
from songnuan.journeys.add_invoice import add_invoice
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.sent_files import SentFile
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.people.models import Roster
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.models import Task
from songnuan.tasks.rules import DUTY
from songnuan.visits.models import Visit
from songnuan.web.due import Due
from songnuan.web.templatetags.songnuan import short_date
from web.browsing import as_, on, queries_of, recorded, trail_length, user_of, visits_of
from web.roster_browsing import act, own_roster, read, stocked, unit_liaison
from whole_files import whole_pdf

pytestmark = pytest.mark.django_db

HOME = reverse("home")
PLAN = reverse("plan", args=(SLUG,))
KITS = {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}


def due(actor: Actor) -> list[Due]:
    """Return what is due from the actor."""
    page = as_(actor).get(HOME)
    assert page.status_code == 200
    items: list[Due] = page.context["due"]
    return items


def beside_duties(items: Sequence[Due]) -> list[Due]:
    """Return what is due beside the duties that the plan assigns to its office."""
    duties = set(Task.objects.filter(source__startswith=DUTY).values_list("title", flat=True))
    return [item for item in items if item.title not in duties]


def test_imports_that_wait_are_due_from_who_may_apply_them(bureau: Bureau) -> None:
    stocked(bureau, people(1))
    own = own_roster(bureau)
    keeper = unit_liaison(bureau.lead_id)
    assert [item for item in due(keeper) if "/rosters/" in item.url] == []
    staged = read(bureau.officer, "people", people(1, 2))
    odd = text(["序号", "人员大名", "身份证号"], *(person(place)[:3] for place in (3, 4, 5)))
    asking = read(bureau.officer, own, odd)
    assert (staged.status, asking.status) == ("staged", "asking")
    urls = {row.pk: reverse("roster_import", args=(row.key,)) for row in (staged, asking)}

    def shown(actor: Actor) -> list[str]:
        with on(at(8, 13)):
            return [item.url for item in due(actor) if "/rosters/" in item.url]

    assert sorted(shown(bureau.officer)) == sorted(urls.values())
    assert shown(keeper) == [urls[asking.pk]]
    assert shown(bureau.inspector) == shown(bureau.approver) == []
    Roster.objects.filter(key=own).update(status="closed")
    assert shown(keeper) == []
    act(bureau.officer, staged, "cancel")
    assert shown(bureau.officer) == []


def test_the_page_asks_for_a_sign_in_and_the_languages_do_not(bureau: Bureau) -> None:
    client = Client()
    assert client.get(HOME).headers["Location"] == f"{reverse('account_login')}?next={HOME}"
    answer = client.post(reverse("set_language"), {"language": "en", "next": HOME})
    assert answer.headers["Location"] == HOME
    assert client.cookies["songnuan_language"].value == "en"
    page = as_(bureau.officer)
    page.cookies["songnuan_language"] = "en"
    assert '<html lang="en">' in page.get(HOME).content.decode()


def test_a_plan_is_due_from_one_hand_after_the_other(bureau: Bureau) -> None:
    plan = load_plan(source=plan_1_text(), actor=bureau.officer, at=at(6))
    people = (bureau.officer, bureau.approver, bureau.finance, bureau.inspector)

    def waiting() -> list[list[str]]:
        return [[item.url for item in due(actor)] for actor in people]

    with on(at(6, 12)):
        assert waiting() == [[PLAN], [], [], []]
        request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
        assert waiting() == [[], [PLAN], [], []], "who asked does not sign"
        approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))
        assert waiting() == [[PLAN], [], [], []]
    with on(at(9)):
        (late,) = due(bureau.officer)
    assert (late.state, late.due_on, late.days_left) == ("late", plan.starts_on, -1)


def test_finance_is_told_of_money_and_purchases_until_all_is_bought(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    form = reverse("purchase_new", args=(Measure.objects.get(plan=plan, kind="kit_purchase").pk,))
    with on(at(8)):
        assert [item.url for item in due(bureau.finance)] == [form], "one tap away, not by the fund's page"
        first = buy(bureau, plan, {"方便面": (94, 70_00)}, "08812071")
        assert [item.url for item in due(bureau.finance)] == [reverse("purchase", args=(first,)), form]
        second = buy(bureau, plan, {"苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
        [lacking] = due(bureau.finance)
        assert [part.url for part in lacking.parts] == [
            reverse("purchase", args=(pk,)) for pk in (first, second)
        ]
        for pk in (first, second):
            file = SentFile(whole_pdf(str(pk)), "发票.pdf", "application/pdf")
            add_invoice(purchase_id=pk, invoice=file, key=uuid4(), actor=bureau.finance, at=at(8))
        assert due(bureau.finance) == []
        assert [item.action for item in due(bureau.officer)] == [_("Answer")]


def test_the_day_planned_for_a_visit_is_not_called_its_deadline(bureau: Bureau) -> None:
    open_plan_1(bureau)
    late, coming, last = visits_of(bureau)[:3]
    for visit, day in ((late, 8), (coming, 12)):
        Visit.objects.filter(pk=visit.pk).update(planned_on=date(2020, 4, day), due_on=date(2020, 4, 21))
    # Where the planned day is the deadline, the deadline is what is said.
    Visit.objects.filter(pk=last.pk).update(planned_on=date(2020, 4, 9), due_on=date(2020, 4, 9))

    def told(day: int, visit: Visit) -> str:
        with on(at(day)):
            page = as_(bureau.liaison).get(HOME).content.decode()
        (row,) = re.findall(rf'(?s)<h3><a href="/visits/{visit.pk}/record/">(.*?)</div>', page)
        return re.sub(r"<[^>]*>", "", row)

    due_on, deadline = _("due %(day)s"), _("due %(day)s") % {"day": "4月21日"}
    missed = _("planned for %(day)s, the deadline is %(deadline)s") % {"day": "4月8日", "deadline": "4月21日"}
    assert missed in told(10, late)
    assert (due_on % {"day": "4月8日"}) not in told(10, late)
    ahead = _("planned for %(day)s, %(weekday)s") % {"day": "4月12日", "weekday": "周日"}
    assert ahead in told(10, coming)
    assert deadline in told(10, coming)
    assert _("planned for today") in told(12, coming)
    assert _("due today") not in told(12, coming)
    assert (due_on % {"day": "4月9日"}) in told(10, last)
    # Within a later day that was allowed, that day is the one that holds.
    Visit.objects.filter(pk=last.pk).update(
        planned_on=date(2020, 4, 12), late_approved=True, late_reason="汛期停航"
    )
    assert _("due %(day)s, %(weekday)s") % {"day": "4月12日", "weekday": "周日"} in told(10, last)
    assert (due_on % {"day": "4月9日"}) not in told(10, last)


def test_a_liaison_is_told_of_visits_that_are_late_of_today_or_of_this_week(bureau: Bureau) -> None:
    open_plan_1(bureau)
    late, today, coming, *others = visits_of(bureau)
    Visit.objects.filter(pk__in=[visit.pk for visit in others]).delete()
    for visit, day in ((today, 10), (late, 8), (coming, 12)):
        Visit.objects.filter(pk=visit.pk).update(planned_on=date(2020, 4, day))
    with on(at(10)):
        found = due(bureau.liaison)
        assert {item.url for item in due(bureau.stranger)}.isdisjoint(item.url for item in found)
    rows = (late, today, coming)
    assert [item.url for item in found] == [reverse("visit_record", args=(row.pk,)) for row in rows]
    assert [(item.band, item.state, item.days_left) for item in found] == [
        ("late", "late", -2),
        ("today", "waiting", 0),
        ("week", "waiting", 2),
    ]
    Visit.objects.filter(pk=coming.pk).update(planned_on=date(2020, 4, 13))
    with on(at(10)):
        assert len(due(bureau.liaison)) == 2, "what comes next week is not due"
    assert {item.plan for item in found} == {Plan.objects.get().title}


def test_visits_without_a_day_ask_for_one_by_their_deadline(bureau: Bureau) -> None:
    open_plan_1(bureau)
    Visit.objects.update(planned_on=date(2020, 4, 20))
    undated = visits_of(bureau)[:2]
    Visit.objects.filter(pk__in=[row.pk for row in undated]).update(planned_on=None)
    with on(at(10)):
        (item,) = due(bureau.liaison)
    assert (item.url, item.due_on, item.band) == (reverse("visits_mine"), undated[0].due_on, "later")
    assert "2" in item.title


def test_a_day_that_was_moved_stands_beside_the_first_one(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, KITS, "08812072")
    Visit.objects.update(planned_on=date(2020, 4, 20))
    recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    first = raised().get().original_due_on
    with on(at(9)):
        assert due(bureau.office)[0].moved_from is None
        raised().update(due_on=date(2020, 4, 17))
        page = as_(bureau.office).get(HOME)
    (item,) = beside_duties(page.context["due"])
    assert (item.due_on, item.moved_from) == (date(2020, 4, 17), first)
    assert _("first due %(day)s") % {"day": short_date(first)} in page.content.decode()


def test_who_looks_after_reports_is_told_of_late_visits(bureau: Bureau) -> None:
    open_plan_1(bureau)
    with on(at(20)):
        (item,) = beside_duties(due(bureau.office))
    assert item.url.endswith("/units/?state=overdue")
    assert item.band == "late", "it is not due today, it was due on the day that was missed"


def test_bands_follow_each_other() -> None:
    """A week ends on Sunday; what has no day waits now, and stands with what is due today."""
    today = date(2020, 4, 10)
    days = [None, date(2020, 4, 9), today, date(2020, 4, 12), date(2020, 4, 13)]
    items = [Due(title="", url="", action="", today=today, due_on=day) for day in days]
    assert [item.band for item in items] == ["today", "late", "today", "week", "later"]
    assert [item.due_on for item in sorted(items, key=lambda item: item.order)] == [
        date(2020, 4, 9), None, today, date(2020, 4, 12), date(2020, 4, 13),
    ]  # fmt: skip


def test_an_open_problem_is_due_until_it_is_closed(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, KITS, "08812072")
    Visit.objects.update(planned_on=date(2020, 4, 20))
    recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    url = reverse("problem", args=(raised().get().pk,))
    with on(at(9)):
        (office,) = beside_duties(due(bureau.office))
        (lead,) = due(bureau.liaison)
        assert due(bureau.stranger) == []
    assert (office.url, bool(office.action)) == (url, True)
    assert (lead.url, bool(lead.action)) == (url, True), "the lead solves it, the office closes it"
    assert lead.action != office.action
    raised().update(status="done", feedback="已调拨油汀四台。", done_at=at(9))
    with on(at(9)):
        assert beside_duties(due(bureau.office)) == []


def test_notices_and_plans_under_way_are_ones_own(bureau: Bureau) -> None:
    open_plan_1(bureau)
    message = OutboxMessage.objects.create(
        key="x", channel="in_app", recipient=user_of(bureau.office), topic="visit.recorded",
        title="一号卡口", body="", url="/visits/1/", actor_key="system", created_at=at(8),
    )  # fmt: skip
    notice = Notice.objects.create(
        message=message, user=user_of(bureau.office), title="一号卡口", body="", created_at=at(8)
    )
    before = trail_length()
    with on(at(8)):
        page = as_(bureau.office).get(HOME)
        assert [row.newest for row in page.context["notices"]] == [notice]
        assert [row.slug for row in page.context["plans"]] == [SLUG]
        others = as_(bureau.officer).get(HOME).context["notices"]
        assert [row.topic for row in others] == ["approval.approved"]
    assert trail_length() == before
    notice.refresh_from_db()
    assert notice.read_at is None, "to be read is not to be shown"


def test_the_queries_of_the_page_do_not_grow_with_what_is_due(bureau: Bureau) -> None:
    open_plan_1(bureau)
    Visit.objects.exclude(lead_id=bureau.lead_id).update(planned_on=date(2020, 4, 20))
    with on(at(10)):
        client = as_(bureau.liaison)
        few = queries_of(client, HOME)
        Visit.objects.update(lead_id=bureau.lead_id, planned_on=date(2020, 4, 8))
        many = queries_of(client, HOME)
    assert many == few
    assert many <= 82


def test_the_officer_is_told_of_late_visits_and_open_questions(bureau: Bureau) -> None:
    open_plan_1(bureau)
    with on(at(20)):
        found = {item.action: item for item in due(bureau.officer)}
    assert set(found) == {_("See which"), _("Answer")}
    assert found[_("See which")].url.endswith("/units/?state=overdue")
    assert found[_("Answer")].url.endswith("#clause-fund")


def test_who_keeps_accounts_and_has_nothing_due_is_told_where_to_begin(bureau: Bureau) -> None:
    keeper = create_account(username="keeper", name="管有序", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=keeper.pk, unit_id=bureau.bureau_id, role=Role.ADMINISTRATOR, actor=SYSTEM, at=at(1))
    with on(at(8)):
        page = as_(actor_of(keeper)).get(HOME)
        other = as_(bureau.finance).get(HOME)
    assert not page.context["due"]
    places = [part.url for part in page.context["starts"]]
    # Units are brought in for a plan by who writes it: a keeper of accounts has nothing to import them for.
    assert places == [reverse(name) for name in ("accounts", "approval_chains")]
    assert reverse("import_units") not in {item.url for item in page.context["house"].nav}
    with on(at(8)):
        told = as_(actor_of(keeper)).get(reverse("import_units"))
        give_post(
            user_id=keeper.pk, unit_id=bureau.bureau_id, role=Role.PROGRAMME_OFFICER, actor=SYSTEM, at=at(8)
        )
        starts = as_(actor_of(keeper)).get(HOME).context
        empty = as_(actor_of(keeper)).get(reverse("import_units"))
    assert f'href="{reverse("accounts")}"' in told.content.decode().partition('class="empty"')[2]
    assert reverse("import_units") in {item.url for item in starts["house"].nav}
    assert f'href="{reverse("plan_new")}"' in empty.content.decode().partition('class="empty"')[2]
    assert (other.context["due"], other.context["starts"]) == ([], [])
