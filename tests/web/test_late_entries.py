"""Late entries (补录): taken, marked wherever they stand, and never without a reason."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from people import SLUG, Bureau, at, buy, open_plan_1
from songnuan.goods.lots import Delivery
from songnuan.goods.models import KitLine, Movement, MovementKind
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.living_plan import progress_of
from songnuan.journeys.receive_goods import receive_goods
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit, VisitStatus
from web.browsing import as_, filled, on, record_url, recorded, trail_length, visits_of

pytestmark = pytest.mark.django_db


def test_a_late_entry_is_asked_why_once_and_keeps_what_was_typed(bureau: Bureau) -> None:
    """Without a script: the reason is asked for on the second round, and only where the dates say so."""
    open_plan_1(bureau)
    visit = visits_of(bureau)[0]
    client = as_(bureau.liaison)
    sent = filled(bureau, "2020-04-07T09:00", handed=[])
    before = trail_length()
    url = reverse("visit", args=(visit.pk,))
    with on(at(9)):
        # A script shows it when the time that is chosen makes it a late entry; until then it is hidden.
        before_it = 'data-entry-before="2020-04-08T10:00:00"'
        assert f"{before_it} hidden>" in client.get(record_url(visit)).content.decode()
        asked = client.post(record_url(visit), sent)
        assert asked.status_code == 422
        assert list(asked.context["form"].errors) == ["entry_reason"]
        page = asked.content.decode()
        assert f"{before_it}>" in page
        assert sent["conditions"] in page
        assert sent["signature"] in page
        visit.refresh_from_db()
        assert visit.status == VisitStatus.PLANNED
        assert trail_length() == before
        answer = client.post(record_url(visit), {**sent, "entry_reason": "方案印发前已经走访"})
        assert answer.headers["Location"] == url
        shown = client.get(url).content.decode()
        mine = client.get(reverse("visits_mine")).content.decode()
        office = as_(bureau.office).get(reverse("office")).content.decode()
        annex = as_(bureau.officer).get(reverse("pairing", args=(SLUG,)) + "?state=entered_late")
    visit.refresh_from_db()
    assert (visit.late_entry, visit.before_plan) == (True, True)
    assert "方案印发前已经走访" in shown
    assert "方案印发前已经走访" in office
    assert _("late entry") in mine
    assert [row.visit_id for row in annex.context["pairs"]] == [visit.pk]
    for kind in ("visit", "report", "inspection"):
        measure = Measure.objects.get(
            kind={"visit": "unit_visits", "report": "visit_reports"}.get(kind, kind)
        )
        listed = as_(bureau.officer).get(reverse("evidence", args=(SLUG, measure.pk, kind)))
        assert "方案印发前已经走访" in listed.content.decode()
    (visits,) = Measure.objects.filter(kind="unit_visits")
    assert any("1" in note for note in progress_of([visits], at(9))[visits.pk].notes)


def test_what_the_day_of_a_late_entry_makes_wrong_is_said_at_once(bureau: Bureau) -> None:
    open_plan_1(bureau)
    visit = visits_of(bureau)[0]
    second = create_account(username="second", name="周到", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=second.pk, unit_id=bureau.lead_id, role=Role.LEAD_LIAISON, actor=SYSTEM, at=at(8))
    people = [str(bureau.liaison.user_id), str(second.pk)]
    sent = filled(bureau, "2020-04-07T09:00", handed=[], members=people)
    before = trail_length()
    with on(at(9)):
        page = as_(bureau.liaison).post(record_url(visit), sent)
    errors = page.context["form"].errors
    assert set(errors) == {"entry_reason", "members"}
    assert "周到" in errors["members"][0]
    visit.refresh_from_db()
    assert visit.status == VisitStatus.PLANNED
    assert trail_length() == before


def test_a_correction_shows_the_reason_of_a_late_entry_as_soon_as_its_time_asks_for_it(
    bureau: Bureau,
) -> None:
    open_plan_1(bureau)
    visit = recorded(bureau, at(8, 10))
    url = reverse("visit_correct", args=(visit.pk,))
    with on(at(9)):
        page = as_(bureau.liaison).get(url).content.decode()
    (box,) = re.findall(r'<div data-entry-before="[^"]*" hidden>(.*?)</div>', page, re.DOTALL)
    assert "entry_reason" in box
    assert "entry.js" in page


def expiring(bureau: Bureau) -> Visit:
    """Return a visit of the 8th whose apples are good until the 9th."""
    plan = open_plan_1(bureau)
    boxes = {"方便面": (2, 68_00), "苹果": (1, 85_00), "梨": (1, 74_00)}
    bought = buy(bureau, plan, boxes, "0001", received=False)
    items = dict(KitLine.objects.values_list("item__name", "item_id"))
    came = [Delivery(items[name], packs) for name, (packs, _price) in boxes.items() if name != "苹果"]
    came.append(Delivery(items["苹果"], 1, "P1", date(2020, 4, 9)))
    receive_goods(
        purchase_id=bought,
        came_on=date(2020, 4, 7),
        deliveries=came,
        key=uuid4(),
        actor=bureau.finance,
        at=at(7, 16),
    )
    visit = visits_of(bureau)[0]
    assert visit.planned_on == date(2020, 4, 8)
    return visit


def test_what_was_good_on_the_day_is_handed_over_though_it_has_expired_since(bureau: Bureau) -> None:
    visit = expiring(bureau)
    client = as_(bureau.liaison)
    late = {"entry_reason": "当日岗亭没有网络"}
    with on(at(10)):
        assert len(client.get(record_url(visit)).context["form"].door.goods) == 3
        sent = filled(bureau, "2020-04-08T09:00", **late)
        assert client.post(record_url(visit), sent).status_code == 302
    movement = Movement.objects.get(kind=MovementKind.HAND_OVER)
    assert movement.happened_at == at(8, 9)
    visit.refresh_from_db()
    assert "苹果 1 箱" in visit.signed_for


def test_what_has_expired_on_the_day_of_the_visit_is_signed_for_by_nobody(bureau: Bureau) -> None:
    visit = expiring(bureau)
    client = as_(bureau.liaison)
    sent = filled(bureau, "2020-04-10T09:00")
    before = trail_length()
    with on(at(10)):
        page = client.post(record_url(visit), sent)
        form = page.context["form"]
        assert (page.status_code, list(form.errors)) == (422, ["handed"])
        assert list(form.door.goods.values()) == ["方便面 2 箱", "梨 1 箱"]
        assert "苹果" in str(form.errors["handed"])
        assert "苹果" not in form.signing["text"]
        assert trail_length() == before
        # Unticked, and no reason asked for: what is owed says why.
        sent["handed"] = [str(pk) for pk in form.door.goods]
        assert client.post(record_url(visit), sent).status_code == 302
        assert Movement.objects.filter(kind=MovementKind.HAND_OVER).count() == 1
    visit.refresh_from_db()
    assert visit.status == VisitStatus.RECORDED
    assert "方便面 2 箱、梨 1 箱" in visit.signed_for
    assert "苹果" not in visit.signed_for
    assert "2020年4月9日" in Task.objects.get(source=f"visits.hand_over:{visit.pk}").detail


def test_a_form_without_goods_hands_none_over_though_they_were_good_on_the_day(bureau: Bureau) -> None:
    visit = expiring(bureau)
    Visit.objects.filter(pk=visit.pk).update(planned_on=date(2020, 4, 10))
    client = as_(bureau.liaison)
    sent = filled(bureau, "2020-04-08T09:00", entry_reason="提前走访", signature="", confirmed_by_name="on")
    del sent["handed"]
    before = trail_length()
    with on(at(10)):
        assert "苹果 1 箱" not in client.get(record_url(visit)).context["form"].door.goods.values()
        page = client.post(record_url(visit), sent)
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["short_reason"])
        assert len(page.context["form"].door.goods) == 3, "now they can be ticked"
        assert trail_length() == before
