"""Plan 2 of the demo: written for the whole tree, approved, opened; its duties reported, most of them."""

from datetime import date, timedelta

from django.conf import settings

from songnuan.cli.demo_emergency import OFFICE, SECTIONS, TODAY, Scale, actor, at, clerk_of, unit
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.submit_plan import submit_plan
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.models import Task
from songnuan.tasks.rules import DUTY

SLUG = "emergency-response"
BEGUN = date(2020, 2, 3)
_REPORTING = """\
        during: response
        kinds:
          - kind: department
          - kind: front_line
"""
_WRITTEN = (
    ("各科室每日16时前向", "响应期间，各科室、各社区服务站每日16时前向"),
    ("每周通报各科室报告的", "每周通报各科室、各社区服务站报告的"),
    ("        depth: 1\n", _REPORTING),
)  # fmt: skip
"""What the demo's centre writes of its own: its stations report too, and while a response is in force."""
_DONE = {
    "综合办公室": "已按要求办结，相关名单、表单经中心主任审阅后存档。",
    OFFICE: "已逐项核对台账，时限和答复情况已列明，未发现遗漏。",
    "流动人口服务科": "登记册已更新，未联系到的已逐人说明原因。",
    "家庭发展科": "联系人均已落实，本周联系和需求办理情况已汇总。",
    "宣传教育科": "已按核对后的文稿制作、发布，结果已统计公布。",
    "社区工作科": "各街道排查进度已汇总，未覆盖人员已列明原因。",
}


def start_plan(_scale: Scale) -> None:
    """Let the officer load the plan, the head of the centre sign it, and the officer open it."""
    officer, leader = actor("duty-officer"), actor("duty-leader")
    eve = BEGUN - timedelta(days=1)
    plan = Plan.objects.filter(slug=SLUG).first()
    if plan is None:
        plan = load_plan(source=_source(), actor=officer, at=at(eve, 14))
    if plan.status == "draft":
        submit_plan(slug=SLUG, actor=officer, at=at(eve, 15))
        plan.refresh_from_db()
    if plan.status == "submitted":
        version = plan.versions.get(number=plan.version)
        approve_plan(slug=SLUG, digest=version.digest, actor=leader, at=at(eve, 17))
        plan.refresh_from_db()
    if plan.status == "approved":
        open_plan(slug=SLUG, actor=officer, at=at(BEGUN, 8, 30))


def _source() -> str:
    source = (settings.ROOT / f"plans/{SLUG}.yaml").read_text(encoding="utf-8")
    for shipped, own in _WRITTEN:
        if shipped not in source:
            raise ValueError(shipped)
        source = source.replace(shipped, own)
    return source


def report_duties(_scale: Scale) -> None:
    """Let sections and office report what was due by the day before yesterday; what came since is late."""
    rows = Task.objects.filter(
        plan_slug=SLUG, source__startswith=DUTY, status="open", due_on__lt=TODAY - timedelta(days=2)
    )
    who = {unit(name).pk: (clerk_of(name), name) for name in SECTIONS}
    who[unit(OFFICE).pk] = ("duty-office", OFFICE)
    for place, task in enumerate(rows.order_by("due_on", "pk")):
        username, section = who[task.owner_id]
        moment = at(max(task.due_on, BEGUN), 15, place % 60)
        close_problem(task_id=task.pk, feedback=_DONE[section], actor=actor(username), at=moment)


def measure(kind: str) -> Measure:
    """Return the plan's measure of a kind of which it has one."""
    return Measure.objects.select_related("plan").get(plan__slug=SLUG, kind=kind)
