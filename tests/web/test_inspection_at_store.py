"""The inspector's pages tell of kits that units got at the store: lists, filters, draws, calls, refusals."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from inspection_people import another, give, no_visit_brings_kits, whole
from people import SLUG, Bureau, at, open_plan_1
from songnuan.cli.drawing import signature
from songnuan.goods.gifts import Handing
from songnuan.goods.models import Kit
from songnuan.journeys.check_receipt import check_receipt
from songnuan.journeys.draw_sample import draw_sample
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.take_back_issue import take_back_issue
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import contact_of, pairs
from songnuan.plans.models import Plan
from songnuan.visits.sample_models import SampleReceipt
from songnuan.web.templatetags.trail_words import refused_words
from web.browsing import as_, on, queries_of, trail_length, visits_of

pytestmark = pytest.mark.django_db
PLAN = reverse("inspection_plan", args=(SLUG,))


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 with its kits bought, one of which a visit brought."""
    plan = open_plan_1(bureau)
    whole(bureau, plan)
    visit = visits_of(bureau)[0]
    record_visit(
        visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
    )
    return plan


@pytest.fixture
def kit(plan: Plan) -> Kit:
    return no_visit_brings_kits(plan)


@pytest.fixture
def units(bureau: Bureau, kit: Kit) -> list[int]:
    """Units that got nothing yet."""
    assert kit.pk
    got = visits_of(bureau)[0].unit_id
    return [pair.unit_id for pair in pairs(SLUG, at(9).date()) if pair.unit_id != got]


@pytest.fixture
def issues(bureau: Bureau, kit: Kit, units: list[int]) -> list[int]:
    """One unit signed, another confirmed by name two days late, in two parts."""
    late: dict[str, Any] = {"happened_on": date(2020, 4, 8), "at": at(10), "reason_late": "补录"}
    by_hand: dict[str, Any] = {"handing": Handing("江守渡"), "signature": signature(3)}
    return [
        give(kit, units[0], bureau.office, **by_hand),
        give(kit, units[1], bureau.office, ["苹果"], **late),
        give(kit, units[1], bureau.office, ["方便面", "梨"], **late),
    ]


def page(bureau: Bureau, query: str, day: int = 12) -> Any:
    with on(at(day)):
        answer = as_(bureau.inspector).get(f"{PLAN}?{query}")
    assert answer.status_code == 200
    return answer


def shown(answer: Any) -> list[int | None]:
    """Return the issues of the rows, None for those of visits."""
    return [view.row.issue_id for view in answer.context["receipts"]]


def drawn_at_store(bureau: Bureau) -> SampleReceipt:
    """Draw everything, and return the receipt of the unit that signed at the store."""
    draw_sample(
        slug=SLUG, size=3, confidence=95, by_lead=False, key=uuid4(), actor=bureau.inspector, at=at(10)
    )
    return SampleReceipt.objects.get(movement__issue__signature__isnull=False)


def test_receipts_at_the_store_lead_to_their_page_and_are_counted(
    bureau: Bureau, plan: Plan, issues: list[int]
) -> None:
    before = trail_length()
    answer = page(bureau, "part=receipts")
    text = answer.content.decode()
    assert sorted(filter(None, shown(answer))) == issues
    assert (len(answer.context["receipts"]), answer.context["units"]) == (4, 3)
    for pk in issues:
        assert f'<a href="{reverse("issue", args=(pk,))}">' in text
    assert f'src="{reverse("issue_signature", args=(issues[0],))}"' in text
    assert text.count(f">{pgettext('hand-over', 'at the store')}<") == 3
    assert "江*渡" in text
    assert "江守渡" not in text
    assert trail_length() == before
    offices = {pk for pk, _name, _current in answer.context["leads"]}
    assert offices == {bureau.lead_id, plan.office_id}


def test_the_filters_of_receipts_know_those_at_the_store(
    bureau: Bureau, plan: Plan, issues: list[int]
) -> None:
    for query, expected in (
        ("only=name", issues[1:]),
        ("only=late", issues[1:]),
        ("only=later", []),
        ("only=store", [*issues[1:], issues[0]]),
        (f"lead={plan.office_id}", [*issues[1:], issues[0]]),
        (f"lead={bureau.lead_id}", [None]),
    ):
        assert shown(page(bureau, f"part=receipts&{query}")) == expected, query
    assert page(bureau, "part=receipts&only=late").context["units"] == 1


def test_a_receipt_at_the_store_is_drawn_called_and_printed(
    bureau: Bureau, units: list[int], issues: list[int]
) -> None:
    with on(at(10)):
        frame = as_(bureau.inspector).get(reverse("samples", args=(SLUG,)))
    assert frame.context["population"] == 3
    receipt = drawn_at_store(bureau)
    client = as_(bureau.inspector)
    call = reverse("receipt_check", args=(receipt.pk,))
    with on(at(11)):
        text = client.get(call).content.decode()
        assert f'href="{reverse("issue", args=(issues[0],))}"' in text
        assert reverse("issue_signature", args=(issues[0],)) in text
        fine = {"key": str(uuid4()), "outcome": "ok", "words": "", "happened_on": "2020-04-11"}
        assert client.post(call, fine).status_code == 302
        contact = contact_of(units[0], date(2020, 4, 11))
        told = client.post(reverse("receipt_contact", args=(receipt.pk,))).content.decode()
        assert contact.phone in told
        for name in ("sample", "sample_sheet"):
            listed = client.get(reverse(name, args=(receipt.sample_id,))).content.decode()
            assert str(receipt.movement_id) in listed
            assert pgettext("goods", "taken back") not in listed
    looks = page(bureau, "part=looks").content.decode()
    assert reverse("issue", args=(issues[0],)) in looks


def test_what_was_taken_back_after_the_draw_says_so(
    bureau: Bureau, kit: Kit, units: list[int], issues: list[int]
) -> None:
    receipt = drawn_at_store(bureau)
    second = another(bureau, "second", Role.EPIDEMIC_OFFICE)
    take_back_issue(issue_id=issues[0], reason="发错单位", key=uuid4(), actor=second, at=at(11))
    give(kit, units[0], bureau.office, ["苹果"], happened_on=date(2020, 4, 11), at=at(11, 12))
    client = as_(bureau.inspector)
    with on(at(12)):
        for name, pk in (
            ("sample", receipt.sample_id),
            ("sample_sheet", receipt.sample_id),
            ("receipt_check", receipt.pk),
        ):
            text = client.get(reverse(name, args=(pk,))).content.decode()
            assert pgettext("goods", "taken back") in text, name
        assert pgettext("goods", "Got otherwise") in text
    assert issues[0] not in shown(page(bureau, "part=receipts"))


def test_signs_about_receipts_at_the_store_lead_to_them(bureau: Bureau, issues: list[int]) -> None:
    answer = page(bureau, "part=signs")
    about = {
        (view.flag.code, named.url) for view in answer.context["signs"] for named in view.about if named.url
    }
    url = reverse("issue", args=(issues[1],))
    assert {("late_by_name", url), ("reported_late", url)} <= about


def test_more_than_a_share_stands_among_what_is_read_first_with_its_kit(
    bureau: Bureau, kit: Kit, units: list[int]
) -> None:
    give(kit, units[0], bureau.office)
    with pytest.raises(Refusal) as refused:
        give(kit, units[0], bureau.office, ["苹果"])
    assert refused.value.code == "beyond_share"
    for query in ("part=refusals", "part=refusals&only=kit_store"):
        (line,) = page(bureau, query).context["refusals"]
        assert line.row.facts["for"] == f"goods.kit:{kit.pk}"
        named = {fact.url: fact.text for fact in line.facts if fact.url}
        assert named[reverse("kit_units", args=(kit.pk,))] == kit.name
    tried = {name: label for name, label, _current in page(bureau, "part=refusals").context["tried"]}
    assert tried["kit_store"] == refused_words("issue_kit.issue_kit")


def test_more_receipts_at_the_store_take_no_more_queries(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    client, found = as_(bureau.inspector), []
    addresses = [f"{PLAN}?part=receipts", f"{PLAN}?part=purchases", reverse("inspection")]
    for place, unit_id in enumerate(units[:3], start=1):
        give(kit, unit_id, bureau.office)
        told: dict[str, Any] = {"lead_id": plan.office_id, "reason": "补抽", "key": uuid4(), "at": at(10)}
        pk = draw_sample(slug=SLUG, size=place, confidence=95, by_lead=False, actor=bureau.inspector, **told)
        with on(at(12)):
            client.get(addresses[0])
            found.append([queries_of(client, one) for one in (*addresses, reverse("sample", args=(pk,)))])
    assert found[0] == found[1] == found[2]
    assert max(found[0]) <= 60


def test_a_call_about_the_store_is_told_in_the_trail_by_its_unit(bureau: Bureau, issues: list[int]) -> None:
    assert issues
    receipt = drawn_at_store(bureau)
    told: dict[str, Any] = {"outcome": "short", "words": "少一箱梨。", "happened_on": date(2020, 4, 11)}
    check_receipt(receipt_id=receipt.pk, key=uuid4(), actor=bureau.inspector, at=at(11), **told)
    with on(at(12)):
        trail = as_(bureau.inspector).get(f"{reverse('trail')}?stream=plan:{SLUG}").content.decode()
    assert _("Receipt of %(unit)s").partition("%")[0] in trail
    assert f"<dd>visits.receipt:{receipt.pk}" not in trail
