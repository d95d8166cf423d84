"""Supervision on the site: holds on the pages of what they stop, signs, receipts, samples, and for whom."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

import songnuan
from inspection_people import PDF, REASON, hold, refunded, whole
from people import Bureau, at, buy, open_plan_1, plan_1_text
from songnuan.approvals.hold_models import Hold, HoldStatement
from songnuan.cli.drawing import signature
from songnuan.funds.models import Fund
from songnuan.journeys.answer_hold import answer_hold
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.journeys.check_receipt import check_receipt
from songnuan.journeys.create_account import create_account
from songnuan.journeys.draw_sample import draw_sample
from songnuan.journeys.give_post import give_post
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.make_sheets import SheetOrder, make_sheets
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.show_contact import show_contact
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sampling import Left
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, contact_of
from songnuan.plans.models import Measure, Plan
from songnuan.records.models import StoredFile
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit
from songnuan.visits.rules import Member
from songnuan.visits.sample_models import FlagNote, Outcome, ReceiptCheck, Sample, SampleReceipt
from songnuan.web.inspection_words import GRAVE, calls_left
from songnuan.web.refusal_codes import CODES
from songnuan.web.templatetags.songnuan import moment
from songnuan.web.templatetags.trail_words import refused_words
from songnuan.web.views.shared import names_on
from web.browsing import as_, on, queries_of, recorded, trail_length, visits_of
from web.test_home import due

pytestmark = pytest.mark.django_db
SLUG = "front-line-visits"
PARTS = ("signs", "purchases", "receipts", "visits", "looks", "refusals")


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


@pytest.fixture
def purchase(bureau: Bureau, plan: Plan) -> int:
    return whole(bureau, plan)


@pytest.fixture
def handed(bureau: Bureau, purchase: int) -> int:
    """Three kits are handed over."""
    for place, visit in enumerate(visits_of(bureau)[:3]):
        record_visit(
            visit_id=visit.pk,
            report=bureau.report(at(8, 10 + place)),
            key=uuid4(),
            actor=bureau.liaison,
            at=at(8, 11 + place),
        )
    return purchase


def sample(bureau: Bureau) -> Sample:
    pk = draw_sample(
        slug=SLUG, size=2, confidence=95, by_lead=False, key=uuid4(), actor=bureau.inspector, at=at(10)
    )
    return Sample.objects.get(pk=pk)


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def part(name: str) -> str:
    return f"{reverse('inspection_plan', args=(SLUG,))}?part={name}"


# Who may look ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "approver", "finance", "office", "liaison", "stranger"])
def test_to_all_but_inspectors_supervision_is_not_there(bureau: Bureau, handed: int, who: str) -> None:
    assert handed
    row = sample(bureau)
    receipt = SampleReceipt.objects.filter(sample=row)[0]
    client = as_(getattr(bureau, who))
    addresses = [
        reverse("inspection"),
        *map(part, PARTS),
        reverse("samples", args=(SLUG,)),
        reverse("sample", args=(row.pk,)),
        reverse("sample_sheet", args=(row.pk,)),
        reverse("receipt_check", args=(receipt.pk,)),
    ]
    for address in addresses:
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"key": str(uuid4())}).status_code in {404, 405}, address


def test_a_hold_is_there_for_who_looks_into_the_money_and_for_nobody_else(
    bureau: Bureau, purchase: int
) -> None:
    pk = hold(bureau, f"goods.purchase:{purchase}")
    for who in ("officer", "approver", "finance", "office", "inspector"):
        assert REASON in text(as_(getattr(bureau, who)), reverse("hold", args=(pk,)))
    for who in ("liaison", "stranger"):
        client = as_(getattr(bureau, who))
        assert client.get(reverse("hold", args=(pk,))).status_code == 404
        assert client.post(reverse("hold_lift", args=(pk,)), {"findings": "放行放行。"}).status_code == 404
    new = f"{reverse('hold_new')}?subject=goods.purchase:{purchase}"
    assert as_(bureau.finance).get(new).status_code == 403
    assert as_(bureau.stranger).get(new).status_code == 404
    assert as_(bureau.inspector).get(f"{reverse('hold_new')}?subject=goods.purchase:99").status_code == 404


# Holds -------------------------------------------------------------------------------------------


def test_a_hold_is_placed_answered_and_lifted_on_the_site(bureau: Bureau, purchase: int) -> None:
    inspector, finance = as_(bureau.inspector), as_(bureau.finance)
    page = reverse("purchase", args=(purchase,))
    new = f"{reverse('hold_new')}?subject=goods.purchase:{purchase}"
    assert new in text(inspector, page)
    assert new not in text(finance, page)
    with on(at(9)):
        short = inspector.post(new, {"key": str(uuid4()), "reason": "查"})
        assert short.status_code == 422
        file = SimpleUploadedFile("报价.pdf", PDF, "application/pdf")
        sent = {"key": str(uuid4()), "reason": REASON, "picture": file}
        answer = inspector.post(new, sent)
    row = Hold.objects.get()
    here = reverse("hold", args=(row.pk,))
    assert answer.headers["Location"] == here
    assert REASON in text(finance, page)
    assert REASON in text(finance, here)
    got = finance.get(reverse("hold_file", args=(row.pk,)))
    assert b"".join(got.streaming_content) == PDF  # type: ignore[attr-defined]  # a file
    with on(at(10)):
        wrong = SimpleUploadedFile("报价.exe", b"MZ", "application/octet-stream")
        body: dict[str, Any] = {"key": str(uuid4()), "text": "附三家报价。", "picture": wrong}
        assert finance.post(reverse("hold_answer", args=(row.pk,)), body).status_code == 422
        del body["picture"]
        assert finance.post(reverse("hold_answer", args=(row.pk,)), body).status_code == 302
    said = HoldStatement.objects.get()
    assert finance.get(reverse("hold_statement_file", args=(said.pk,))).status_code == 404
    with on(at(11)):
        assert (
            finance.post(reverse("hold_lift", args=(row.pk,)), {"findings": "放行放行。"}).status_code == 403
        )
        lift = reverse("hold_lift", args=(row.pk,))
        assert inspector.post(lift, {"findings": ""}).status_code == 422
        assert inspector.post(lift, {"findings": "资料齐全，价格合理。"}).status_code == 302
        late = finance.post(
            reverse("hold_answer", args=(row.pk,)), {"key": str(uuid4()), "text": "再说一句。"}
        )
        assert late.status_code == 422
    assert "再说一句。" in late.content.decode(), "what was typed too late is there to be copied"
    assert HoldStatement.objects.count() == 1
    assert "资料齐全，价格合理。" in text(finance, here)
    assert REASON not in text(finance, page)


def test_the_plan_and_the_visit_say_what_is_on_hold(bureau: Bureau, purchase: int) -> None:
    assert purchase
    fund = Fund.objects.get().pk
    visit = recorded(bureau, at(8))
    hold(bureau, f"funds.fund:{fund}", day=9)
    sentence = _("The fund is on hold since %(time)s: nothing is bought or handed over.").partition("%")[0]
    assert sentence in text(as_(bureau.officer), reverse("plan", args=(SLUG,)))
    assert REASON not in text(as_(bureau.liaison), reverse("plan", args=(SLUG,)))
    assert REASON in text(as_(bureau.finance), reverse("fund", args=(fund,)))
    measure = Measure.objects.get(kind="kit_purchase").pk
    assert REASON in text(as_(bureau.finance), reverse("purchase_new", args=(measure,)))
    other = next(row for row in visits_of(bureau) if row.pk != visit.pk)
    record_visit(
        visit_id=other.pk, report=bureau.report(at(9, 14)), key=uuid4(), actor=bureau.liaison, at=at(9, 15)
    )
    liaison = as_(bureau.liaison)
    assert _("owed, on hold by the inspector") in text(liaison, reverse("visit", args=(other.pk,)))
    told = {"key": str(uuid4()), "receiver_name": "赵守江", "confirmed_by_name": "on"}
    with on(at(10)):
        answer = liaison.post(reverse("visit_hand_over", args=(other.pk,)), told, follow=True)
    assert REASON in answer.content.decode()


def test_a_hold_is_due_from_who_answers_until_somebody_did_and_then_from_the_inspector(
    bureau: Bureau, purchase: int
) -> None:
    pk = hold(bureau, f"goods.purchase:{purchase}")
    url = reverse("hold", args=(pk,))

    def waits(who: str) -> bool:
        with on(at(9)):
            return url in [item.url for item in due(getattr(bureau, who))]

    people = ("finance", "office", "officer", "inspector", "approver", "liaison")
    assert [waits(who) for who in people] == [True, True, True, False, False, False]
    with on(at(9)):
        as_(bureau.finance).post(
            reverse("hold_answer", args=(pk,)), {"key": str(uuid4()), "text": "附三家报价。"}
        )
    assert [waits(who) for who in people] == [False, False, False, True, False, False]
    said = reverse("hold_answer", args=(pk,))
    with on(at(9, 12)):
        as_(bureau.inspector).post(said, {"key": str(uuid4()), "text": "请补运输单据。"})
        [item] = [item for item in due(bureau.finance) if item.url == url]
    assert item.detail == "请补运输单据。"
    assert [waits(who) for who in people] == [True, True, True, False, False, False]
    assert pgettext("hold", "asked further, not answered yet") in text(as_(bureau.inspector), part("signs"))
    with on(at(9, 13)):
        as_(bureau.office).post(said, {"key": str(uuid4()), "text": "运输单据附后。"})
    assert [waits(who) for who in people] == [False, False, False, True, False, False]


def test_a_hold_that_was_lifted_waits_for_no_answer(bureau: Bureau, plan: Plan) -> None:
    bought = [buy(bureau, plan, {"苹果": (5, 85_00)}, number) for number in ("0001", "0002", "0003")]
    asked, answered, silent = (hold(bureau, f"goods.purchase:{pk}") for pk in bought)
    for pk, actor, words in (
        (answered, bureau.finance, "附三家报价。"),
        (asked, bureau.finance, "附三家报价。"),
        (asked, bureau.inspector, "请补运输单据。"),
    ):
        answer_hold(hold_id=pk, text=words, key=uuid4(), actor=actor, at=at(9))
    inspector, page = as_(bureau.inspector), part("signs")
    waiting = pgettext("hold", "asked further, not answered yet")
    states = [waiting, f"· {_('answered')}", f"· {_('not answered')}"]
    assert [text(inspector, page).count(words) for words in states] == [1, 1, 1]
    for pk in (asked, answered, silent):
        lift_hold(hold_id=pk, findings="资料齐全，价格合理。", actor=bureau.inspector, at=at(10))
    shown = text(inspector, page)
    assert [shown.count(words) for words in states] == [0, 0, 0]
    lifted = _("lifted %(time)s, %(person)s") % {"time": moment(at(10)), "person": bureau.inspector.label}
    assert shown.count(lifted) == 3
    assert shown.count(_("without an answer")) == 1
    assert waiting not in text(inspector, reverse("inspection"))


def test_what_suppliers_gave_back_stands_with_the_purchases(bureau: Bureau, plan: Plan) -> None:
    first = buy(bureau, plan, {"苹果": (40, 85_00)}, "0001")
    buy(bureau, plan, {"梨": (40, 74_00)}, "0002")
    measure = Measure.objects.get(kind="kit_purchase").pk
    evidence = reverse("evidence", args=(SLUG, measure, "purchase"))
    less = _("Less: refunds of suppliers")
    assert less not in text(as_(bureau.inspector), part("purchases"))
    assert [item.note for item in as_(bureau.inspector).get(evidence).context["items"]] == ["", ""]
    refunded(bureau, f"goods.purchase:{first}")
    page = as_(bureau.inspector).get(part("purchases"))
    sums = [page.context[name] for name in ("total_minor", "refunded_minor", "net_minor")]
    assert sums == [6360_00, -85_00, 6275_00]
    shown = page.content.decode()
    assert re.search(rf"{less}.*?−¥85\.00.*?{_('Paid less refunds')}.*?¥6,275\.00", shown, re.DOTALL)
    assert shown.count(_("refunded %(sum)s") % {"sum": "¥85.00"}) == 1
    assert shown.count(_("net %(sum)s") % {"sum": "¥3,315.00"}) == 1
    words = _("The supplier gave back %(back)s yuan: %(net)s yuan paid.")
    told = {
        item.label.partition(" ")[0]: item.note
        for item in as_(bureau.inspector).get(evidence).context["items"]
    }
    assert sorted(told.values()) == ["", words % {"back": "85.00", "net": "3,315.00"}]


def test_a_damaged_picture_is_refused_beside_its_field(bureau: Bureau, purchase: int) -> None:
    pk = hold(bureau, f"goods.purchase:{purchase}")
    broken = SimpleUploadedFile("报价.png", signature(1)[:-30], "image/png")
    with on(at(9)):
        body = {"key": str(uuid4()), "text": "附三家报价。", "picture": broken}
        page = as_(bureau.finance).post(reverse("hold_answer", args=(pk,)), body)
    assert page.status_code == 422
    assert list(page.context["stating"].errors) == ["picture"]
    assert not HoldStatement.objects.exists()
    assert not StoredFile.objects.exclude(media_type="application/json").exists()


def test_the_form_of_a_hold_says_that_the_thing_is_on_hold_already(bureau: Bureau, purchase: int) -> None:
    new = f"{reverse('hold_new')}?subject=goods.purchase:{purchase}"
    inspector = as_(bureau.inspector)
    assert 'name="reason"' in text(inspector, new)
    here = reverse("hold", args=(hold(bureau, f"goods.purchase:{purchase}"),))
    page = text(inspector, new)
    assert here in page
    assert 'name="reason"' not in page
    with on(at(9)):
        late = inspector.post(new, {"key": str(uuid4()), "reason": REASON})
    assert late.status_code == 422
    assert here in late.content.decode()
    assert Hold.objects.count() == 1


# The page of a plan ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PARTS)
def test_each_part_is_read_and_changes_nothing(bureau: Bureau, plan: Plan, handed: int, name: str) -> None:
    with pytest.raises(Refusal):
        buy(bureau, plan, {"方便面": (1, 999_00)}, "0009")
    before = trail_length()
    client = as_(bureau.inspector)
    with on(at(12)):
        page = text(client, part(name))
    assert trail_length() == before
    expected = {
        "signs": _("The very same picture of a signature stands for %(units)s.").partition("%")[0],
        "purchases": reverse("purchase", args=(handed,)),
        "receipts": reverse("visit_signature", args=(visits_of(bureau)[0].pk,)),
        "visits": _("Past the planned day or the deadline, or entered late"),
        "looks": _("Nobody has looked at any of this yet."),
        "refusals": bureau.finance.label,
    }
    assert expected[name] in page
    assert f"?part={name}#parts" in page
    assert client.get(part("nothing")).status_code == 404


def test_the_parts_can_be_filtered(bureau: Bureau, plan: Plan, handed: int) -> None:
    assert handed
    assert plan.pk
    client = as_(bureau.inspector)
    with on(at(12)):
        assert _("No receipt to show.") in text(client, f"{part('receipts')}&only=name")
        assert _("No purchase to show.") in text(client, f"{part('purchases')}&only=cancelled")
        assert reverse("purchase", args=(handed,)) in text(client, f"{part('purchases')}&only=near")
        assert _("Nothing of this was refused.") in text(client, f"{part('refusals')}&only=money")
        lead = text(client, f"{part('receipts')}&lead={bureau.lead_id}")
        assert reverse("visit", args=(visits_of(bureau)[0].pk,)) in lead


def test_refusals_of_rights_money_and_holds_stand_first_and_mistakes_in_forms_aside(
    bureau: Bureau, purchase: int
) -> None:
    placed = hold(bureau, f"goods.purchase:{purchase}")
    acts: list[Callable[[], object]] = [
        lambda: cancel_purchase(
            purchase_id=purchase, reason="录错了", key=uuid4(), actor=bureau.finance, at=at(9)
        ),
        lambda: lift_hold(hold_id=placed, findings="没有问题，放行。", actor=bureau.finance, at=at(9)),
        lambda: hold(bureau, "goods.purchase:99"),
        lambda: answer_hold(hold_id=placed, text="查", key=uuid4(), actor=bureau.finance, at=at(9)),
    ]
    for act in acts:
        with pytest.raises(Refusal):
            act()

    def codes(only: str) -> list[str]:
        with on(at(12)):
            page = as_(bureau.inspector).get(f"{part('refusals')}&only={only}")
        return [line.row.facts["code"] for line in page.context["refusals"]]

    assert codes("") == ["not_permitted", "held"]
    assert codes("all") == ["hold_text_missing", "thing_unknown", "not_permitted", "held"]
    assert codes("cancel") == ["held"]


def test_refusals_are_chosen_by_reason_or_by_act_and_none_says_so(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    client = as_(bureau.inspector)
    with on(at(12)):
        page = client.get(f"{part('refusals')}&only=money")
    assert [(name, current) for name, _label, current in page.context["choices"]] == [("all", False)]
    tried = {name: (label, current) for name, label, current in page.context["tried"]}
    units = ["purchase", "cancel", "money", "visit", "kit", "kit_store", "receipt"]
    assert list(tried) == [*units, "allot", "pickup", "decision", "back"]
    # As the column of what was tried calls them.
    assert tried["kit"] == (refused_words("hand_over_later.hand_over_later"), False)
    assert tried["money"] == (refused_words("appropriate_fund.appropriate_fund"), True)
    text = page.content.decode()
    assert text.count("<optgroup") == 2
    assert _("Nothing of this was refused.") in text


def test_what_an_inspector_reads_first_are_codes_there_are() -> None:
    assert {*GRAVE} - CODES.keys() == set()


def test_more_receipts_take_no_more_queries(bureau: Bureau, plan: Plan, purchase: int) -> None:
    assert plan.pk
    client, found = as_(bureau.inspector), []
    for place, visit in enumerate(visits_of(bureau)[:3]):
        record_visit(
            visit_id=visit.pk,
            report=bureau.report(at(8, 10 + place)),
            key=uuid4(),
            actor=bureau.liaison,
            at=at(8, 11 + place),
        )
        with on(at(12)):
            client.get(part("receipts"))
            found.append([queries_of(client, part(name)) for name in ("receipts", "purchases")])
    assert found[0] == found[1] == found[2]
    assert max(found[0]) <= 60
    assert purchase


def test_a_sign_is_noted_as_looked_at(bureau: Bureau, handed: int) -> None:
    assert handed
    client = as_(bureau.inspector)
    with on(at(12)):
        signs = client.get(part("signs")).context["signs"]
        key = next(view.flag.key for view in signs if view.flag.code == "same_signature")
        url = reverse("inspection_note", args=(SLUG,))
        assert client.post(url, {"key": str(uuid4()), "flag": key, "remark": ""}).status_code == 422
        assert client.post(url, {"key": str(uuid4()), "flag": "x", "remark": "看过了。"}).status_code == 422
        sent = {"key": str(uuid4()), "flag": key, "remark": "样例签名，已核对。"}
        assert client.post(url, sent).status_code == 302
        assert "样例签名，已核对。" in text(client, part("signs"))
    assert FlagNote.objects.get().key == key


# Samples -----------------------------------------------------------------------------------------


def test_a_sample_is_drawn_called_and_printed_on_the_site(bureau: Bureau, handed: int) -> None:
    assert handed
    client = as_(bureau.inspector)
    url = reverse("samples", args=(SLUG,))
    asked = {"lead": "", "compound": "", "confidence": "95", "size": "2"}
    with on(at(10)):
        assert _("Nothing was drawn yet.") in text(client, url)
        looked = client.post(url, {**asked, "key": str(uuid4()), "check": "1"})
        assert looked.context["worked_out"][0] == 2
        assert not Sample.objects.exists()
        assert client.post(url, {**asked, "key": str(uuid4()), "size": "9"}).status_code == 422
        answer = client.post(
            url, {**asked, "key": str(uuid4()), "lead": str(bureau.lead_id), "by_lead": "on"}
        )
    row = Sample.objects.get()
    assert answer.headers["Location"] == reverse("sample", args=(row.pk,))
    receipts = list(SampleReceipt.objects.select_related("visit").order_by("position"))
    with on(at(11)):
        call = reverse("receipt_check", args=(receipts[0].pk,))
        wrong = client.post(call, {"key": str(uuid4()), "outcome": "short", "happened_on": "2020-04-11"})
        assert wrong.status_code == 422
        amiss = {"key": str(uuid4()), "outcome": "short", "words": "少一箱梨。", "happened_on": "2020-04-11"}
        assert client.post(call, amiss).headers["Location"] == call
        assert f"{reverse('hold_new')}?subject=funds.fund:" in text(client, call)
        fine = {"key": str(uuid4()), "outcome": "ok", "words": "", "happened_on": "2020-04-11"}
        after = reverse("receipt_check", args=(receipts[1].pk,))
        assert after in text(client, call)
        done = client.post(after, fine)
        assert done.headers["Location"] == reverse("sample", args=(row.pk,))
        page = text(client, reverse("sample", args=(row.pk,)))
        sheet = text(client, reverse("sample_sheet", args=(row.pk,)))
        trail = text(client, f"{reverse('trail')}?stream=plan:{SLUG}")
        unit = names_on([receipts[0].unit_id], date(2020, 4, 11))[receipts[0].unit_id]
        assert _("Receipt of %(unit)s") % {"unit": unit} in trail
        assert f"<dd>visits.receipt:{receipts[0].pk}" not in trail
        problem = reverse("problem", args=(Task.objects.get(source__startswith="visits.receipt:").pk,))
        assert "少一箱梨。" in text(as_(bureau.office), problem)
    assert ReceiptCheck.objects.count() == 2
    assert _("the same receipts, just now") in page
    assert row.seed in page
    assert "少一箱梨。" in sheet


def shares_by_the_words(counts: dict[int, int], size: int) -> dict[int, int]:
    """Return the shares as the page says them in words."""
    whole = sum(counts.values())
    shares = {office: max(1, size * count // whole) for office, count in counts.items()}
    line = sorted(counts, key=lambda office: (-(size * counts[office] % whole), office))
    while sum(shares.values()) < size:
        shares[next(office for office in line if counts[office] > shares[office])] += 1
        line.append(line.pop(0))
    while sum(shares.values()) > size:
        shares[min(shares, key=lambda office: (-shares[office], office))] -= 1
    return shares


@pytest.mark.parametrize("by_lead", [False, True])
def test_a_draw_is_made_again_by_hand_from_what_its_page_shows(
    bureau: Bureau, handed: int, *, by_lead: bool
) -> None:
    assert handed
    visit = Visit.objects.filter(status="planned").exclude(lead_id=bureau.lead_id).order_by("pk")[0]
    report = bureau.report(at(9), members=[Member("周行", None)])
    visitor = create_account(username="second", name="周行", password=None, actor=SYSTEM, at=at(7))
    give_post(user_id=visitor.pk, unit_id=bureau.bureau_id, role=Role.LEAD_LIAISON, actor=SYSTEM, at=at(7))
    record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=actor_of(visitor), at=at(9, 11))
    pk = draw_sample(
        slug=SLUG, size=3, confidence=95, by_lead=by_lead, key=uuid4(), actor=bureau.inspector, at=at(10)
    )
    client = as_(bureau.inspector)
    page = text(client, reverse("sample", args=(pk,)))
    sheet = text(client, reverse("sample_sheet", args=(pk,)))
    shown = [int(one) for one in re.findall(r'<td class="number drawn"[^>]*>(\d+)</td>', page)]
    assert shown == [int(one) for one in re.findall(r'<td class="drawn"[^>]*>(\d+)</td>', sheet)]
    (seed,) = re.findall(r'<dd class="seed">([0-9a-f]{32})</dd>', page)
    offices = [int(one) for one in re.findall(r'<td class="number office"[^>]*>(\d+)</td>', page)]
    pools = re.findall(r'<td class="breaks pool"[^>]*>([\d ]+)</td>', page)
    office_of = {
        int(one): office for office, pool in zip(offices, pools, strict=True) for one in pool.split()
    }
    assert (len(office_of), len(offices)) == (4, 2)
    ordered = sorted(office_of, key=lambda one: sha256(f"{seed}:{one}".encode()).hexdigest())
    if not by_lead:
        assert shown == ordered[:3]
        return
    left = shares_by_the_words(Counter(office_of.values()), 3)
    taken = []
    for one in ordered:
        if left[office_of[one]]:
            left[office_of[one]] -= 1
            taken.append(one)
    assert shown == taken


def test_after_a_call_the_next_unit_is_shown_and_the_counts_agree(bureau: Bureau, handed: int) -> None:
    assert handed
    row = sample(bureau)
    one, two = (
        reverse("receipt_check", args=(receipt.pk,)) for receipt in SampleReceipt.objects.order_by("position")
    )
    client = as_(bureau.inspector)
    told = {"outcome": "not_reached", "words": "", "happened_on": "2020-04-11"}
    with on(at(11)):
        answer = client.post(one, {**told, "key": str(uuid4())})
        assert answer.headers["Location"] == two
        (item,) = [item for item in due(bureau.inspector) if item.url == reverse("sample", args=(row.pk,))]
        result = client.get(reverse("sample", args=(row.pk,))).context["sample"].result
        assert (result.open, result.not_reached) == (1, 1)
        assert item.title == calls_left(Left(row.pk, 1, 1, 1))
        assert item.title in text(client, reverse("inspection"))
        answer = client.post(two, {**told, "outcome": "ok", "key": str(uuid4())})
        assert answer.headers["Location"] == one
        answer = client.post(one, {**told, "outcome": "ok", "key": str(uuid4())})
        assert answer.headers["Location"] == reverse("sample", args=(row.pk,))
        assert "<details" in text(client, one)


def test_what_was_refused_says_on_what_it_was_tried(bureau: Bureau, handed: int) -> None:
    assert handed
    visit = visits_of(bureau)[0]
    with pytest.raises(Refusal):
        show_contact(visit_id=visit.pk, actor=bureau.finance, at=at(9))
    with on(at(10)):
        shown = as_(bureau.inspector).get(part("refusals"))
    (line,) = [row for row in shown.context["refusals"] if row.row.subject == "show_contact.show_contact"]
    assert line.row.facts["for"] == f"visits.visit:{visit.pk}"
    assert reverse("visit", args=(visit.pk,)) in {fact.url for fact in line.facts}


def test_a_request_out_of_a_fund_on_hold_says_so_before_it_is_filled_in(
    bureau: Bureau, purchase: int
) -> None:
    assert purchase
    measure = Measure.objects.get(kind="kit_purchase").pk
    url = reverse("purchase_request_new", args=(measure,))
    with on(at(9)):
        assert REASON not in text(as_(bureau.finance), url)
        pk = hold(bureau, f"funds.fund:{Fund.objects.get().pk}")
        shown = text(as_(bureau.finance), url)
    assert REASON in shown
    assert reverse("hold", args=(pk,)) in shown


def test_a_changed_answer_stands_beside_the_one_before(bureau: Bureau, handed: int) -> None:
    assert handed
    row = sample(bureau)
    receipt = SampleReceipt.objects.filter(sample=row)[0]
    for day, outcome, words in ((11, "short", "少一箱梨。"), (12, "ok", "")):
        check_receipt(
            receipt_id=receipt.pk, outcome=outcome, words=words, happened_on=date(2020, 4, day), key=uuid4(),
            actor=bureau.inspector, at=at(day),
        )  # fmt: skip
    with on(at(13)):
        client = as_(bureau.inspector)
        page, signs = text(client, reverse("sample", args=(row.pk,))), text(client, part("signs"))
    for told in (_("answer changed"), "少一箱梨。", str(Outcome.SHORT.label), str(Outcome.OK.label)):
        assert told in page
    assert str(Outcome.SHORT.label) in signs
    assert str(Outcome.OK.label) in signs


def test_whom_to_call_back_is_shown_once_and_the_look_stands_in_the_list(bureau: Bureau, handed: int) -> None:
    assert handed
    row = sample(bureau)
    receipt = SampleReceipt.objects.select_related("visit").filter(sample=row)[0]
    page, ask = reverse("receipt_check", args=(receipt.pk,)), reverse("receipt_contact", args=(receipt.pk,))
    contact = contact_of(receipt.unit_id, date(2020, 4, 11))
    client = as_(bureau.inspector)
    with on(at(11)):
        assert client.get(ask).headers["Location"] == page
        assert contact.phone not in text(client, page)
        assert contact.phone in client.post(ask).content.decode()
        assert as_(bureau.finance).post(ask).status_code == 404
        looks = text(client, part("looks"))
    assert _("Nobody has looked at any of this yet.") not in looks
    assert reverse("visit", args=(receipt.visit_id,)) in looks
    assert pgettext("purpose", "not asked for") in looks
    assert bureau.inspector.label in looks


def test_looks_at_contacts_and_papers_in_full_stand_with_those_at_people(bureau: Bureau, handed: int) -> None:
    assert handed
    visit = Visit.objects.filter(status="planned")[0]
    show_contact(visit_id=visit.pk, actor=bureau.office, at=at(9))
    for kind, full in (("visit_sheet", True), ("visit_register", False)):
        order = SheetOrder(kind, SLUG, visit_id=visit.pk if full else None, is_full=full)
        make_sheets(order=order, address=None, actor=bureau.officer, at=at(9))
    with on(at(12)):
        looks = as_(bureau.inspector).get(part("looks")).context["looks"]
    assert [(line.row.action, line.row.actor) for line, _purpose in looks] == [
        ("records.make_paper", bureau.officer.label),
        ("visits.show_contact", bureau.office.label),
    ]
    assert [purpose for _line, purpose in looks] == [None, None]


def test_the_list_of_plans_says_what_is_on_hold_and_how_many_signs_and_samples(
    bureau: Bureau, handed: int
) -> None:
    sample(bureau)
    pk = hold(bureau, f"goods.purchase:{handed}")
    client = as_(bureau.inspector)
    with on(at(12)):
        client.get(reverse("inspection"))
        few = queries_of(client, reverse("inspection"))
        page = text(client, reverse("inspection"))
        assert reverse("hold", args=(pk,)) in page
        (row,) = client.get(reverse("inspection")).context["plans"]
        assert (row.signs, row.open_signs, row.draws, len(row.holds)) == (row.signs, row.signs, 1, 1)
        assert row.signs == len(client.get(part("signs")).context["signs"])
        other = load_plan(
            source=plan_1_text().replace(f"slug: {SLUG}", "slug: another-plan"),
            actor=bureau.officer,
            at=at(9),
        )
        assert other.slug == "another-plan"
        assert len(client.get(reverse("inspection")).context["plans"]) == 2
        assert queries_of(client, reverse("inspection")) <= few


def test_units_to_call_back_are_due_from_the_inspector(bureau: Bureau, handed: int) -> None:
    assert handed
    row = sample(bureau)
    url = reverse("sample", args=(row.pk,))
    with on(at(11)):
        assert url in [item.url for item in due(bureau.inspector)]
        assert url not in [item.url for item in due(bureau.finance)]
    for receipt in SampleReceipt.objects.all():
        check_receipt(
            receipt_id=receipt.pk,
            outcome="ok",
            words="",
            happened_on=date(2020, 4, 11),
            key=uuid4(),
            actor=bureau.inspector,
            at=at(11),
        )
    with on(at(11)):
        assert url not in [item.url for item in due(bureau.inspector)]


def test_every_right_that_is_refused_by_name_stands_among_what_is_read_first() -> None:
    source = Path(songnuan.__file__).parent
    named = re.compile(r'NotPermitted\(\s*"(\w+)"')
    codes = {code for path in source.rglob("*.py") for code in named.findall(path.read_text())}
    # Of the program itself, and of whoever asks for reminders of nobody: no act of a person on another's.
    assert codes - GRAVE == {"person_needed", "reminders_of_nobody"}
