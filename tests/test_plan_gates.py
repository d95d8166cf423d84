"""What holds a plan up on its way to being issued."""

import pytest

from people import PLANS, SLUG, Bureau, at
from songnuan.approvals.models import Act, Request
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.check_plan import ONCE, check_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.measures import kinds
from songnuan.journeys.return_plan import return_plan
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Blocks, Plan, PlanStatus, Question

SOURCE = (PLANS / f"{SLUG}.yaml").read_text()
UNANSWERED = SOURCE.replace("blocks: nothing", "blocks: issue")
SECOND = """
  - key: again
    number: 五、
    title: 再办一次
    text: 再办一次。
    measures:
      - kind: {kind}
        key: again
"""
SETTINGS = {
    "pairing": ["units: 47"],
    "problems": ["due_workdays: 3"],
    "fund": ["number: 澄水运财〔2020〕18号"],
}


def test_what_a_plan_has_one_of_is_every_kind_but_money_and_duties() -> None:
    assert kinds().keys() - ONCE == {
        *("assignments", "event", "families", "flexible_work", "fund", "grants"),
        *("early_warning", "situation_reports", "special_families"),
    }


@pytest.mark.parametrize(("kind", "errors"), [("pairing", 1), ("problems", 1), ("fund", 0)])
def test_a_second_measure_of_a_kind_is_an_error_except_for_funds(kind: str, errors: int) -> None:
    lines = [f"        {line}\n" for line in SETTINGS[kind]]
    source = SOURCE.rstrip("\n") + SECOND.format(kind=kind) + "".join(lines)
    found = [finding for finding in check_plan(source) if finding.code == "kind_twice"]
    assert len(found) == errors
    for finding in found:
        assert (finding.severity, finding.clause) == ("error", "五、再办一次")
        assert str(kinds()[kind].label()) in finding.message
    assert "kind_twice" not in {finding.code for finding in check_plan(SOURCE)}


def answer(bureau: Bureau) -> None:
    """Answer the question that is open."""
    answer_question(
        slug=SLUG, key="money_left", answer="交回。", ground="会议纪要", actor=bureau.officer, at=at(6, 9)
    )


@pytest.mark.django_db
def test_a_question_that_blocks_the_issue_holds_up_the_submission(bureau: Bureau) -> None:
    plan = load_plan(source=UNANSWERED, actor=bureau.officer, at=at(6))
    with pytest.raises(Refusal) as refused:
        submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    assert (refused.value.code, refused.value.facts["keys"]) == ("question_open", "money_left")
    assert Plan.objects.get(pk=plan.pk).status == PlanStatus.DRAFT
    assert not Request.objects.exists()
    answer(bureau)
    submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    assert Plan.objects.get(pk=plan.pk).status == PlanStatus.SUBMITTED


@pytest.mark.django_db
def test_a_question_that_blocks_the_issue_holds_up_the_approval(bureau: Bureau) -> None:
    plan = load_plan(source=SOURCE, actor=bureau.officer, at=at(6))
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    Question.objects.filter(plan=plan, key="money_left").update(blocks=Blocks.ISSUE)
    with pytest.raises(Refusal) as refused:
        approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))
    assert refused.value.code == "question_open"
    assert Plan.objects.get(pk=plan.pk).status == PlanStatus.SUBMITTED
    assert not Act.objects.filter(verb="approve").exists()
    return_plan(slug=SLUG, digest=request.digest, remark="请先明确", actor=bureau.approver, at=at(6, 15))
    answer(bureau)
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 16))
    approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))
    assert Plan.objects.get(pk=plan.pk).status == PlanStatus.APPROVED
