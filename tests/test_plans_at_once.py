"""Several hands at one plan: one is heard, the other is told why not, and nothing that was said is lost."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from hands import together
from people import BUREAU, PLANS, SLUG, Bureau, at, make_bureau, open_plan_1
from people_builders import acting
from songnuan.approvals.checks import verify as check_approvals
from songnuan.approvals.models import Act, Verb
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.acknowledge_document import acknowledge_document
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.approve_amendment import approve_amendment
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.edit_plan import edit_plan
from songnuan.journeys.issue_plan import issue_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_amendment import open_amendment
from songnuan.journeys.put_amendment_in_force import put_amendment_in_force
from songnuan.journeys.submit_amendment import submit_amendment
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.plans import rewriting
from songnuan.plans.checks import verify as check_plans
from songnuan.plans.models import Amendment, Clause, PlanVersion, Question
from songnuan.records.actions import register_document
from songnuan.records.checks import verify as check_records
from songnuan.records.models import Document, IssuedDocument, NumberSequence, Receipt
from test_amend_plan import CONTACT
from test_at_once import another

pytestmark = pytest.mark.django_db(transaction=True)

SOURCE = (PLANS / f"{SLUG}.yaml").read_text()
OTHER = "autumn-visits"
CODE = "澄水运防"


def act(journey: Callable[..., Any], actor: Actor, *moment: int, slug: str = SLUG, **facts: Any) -> Any:
    """Let the actor do something about the plan at a moment of April."""
    return journey(slug=slug, actor=actor, at=at(*moment), **facts)


def save(actor: Actor, base: int, clause: str, title: str) -> None:
    """Give a clause another title, in the text as it stood in version `base`."""
    change = rewriting.clause(clause, {"title": title})
    act(edit_plan, actor, 10, 11, base=base, change=change, key=uuid4())


def agree() -> None:
    """Let every check find that all is well."""
    assert [*verify(), *check_plans(), *check_approvals(), *check_records()] == []


def test_of_two_officers_who_amend_at_once_one_goes_on_and_the_text_of_neither_is_lost() -> None:
    bureau = make_bureau()
    second = another(bureau, "officer2", Role.PROGRAMME_OFFICER)
    open_plan_1(bureau)
    begin = partial(act, open_amendment, base=1, reason="走访顺延。")
    outcomes = together(lambda: begin(bureau.officer, 10), lambda: begin(second, 10))
    assert outcomes == {"done": 1, "amendment_open": 1}
    titles = {"visits": "甲", "schedule": "乙"}
    outcomes = together(
        lambda: save(bureau.officer, 1, "visits", titles["visits"]),
        lambda: save(second, 1, "schedule", titles["schedule"]),
    )
    assert outcomes == {"done": 1, "text_stale": 1}
    stands = dict(Clause.objects.filter(version__number=2).values_list("key", "title"))
    [late] = [key for key, title in titles.items() if stands[key] != title]
    save(second, 2, late, titles[late])
    stands = dict(Clause.objects.filter(version__number=3).values_list("key", "title"))
    assert titles.items() <= stands.items()
    assert (PlanVersion.objects.count(), Amendment.objects.get().version) == (3, 3)
    agree()


def test_of_two_who_sign_or_put_in_force_an_amendment_at_once_one_is_refused() -> None:
    bureau = make_bureau()
    signer = another(bureau, "signer1", Role.APPROVER)
    second = another(bureau, "officer2", Role.PROGRAMME_OFFICER)
    open_plan_1(bureau)
    act(open_amendment, bureau.officer, 10, base=1, reason="再次交办。")
    act(edit_plan, bureau.officer, 10, base=1, change=CONTACT, key=uuid4())
    digest = act(submit_amendment, bureau.officer, 10, 14).digest
    outcomes = together(
        *[
            lambda who=who: act(approve_amendment, who, 10, 15, digest=digest)
            for who in (bureau.approver, signer)
        ]
    )
    assert outcomes["done"] == 1
    assert outcomes.keys() <= {"done", "wrong_state", "nothing_requested"}
    assert Act.objects.filter(request__kind="plan.amend", verb=Verb.APPROVE).count() == 1
    outcomes = together(
        *[lambda who=who: act(put_amendment_in_force, who, 10, 16) for who in (bureau.officer, second)]
    )
    assert outcomes["done"] == 1
    assert outcomes.keys() <= {"done", "wrong_state", "amendment_none"}
    told = OutboxMessage.objects.filter(topic="plan.amended").values_list("recipient", flat=True)
    assert len(told) == len(set(told)) > 0
    assert Entry.objects.filter(action="plans.put_in_force").count() == 1
    agree()


def test_of_two_answers_to_one_question_at_once_one_stands_and_the_other_is_told_which() -> None:
    bureau = make_bureau()
    second = another(bureau, "officer2", Role.PROGRAMME_OFFICER)
    load_plan(source=SOURCE, actor=bureau.officer, at=at(6))
    said = {"交回财务处。": bureau.officer, "用于补充慰问。": second}
    outcomes = together(
        *[
            lambda text=text, who=who: act(
                answer_question, who, 6, 11, key="money_left", answer=text, ground=f"{text}会议纪要"
            )
            for text, who in said.items()
        ]
    )
    assert outcomes == {"done": 1, "question_answered": 1}
    row = Question.objects.get(key="money_left")
    assert (row.ground, row.answered_by_id) == (f"{row.answer}会议纪要", said[row.answer].user_id)
    assert Entry.objects.filter(action="plans.answer_question").count() == 1
    agree()


def test_an_answer_given_while_the_text_is_saved_is_not_lost() -> None:
    bureau = make_bureau()
    second = another(bureau, "officer2", Role.PROGRAMME_OFFICER)
    load_plan(source=SOURCE, actor=bureau.officer, at=at(6))
    told = {"key": "money_left", "answer": "交回财务处。", "ground": "会议纪要"}
    outcomes = together(
        lambda: act(answer_question, bureau.officer, 10, 11, **told), lambda: save(second, 1, "visits", "甲")
    )
    assert outcomes == {"done": 2}
    row = Question.objects.get(key="money_left")
    assert (row.answer, row.answered_by_id) == ("交回财务处。", bureau.officer.user_id)
    assert Clause.objects.get(version__number=2, key="visits").title == "甲"
    agree()


def two_approved(bureau: Bureau) -> None:
    """Bring two plans to the point where they can be issued."""
    for slug in (SLUG, OTHER):
        load_plan(source=SOURCE.replace(f"slug: {SLUG}", f"slug: {slug}"), actor=bureau.officer, at=at(6))
        digest = act(submit_plan, bureau.officer, 6, 11, slug=slug).digest
        act(approve_plan, bureau.approver, 6, 15, slug=slug, digest=digest)


def test_two_plans_issued_at_once_get_two_numbers_without_a_gap() -> None:
    bureau = make_bureau()
    second = another(bureau, "officer2", Role.PROGRAMME_OFFICER)
    two_approved(bureau)
    pairs = ((SLUG, bureau.officer), (OTHER, second))
    outcomes = together(
        *[
            lambda slug=slug, who=who: act(issue_plan, who, 7, slug=slug, code=CODE, last_given=3)
            for slug, who in pairs
        ]
    )
    assert outcomes == {"done": 2}
    assert sorted(IssuedDocument.objects.values_list("serial", flat=True)) == [4, 5]
    assert NumberSequence.objects.get(name__startswith="document:").last == 5
    agree()


def entered(bureau: Bureau, number: str) -> None:
    """Enter a document that bears the number, as one that was given out on paper."""
    with acting():
        register_document(
            kind="fund",
            title="手工编号的通知",
            number=number,
            issuer=BUREAU,
            dated_on=at(7).date(),
            actor=bureau.officer,
            at=at(7),
        )


def test_one_number_taken_twice_at_once_is_given_to_one_document() -> None:
    bureau = make_bureau()
    two_approved(bureau)
    issue = partial(act, issue_plan, bureau.officer, 7, code=CODE, last_given=3)
    number = f"{CODE}〔2020〕4号"
    outcomes = together(issue, lambda: entered(bureau, number))
    assert outcomes["done"] >= 1
    assert outcomes.keys() <= {"done", "document_conflict"}
    assert Document.objects.filter(number=number, issuer=BUREAU).count() == 1
    # Whoever was refused goes on, and the next number follows without a gap.
    if not IssuedDocument.objects.exists():
        issue()
    issue(slug=OTHER)
    by_hand = Document.objects.get(number=number).kind == "fund"
    serials = sorted(IssuedDocument.objects.values_list("serial", flat=True))
    assert serials == ([5, 6] if by_hand else [4, 5])
    agree()


def test_of_two_who_acknowledge_for_one_unit_at_once_the_first_stays_and_is_noted_once() -> None:
    bureau = make_bureau()
    load_plan(source=SOURCE, actor=bureau.officer, at=at(6))
    digest = act(submit_plan, bureau.officer, 6, 11).digest
    act(approve_plan, bureau.approver, 6, 15, digest=digest)
    notice = act(issue_plan, bureau.officer, 7, code=CODE, last_given=3)
    both = [bureau.liaison, another(bureau, "liaison2", Role.LEAD_LIAISON)]
    outcomes = together(
        *[
            lambda who=who: act(
                acknowledge_document, who, 8, document_id=notice.pk, unit_ids=[bureau.lead_id]
            )
            for who in both
        ]
    )
    assert outcomes == {"done": 2}
    [entry] = Entry.objects.filter(action="records.acknowledge")
    receipt = Receipt.objects.get(document=notice, unit_id=bureau.lead_id)
    assert entry.actor_key in {who.key for who in both if who.user_id == receipt.acknowledged_by_id}
    agree()
