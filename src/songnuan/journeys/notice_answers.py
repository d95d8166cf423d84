"""The questions of a plan that were answered, as annexes of its notice.

What was answered before the plan was handed in was approved with its text. What was answered afterwards was
approved by nobody: it is printed apart, with who answered and when.
"""

from collections.abc import Sequence

from songnuan.documents.official import Annex, Line, chinese_day
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Plan, Question
from songnuan.plans.planfile import paragraphs
from songnuan.plans.queries import questions

TITLE = "有关问题的答复"
LATER_TITLE = "方案批准后的答复"
_LATER = "以下问题在方案批准之后答复，答复未随方案正文一并批准。"


def answer_annexes(plan: Plan) -> list[Annex]:
    """Return the answers approved with the text, and those given afterwards, where there are some."""
    answered = [row for row in questions(plan) if row.answer]
    approved = [row for row in answered if not row.after_approval]
    later = [row for row in answered if row.after_approval]
    annexes = [Annex(TITLE, tuple(_lines(approved)))] if approved else []
    if later:
        annexes.append(Annex(LATER_TITLE, (Line(_LATER), *_lines(later))))
    return annexes


def _lines(rows: Sequence[Question]) -> list[Line]:
    lines: list[Line] = []
    for place, row in enumerate(rows, 1):
        lines.append(Line(f"{place}.{row.text}", 3))
        lines += map(Line, paragraphs(f"{row.answer}（依据：{row.ground}{_when(row)}）"))
    return lines


def _when(row: Question) -> str:
    """Return by whom and when it was answered, where nobody approved it with the text."""
    if not row.after_approval or row.answered_at is None:
        return ""
    who = row.answered_by.name if row.answered_by is not None else ""
    return f"；{who}{chinese_day(day_of(row.answered_at))}答复，在方案批准之后"
