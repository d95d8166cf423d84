"""Plan 4 of the demo: written, approved, opened; its questions decided, its fund filled, its duties done."""

from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings

from songnuan.cli.demo_school import OFFICES, Site, actor, clerk_of, key_of, unit
from songnuan.funds.models import Fund
from songnuan.goods.models import Distribution
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_pickups import open_pickups
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.money import parse_yuan
from songnuan.plans.models import Measure, Plan, Question
from songnuan.tasks.models import Task
from songnuan.tasks.rules import DUTY

_DECISION = "4月8日校务会议纪要〔2020〕6号"
# By the key of the question: the answer in words or the choice, on the day, at the hour.
_WHO, _BATCHES = "who", "batches"
# What the offices report of duties that are due by now, by measure and key of the duty.
_REPORTS = {
    "everyone/roster": "在岗教师名册已提供，新到岗和调离人员另行注明。",
    "everyone/check": "名册已逐人核对，一人重复登记，已请人事办公室核实。",
    "lesson/material": "材料一份、测试题三道，已经校医核对。",
    "stock/acceptance": "首批物品已验收入库，批号、数量、有效期与到货单一致，已按人分装。",
    "stock/check": "库存与台账相符，各批号均在有效期内，先发有效期近的。",
}

At = Callable[..., datetime]


def start_plan(site: Site, at: At) -> None:
    """Let the officer load the plan, the head sign it, and the officer open it once it says whom it means."""
    officer, slug = actor("school-officer"), site.slug
    plan = Plan.objects.filter(slug=slug).first()
    if plan is None:
        plan = load_plan(source=_source(site), actor=officer, at=at(7, 16))
    if plan.status == "draft":
        submit_plan(slug=slug, actor=officer, at=at(7, 16, 30))
        plan.refresh_from_db()
    if plan.status == "submitted":
        version = plan.versions.get(number=plan.version)
        approve_plan(slug=slug, digest=version.digest, actor=actor("school-head"), at=at(7, 17, 20))
        plan.refresh_from_db()
    _answer(site, _WHO, "", "名册所列全体在岗教职工，行政、后勤人员包括在内。", at(8, 10))
    if plan.status == "approved":
        open_plan(slug=slug, actor=officer, at=at(8, 10, 30))


def _source(site: Site) -> str:
    """Return the plan as whoever runs it writes it."""
    source = (settings.ROOT / "plans/samples/teachers-return-school.yaml").read_text(encoding="utf-8")
    for written, instead in site.words:
        source = source.replace(written, instead)
    return source


def fill_fund(site: Site, at: At) -> None:
    """Decide what the batches are to each other, without which nothing is paid, and fill the fund."""
    _answer(site, _BATCHES, "divide", "", at(8, 11))
    fund = Fund.objects.get(plan__slug=site.slug)
    appropriate_fund(
        fund_id=fund.pk,
        amount_minor=parse_yuan("80") * site.people,
        voucher="记-2020-0408-02",
        happened_on=date(2020, 4, 8),
        key=key_of("appropriation"),
        actor=actor("school-finance"),
        at=at(8, 14),
    )


def _answer(site: Site, key: str, choice: str, answer: str, moment: datetime) -> None:
    if Question.objects.get(plan__slug=site.slug, key=key).answered_at is not None:
        return
    answer_question(
        slug=site.slug,
        key=key,
        answer=answer,
        choice=choice,
        ground=_DECISION,
        actor=actor("school-officer"),
        at=moment,
    )


def hand_out(site: Site, at: At) -> None:
    """Open the handing out: everybody on the roster gets a portion."""
    open_pickups(measure_id=measure(site, "pickups").pk, actor=actor("school-union"), at=at(10, 9))


def report_duties(site: Site, at: At) -> None:
    """Let the offices report what was due by now."""
    rows = Task.objects.filter(plan_slug=site.slug, source__startswith=DUTY, status="open")
    keys = dict(Measure.objects.filter(plan__slug=site.slug).values_list("pk", "key"))
    owners = {unit(site, name).pk: clerk_of(name) for name in OFFICES}
    for place, task in enumerate(rows.order_by("due_on", "pk")):
        number, _slash, duty = task.source.removeprefix(DUTY).partition("/")
        said = _REPORTS.get(f"{keys[int(number)]}/{duty}", "")
        if said:
            moment = at(max(task.due_on.day, 8), 16, place)
            close_problem(task_id=task.pk, feedback=said, actor=actor(owners[task.owner_id]), at=moment)


def measure(site: Site, kind: str) -> Measure:
    """Return the plan's measure of a kind of which it has one."""
    return Measure.objects.select_related("plan").get(plan__slug=site.slug, kind=kind)


def distribution(site: Site) -> Distribution:
    """Return the handing out of the kits."""
    return Distribution.objects.select_related("measure").get(measure=measure(site, "pickups"))
