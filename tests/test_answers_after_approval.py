"""An answer given after the approval was approved by nobody, and is never printed as if it had been."""

from uuid import uuid4

import pytest
from django.urls import reverse

from people import PLANS, SLUG, Bureau, at, open_plan_1
from songnuan.documents.official import Annex
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.approve_amendment import approve_amendment
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.edit_plan import replace_text
from songnuan.journeys.issue_plan import issue_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.notice_answers import LATER_TITLE, TITLE, answer_annexes
from songnuan.journeys.open_amendment import open_amendment
from songnuan.journeys.papers import text_of
from songnuan.journeys.put_amendment_in_force import put_amendment_in_force
from songnuan.journeys.reopen_plan import reopen_plan
from songnuan.journeys.submit_amendment import submit_amendment
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Plan, PlanVersion, Question
from web.browsing import as_, on

pytestmark = pytest.mark.django_db
SAID, GROUND = "结余交回财务处。", "会议纪要〔2020〕8号"


def answer(bureau: Bureau, day: int) -> None:
    answer_question(
        slug=SLUG, key="money_left", answer=SAID, ground=GROUND, actor=bureau.officer, at=at(day, 16)
    )


def question() -> Question:
    return Question.objects.get(key="money_left")


def handed_in(bureau: Bureau) -> str:
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    return submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11)).digest


def annexes() -> dict[str, str]:
    """Return what the annexes of answers say, by their titles."""
    return {annex.title: words(annex) for annex in answer_annexes(Plan.objects.get(slug=SLUG))}


def words(annex: Annex) -> str:
    return "\n".join(line.text for line in annex.lines)


def test_what_is_answered_after_the_approval_is_printed_apart_with_who_and_when(bureau: Bureau) -> None:
    digest = handed_in(bureau)
    approve_plan(slug=SLUG, digest=digest, actor=bureau.approver, at=at(6, 15))
    answer(bureau, 7)
    assert question().after_approval
    notice = text_of(issue_plan(slug=SLUG, code="澄水运防", last_given=3, actor=bureau.officer, at=at(8)))
    found = {annex.title: words(annex) for annex in notice.annexes}
    assert SAID not in found[TITLE]
    assert "是等值实物" in found[TITLE]
    assert f"{SAID}（依据：{GROUND}；测试officer2020年4月7日答复，在方案批准之后）" in found[LATER_TITLE]
    assert "未随方案正文一并批准" in found[LATER_TITLE]
    with on(at(8)):
        for address in (reverse("plan", args=(SLUG,)), reverse("questions")):
            assert "批准后答复" in as_(bureau.officer).get(address).content.decode()


def test_what_waits_for_approval_is_answered_by_nobody(bureau: Bureau) -> None:
    handed_in(bureau)
    with pytest.raises(Refusal) as refused:
        answer(bureau, 6)
    assert refused.value.code == "plan_waiting"
    assert (question().answer, question().after_approval) == ("", False)
    with on(at(6, 17)):
        client = as_(bureau.officer)
        assert not client.get(reverse("plan", args=(SLUG,))).context["may_answer"]
        assert not any(line.may_answer for line in client.get(reverse("questions")).context["open"])


def test_what_is_handed_in_anew_is_approved_with_its_answers(bureau: Bureau) -> None:
    digest = handed_in(bureau)
    approve_plan(slug=SLUG, digest=digest, actor=bureau.approver, at=at(6, 15))
    answer(bureau, 7)
    reopen_plan(slug=SLUG, actor=bureau.officer, at=at(8))
    assert LATER_TITLE in annexes()
    digest = submit_plan(slug=SLUG, actor=bureau.officer, at=at(8, 11)).digest
    approve_plan(slug=SLUG, digest=digest, actor=bureau.approver, at=at(8, 15))
    assert not question().after_approval
    assert LATER_TITLE not in annexes()
    assert SAID in annexes()[TITLE]


def amend(bureau: Bureau, *, is_in_the_text: bool) -> None:
    """Amend plan 1 up to the approval, with or without the answer in the text."""
    open_amendment(slug=SLUG, base=1, reason="写明结余去向", actor=bureau.officer, at=at(9))
    source = PlanVersion.objects.get().source.replace("title: 走访安排", "title: 走访的安排")
    if is_in_the_text:
        source = source.replace(
            "    blocks: nothing", f"    blocks: nothing\n    answer: {SAID}\n    ground: {GROUND}"
        )
    replace_text(slug=SLUG, base=1, source=source, key=uuid4(), actor=bureau.officer, at=at(9, 11))
    digest = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(9, 14)).digest
    approve_amendment(slug=SLUG, digest=digest, actor=bureau.approver, at=at(9, 15))


@pytest.mark.parametrize("is_in_the_text", [True, False])
def test_an_amendment_approves_the_answers_that_stand_in_its_text(
    bureau: Bureau, *, is_in_the_text: bool
) -> None:
    open_plan_1(bureau)
    answer(bureau, 8)
    assert LATER_TITLE in annexes()
    amend(bureau, is_in_the_text=is_in_the_text)
    assert question().after_approval
    put_amendment_in_force(slug=SLUG, actor=bureau.officer, at=at(9, 16))
    assert question().after_approval is not is_in_the_text
    assert (LATER_TITLE in annexes()) is not is_in_the_text
    assert question().answered_at == at(8, 16)
