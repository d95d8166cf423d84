"""Plan 3 of the demo: written, approved, opened; its questions decided, its fund filled, its duties done."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from songnuan.benefits.models import StandardVersion
from songnuan.cli.demo_union import OFFICES, STAFF_OFFICE, UNION, actor, clerk_of, unit
from songnuan.funds.models import Fund
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.submit_plan import submit_plan
from songnuan.journeys.write_standard import write_standard
from songnuan.plans.models import Measure, Plan, Question
from songnuan.tasks.models import Task
from songnuan.tasks.rules import DUTY

SLUG, STANDARD = "medical-families", "warmth-money"
FUND = "临工财〔2020〕6号"
DECISION = "4月2日主席办公会纪要〔2020〕7号"
# By the key of the question: the answer in words, or the choice.
_ANSWERS = {
    "amounts": ("亲属支援武汉和湖北的，每户1000元；亲属在本市防疫一线岗位的，每户800元。", ""),
    "couple": ("", "one"),
    "two_children": ("", "split"),
}
_AMOUNTS = {"亲属支援武汉和湖北": "1000", "亲属在本市防疫一线": "800"}
# What the offices report of duties that are due by now, by the key of the duty.
_REPORTS = {
    "roster": "已与公司工会逐户核实，首批250户全部明确专人并电话告知家庭；第二批50户正在落实。",
    "contacts": "本周首批家庭已全部联系，未接通的8户由专人改日再联系；专人负担均在五户以内。",
    "ledger": "本周新增需求9项，办结2项，超期1项，已向责任人催办；已办结的家庭均表示满意。",
    "matching": "已逐户对接，需要送菜送药的家庭31户，全部落实到专人。",
    "deliveries": "本周送达消毒用品和米面油11户，签收单和凭证已核对。",
    "notice": "申请条件和审批程序已发至20个部门，排班要求已向各车间说明。",
    "list": "首批名单已编制，逐人注明依据；比对发现重复领取1人，已剔除。",
    "disclosure": "公示5个工作日，收到异议1件，核实后已答复，名单无误。",
    "before": "首批名单已审核签字；第二批名单暂缓，待补充岗位证明。",
}
_LATE = "necessities", "deliveries"

At = Callable[..., datetime]


def start_plan(at: At) -> None:
    """Let the officer load the plan, the chairman sign it, and the officer open it."""
    officer, approver = actor("care-officer"), actor("care-approver")
    plan = Plan.objects.filter(slug=SLUG).first()
    if plan is None:
        plan = load_plan(source=_source(), actor=officer, at=at(1, 14))
    if plan.status == "draft":
        submit_plan(slug=SLUG, actor=officer, at=at(1, 16))
        plan.refresh_from_db()
    if plan.status == "submitted":
        version = plan.versions.get(number=plan.version)
        approve_plan(slug=SLUG, digest=version.digest, actor=approver, at=at(2, 9))
        plan.refresh_from_db()
    if plan.status == "approved":
        open_plan(slug=SLUG, actor=officer, at=at(2, 10))


def _source() -> str:
    """Return the plan as this union writes it: who decides about flexible work is the company's."""
    source = (settings.ROOT / f"plans/{SLUG}.yaml").read_text(encoding="utf-8")
    asked = "        longest_days: 60\n"
    return source.replace(asked, f"        staff_office: {STAFF_OFFICE}\n{asked}")


def decide(at: At) -> None:
    """Write the standard with its amounts open; the meeting decides them, and the plan's questions."""
    officer = actor("care-officer")
    source = (settings.ROOT / f"standards/{STANDARD}.yaml").read_text(encoding="utf-8")
    _write(source, 0, "", at(1, 15, 30))
    for key, (answer, choice) in _ANSWERS.items():
        question = Question.objects.get(plan__slug=SLUG, key=key)
        if question.answered_at is None:
            answer_question(
                slug=SLUG,
                key=key,
                answer=answer,
                choice=choice,
                ground=DECISION,
                actor=officer,
                at=at(2, 11),
            )
    for title, yuan in _AMOUNTS.items():
        source = source.replace(f"title: {title}, amount: XX", f"title: {title}, amount: {yuan}")
    _write(source, 1, DECISION, at(2, 11, 30))


def _write(source: str, base: int, decision: str, moment: datetime) -> None:
    if StandardVersion.objects.filter(standard__slug=STANDARD, number=base + 1).exists():
        return
    write_standard(
        unit_id=unit(UNION).pk,
        base=base,
        source=source,
        decision=decision,
        decided_on=date(2020, 4, 2) if decision else None,
        key=key_of("standard", str(base)),
        actor=actor("care-union"),
        at=moment,
    )


def fill_fund(at: At) -> None:
    """Book what was appropriated."""
    fund = Fund.objects.get(plan__slug=SLUG, document__number=FUND)
    appropriate_fund(
        fund_id=fund.pk,
        amount_minor=260_000_00,
        voucher="记-2020-0402-03",
        happened_on=date(2020, 4, 2),
        key=key_of("appropriation"),
        actor=actor("care-finance"),
        at=at(2, 13, 30),
    )


def report_duties(at: At) -> None:
    """Let the offices report what was due by now; the newest of the necessities is overdue."""
    rows = Task.objects.filter(plan_slug=SLUG, source__startswith=DUTY, status="open", due_on__lt=_TODAY)
    owners = {unit(name).pk: clerk_of(name) for name in OFFICES}
    for place, task in enumerate(rows.order_by("due_on", "pk")):
        duty = task.source.rpartition("/")[2]
        if duty not in _REPORTS or (duty == "deliveries" and task.due_on >= date(2020, 4, 10)):
            continue
        day = max(task.due_on.day, 3) if task.due_on >= date(2020, 4, 1) else 3
        moment = at(day, 16, place) if duty not in _OF_LISTS else at(15, 16, place)
        clerk = actor(owners[task.owner_id])
        close_problem(task_id=task.pk, feedback=_REPORTS[duty], actor=clerk, at=moment)


_TODAY = date(2020, 4, 16)
_OF_LISTS = {"list", "disclosure", "before"}


def measure(kind: str) -> Measure:
    """Return the plan's measure of a kind of which it has one."""
    return Measure.objects.select_related("plan").get(plan__slug=SLUG, kind=kind)


def key_of(*told: str) -> UUID:
    """Return the key of an act of plan 3."""
    return uuid5(NAMESPACE_URL, "/".join(("demo/union", *told)))
