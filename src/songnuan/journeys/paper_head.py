"""What every paper of a plan says first: whose it is, which plan, under which number, made when."""

from dataclasses import dataclass
from datetime import date

from songnuan.documents.official import chinese_day
from songnuan.journeys.issue_plan import newest_notice
from songnuan.organisation.models import InstallationKind
from songnuan.organisation.queries import installation, names_then
from songnuan.plans.models import Plan

FOOT = ("制表人", "复核人", "负责人", "日期")


@dataclass(frozen=True, slots=True)
class PaperHead:
    """The unit that makes the paper, its plan with the number of its notice, the day, and the small print."""

    organ: str
    plan: str
    day: date
    note: str

    def lines(self, *more: str) -> tuple[str, ...]:
        """Return the lines under a title."""
        return (f"单位：{self.organ}　　制表日期：{chinese_day(self.day)}", f"方案：{self.plan}", *more)

    def noted(self, *notes: str) -> str:
        """Return the small print below a paper."""
        told = "".join(filter(None, (*notes, self.note)))
        return f"注：{told}" if told else ""


def head_of(plan: Plan, day: date) -> PaperHead:
    """Return the head of the plan's papers on a day."""
    notice = newest_notice(plan)
    number = f"（{notice.number}）" if notice else ""
    is_demo = installation().kind == InstallationKind.DEMO
    return PaperHead(
        organ=names_then([plan.unit_id], day).get(plan.unit_id, ""),
        plan=f"《{plan.title}》{number}",
        day=day,
        note="本表出自演示数据，人员和单位均为虚构。" if is_demo else "",
    )


def short_day(day: date | None) -> str:
    """Return a day as it stands among others in a line: 4月8日; nothing where there is none."""
    return f"{day.month}月{day.day}日" if day else ""
