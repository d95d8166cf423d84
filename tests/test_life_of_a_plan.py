"""The life of a plan as one story: written, checked, approved, issued, run, amended; and an instruction."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from people import BUREAU, LEAD, OFFICE, PLANS, Bureau, at
from songnuan.approvals.models import Act, StepKind, Verb
from songnuan.approvals.rules import Step
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.accept_item import accept_item
from songnuan.journeys.acknowledge_document import acknowledge_document
from songnuan.journeys.answer_delegation import answer_delegation
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.approve_amendment import approve_amendment
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.ask_item_closing import ask_item_closing
from songnuan.journeys.check_everything import check_everything
from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.close_item import close_item
from songnuan.journeys.close_measure import close_measure
from songnuan.journeys.create_plan import create_plan
from songnuan.journeys.edit_plan import edit_plan
from songnuan.journeys.import_units import import_units
from songnuan.journeys.instruction_sheet import instruction_sheet
from songnuan.journeys.issue_plan import issue_plan
from songnuan.journeys.offer_delegation import offer_delegation
from songnuan.journeys.open_amendment import open_amendment
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.put_amendment_in_force import put_amendment_in_force
from songnuan.journeys.record_instruction import record_instruction
from songnuan.journeys.report_item import report_item
from songnuan.journeys.return_plan import return_plan
from songnuan.journeys.set_chain import set_chain
from songnuan.journeys.submit_amendment import submit_amendment
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Role
from songnuan.plans import rewriting
from songnuan.plans.lint import Severity
from songnuan.plans.models import Measure, PlanVersion
from songnuan.plans.queries import clauses
from songnuan.plans.rewriting import Change
from songnuan.tasks.instruction_queries import one_seen
from songnuan.tasks.instruction_rules import Head, NewItem
from songnuan.tasks.models import Task
from test_at_once import another

SLUG = "flood-visits"
TEMPLATE = PLANS / "front-line-visits.yaml"
UNITS = PLANS / "samples/front-line-units.xlsx"
ORDER = "关于开展走访慰问的批示"
HEAD = {"slug": SLUG, "title": "防汛一线走访慰问方案", "unit": BUREAU, "office": OFFICE}
DAYS = {"starts_on": "2020-04-08", "due_on": "2020-04-21"}
BASIS = {"title": ORDER, "issuer": "局主要负责同志", "dated_on": "2020-04-02"}
FUND = {"number": "澄水运财〔2020〕18号", "title": "关于安排专项资金的通知", "issuer": BUREAU}
MONEY = {"dated_on": "2020-04-03", "amount": "14,100.00"}
ROTA = {"number": "（三）", "title": "值守轮换", "text": "连续值守的人员轮换休息。"}
DRILL = {"number": "（三）", "title": "值守演练", "text": "组织一次值守演练。"}
WHO = {"kind": "plan.issue", "steps": [Step(StepKind.REVIEW), Step(StepKind.SIGN)]}
SAID = {"key": "goods_or_cash", "answer": "是等值实物。", "ground": "会议纪要〔2020〕7号"}


def act(journey: Callable[..., Any], actor: Actor, *moment: int, **facts: Any) -> Any:
    """Let the actor do something about the plan at a moment of April."""
    return journey(slug=SLUG, actor=actor, at=at(*moment), **facts)


def refused(journey: Callable[..., Any], actor: Actor, *moment: int, **facts: Any) -> str:
    """Let the actor try something, and return why it is refused."""
    with pytest.raises(Refusal) as refusal:
        act(journey, actor, *moment, **facts)
    return refusal.value.code


def write(actor: Actor, day: int, *changes: Change) -> None:
    """Change the text that is being written, as its next version."""
    base = PlanVersion.objects.latest("number").number
    act(edit_plan, actor, day, base=base, change=rewriting.together(*changes), key=uuid4())


def duty(clause: str, text: str, owner: str, due_on: str) -> Change:
    """Bind a duty to the clause, under its key."""
    item = {"key": "once", "text": text, "owner": owner, "due_on": due_on}
    return rewriting.measure(clause, clause, "assignments", {"items": [item]})


def errors() -> set[str]:
    """Return the codes of what the check finds wrong in the text that stands."""
    found = check_plan(PlanVersion.objects.latest("number").source, at(6))
    return {row.code for row in found if row.severity == Severity.ERROR}


def hand_over(bureau: Bureau, delegate: Actor) -> None:
    """Let the approver hand the signature to somebody for a day, who takes it."""
    days = {"starts_on": date(2020, 4, 6), "last_day": date(2020, 4, 6), "reason": "外出"}
    office = {"permission": "plan.approve", "unit_id": bureau.bureau_id, "delegate_id": delegate.user_id}
    offered = offer_delegation(**days, **office, key=uuid4(), actor=bureau.approver, at=at(6, 14))  # type: ignore[arg-type]
    answer_delegation(delegation_id=offered, accept=True, actor=delegate, at=at(6, 14))


def followed_up(bureau: Bureau) -> Sequence[str]:
    """Let an instruction be entered, accepted, reported and closed by somebody else; return its line."""
    liaison = bureau.liaison
    instruction = record_instruction(
        head=Head("leader", ORDER, "局主要负责同志", "", date(2020, 4, 2), "请尽快走访慰问。"),
        unit_id=bureau.bureau_id,
        items=[NewItem("添置取暖设备", bureau.lead_id, date(2020, 4, 15))],
        received_at=at(9, 8),
        plan_slug=SLUG,
        basis=ORDER,
        key=uuid4(),
        actor=bureau.office,
        at=at(9, 16),
    )
    item = Task.objects.get(instruction=instruction).pk
    accept_item(task_id=item, actor=liaison, at=at(10, 9))
    report_item(task_id=item, text="已下单。", key=uuid4(), actor=liaison, at=at(10, 10))
    ask_item_closing(task_id=item, text="已购置两台。", actor=liaison, at=at(13, 9))
    with pytest.raises(NotPermitted):
        close_item(task_id=item, actor=liaison, at=at(13, 10))
    close_item(task_id=item, remark="已核实。", actor=bureau.office, at=at(13, 11))
    row = one_seen(instruction, bureau.officer, at(14))
    assert row is not None
    [line] = instruction_sheet(row, date(2020, 4, 14)).rows
    return line


@pytest.mark.django_db
def test_the_life_of_a_plan(bureau: Bureau) -> None:
    officer, office, approver, liaison = bureau.officer, bureau.office, bureau.approver, bureau.liaison

    # The officer takes another plan's text for a template, and writes a clause with a measure beside it.
    change = rewriting.from_template({**HEAD, **DAYS})
    create_plan(source=TEMPLATE.read_text(), change=change, key=uuid4(), actor=officer, at=at(6, 8))
    act(import_units, officer, 6, content=UNITS.read_bytes(), create_leads=False, dry_run=False)
    write(officer, 6, rewriting.new_clause("rota", ROTA, "problems"))
    write(officer, 6, duty("rota", "排定轮休表", LEAD, "2020-04-22"))

    # The check names what is wrong: money from nowhere, and a duty after the plan's end. It is mended.
    assert errors() == {"fund_unknown", "benefit_without_fund", "measure_after_plan"}
    write(officer, 6, rewriting.rows("funds", [{**FUND, **MONEY}]), rewriting.rows("basis", [BASIS]))
    write(officer, 6, duty("rota", "排定轮休表", LEAD, "2020-04-17"))
    assert not errors()

    # What the text leaves open is answered with its ground, and once.
    act(answer_question, officer, 6, **SAID)
    assert refused(answer_question, officer, 6, **{**SAID, "answer": "是现金。"}) == "question_answered"

    # It goes through review and signature; the approver returns it, it is mended and handed in again.
    set_chain(**WHO, unit_id=bureau.bureau_id, actor=SYSTEM, at=at(6))  # type: ignore[arg-type]
    first = act(submit_plan, officer, 6, 10).digest
    act(approve_plan, office, 6, 11, digest=first, step=1)
    assert refused(return_plan, approver, 6, 12, digest=first, step=2, remark="") == "remark_missing"
    act(return_plan, approver, 6, 12, digest=first, step=2, remark="请写明何时轮换")
    write(officer, 6, rewriting.clause("rota", {"text": "连续值守满七天的人员轮换休息。"}))
    second = act(submit_plan, officer, 6, 13).digest
    act(approve_plan, office, 6, 14, digest=second, step=1)

    # The approver travels; a deputy signs in the approver's stead, the mended text and no other.
    deputy = another(bureau, "deputy1", Role.LEAD_LIAISON)
    hand_over(bureau, deputy)
    assert refused(approve_plan, deputy, 6, 15, digest=first, step=2) == "subject_changed"
    act(approve_plan, deputy, 6, 15, digest=second, step=2)
    [signed] = Act.objects.filter(verb=Verb.APPROVE, step=2).values_list("person", "holder")
    told = OutboxMessage.objects.get(topic="approval.in_your_office").recipient_id
    assert (signed, told) == ((deputy.user_id, approver.user_id), approver.user_id)

    # It is issued under the number that comes next; a unit acknowledges the notice; the plan opens.
    notice = act(issue_plan, officer, 6, 16, code="澄水运防", last_given=3)
    assert (notice.number, notice.receipts.count()) == ("澄水运防〔2020〕4号", 18 + 47)
    act(acknowledge_document, liaison, 7, 9, document_id=notice.pk, unit_ids=[bureau.lead_id])
    assert notice.receipts.exclude(acknowledged_at=None).get().unit_id == bureau.lead_id
    act(open_plan, officer, 7, 10)
    assert Task.objects.get(owner_id=bureau.lead_id).title == "排定轮休表"

    # An amendment takes the clause out, once its measure is closed, and puts another in its place.
    act(open_amendment, officer, 9, 9, base=6, reason="轮休另行安排。")
    write(officer, 9, rewriting.remove_clause("rota"), rewriting.new_clause("drill", DRILL, "problems"))
    write(officer, 9, duty("drill", "组织值守演练", "审计处", "2020-04-20"))
    third = act(submit_amendment, officer, 9, 12).digest
    for step, (actor, hour) in enumerate(((office, 13), (approver, 14)), 1):
        act(approve_amendment, actor, 9, hour, digest=third, step=step)
    assert refused(put_amendment_in_force, officer, 9, 15) == "measures_open"
    rota = Measure.objects.get(key="rota")
    act(close_measure, officer, 9, 15, measure_id=rota.pk, reason="轮休另行安排")
    plan = act(put_amendment_in_force, officer, 9, 16)
    assert (plan.version, {"rota", "drill"} & {row.key for row in clauses(plan)}) == (8, {"drill"})
    stand = dict(Measure.objects.values_list("key", "status"))
    assert [stand[key] for key in ("rota", "drill", "unit_visits")] == ["closed", "open", "open"]
    concerned = OutboxMessage.objects.filter(topic="plan.amended").values_list("recipient", flat=True)
    assert {liaison.user_id, bureau.stranger.user_id, approver.user_id} <= set(concerned)

    # The instruction that it rests on is followed up item by item, and its sheet says how far it is.
    line = followed_up(bureau)
    assert (line[1], line[2], "已购置两台。" in line[5], line[6]) == ("添置取暖设备", LEAD, True, "4月13日")

    # Everything agrees: every chain of the trail, and every app.
    assert {app: found for app, found in check_everything() if found} == {}
