"""Rules over what the text leaves unsaid, and over what is asked for twice."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from songnuan.plans.lint.finding import LintFinding, Severity
from songnuan.plans.numbering import HAN_NUMERAL
from songnuan.plans.planfile import ClauseEntry, PlanFile

# XX元, ××名, X月, ＿＿, 待定; not the sign of multiplication between two figures.
_PLACEHOLDER = re.compile(
    r"(?<![A-Za-z])[XxＸｘ×✕]{2,20}(?![A-Za-zＸｘ×✕])"
    r"|(?<![0-9A-Za-z])[XxＸｘ×✕](?=\s{0,4}(?:月|日|年|号|元|万元|人|名|个|天))"
    r"|[_＿]{2}|[*＊]{2}|[□○◯]{2}|[（(【\[]\s{0,9}[）)】\]]\s{0,4}(?=[元万人名个户月日年])"
    r"|(?<![等看对招接期])待定(?![点期时量性位])|待补充|待核定|待填|TBD"
)
# What a question adds to its words without asking for anything else.
_FILLING = re.compile(r"[\W_]+|是否|有无|有没有|已经?|的|情况")
_AMOUNT = re.compile(
    rf"(?:[0-9][0-9,]{{0,15}}(?:\.[0-9]{{1,4}})?\s{{0,4}}万?|{HAN_NUMERAL})元(?![旦月宵素化件])"
)


def placeholder_left(plan: PlanFile) -> Iterator[LintFinding]:
    """A blank in the text is one that a question of the plan asks to be filled."""
    asked = {question.clause for question in plan.questions}
    titles = [plan.title, *(basis.title for basis in plan.basis), *(fund.title for fund in plan.funds)]
    texts = [("", text) for text in titles]
    texts += [
        (clause.heading, text)
        for clause in plan.clauses
        if clause.key not in asked
        for text in (clause.title, clause.text, *_said(clause))
    ]
    for where, text in texts:
        if found := _PLACEHOLDER.search(text):
            start, end = max(found.start() - 6, 0), found.end() + 6
            facts = {"words": " ".join(text[start:end].split())}
            message = _("Something is still to be filled in: “%(words)s”.") % facts
            mend = _("Write what belongs there, or ask it as a question of this clause.")
            yield LintFinding("placeholder_left", Severity.ERROR, where, message, mend)


def _said(clause: ClauseEntry) -> Iterator[str]:
    """Yield every text in the settings of the clause's measures."""
    left: list[object] = [measure.settings for measure in clause.measures]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            left += one.values() if isinstance(one, dict) else one


def same_asked_twice(plan: PlanFile) -> Iterator[LintFinding]:
    """Nobody is asked the same thing under two measures, or twice under one."""
    first: dict[tuple[str, str], str] = {}
    for clause, text, owner in _asked(plan):
        key = (_FILLING.sub("", text), owner)
        if key in first:
            message = _("“%(text)s” is asked for already, under %(first)s.")
            facts = {"text": text, "first": first[key]}
            mend = _("Ask once, and let both clauses rest on the one answer.")
            yield LintFinding("same_asked_twice", Severity.WARNING, clause.heading, message % facts, mend)
        first.setdefault(key, clause.heading)


def _asked(plan: PlanFile) -> Iterator[tuple[ClauseEntry, str, str]]:
    """Yield every item that somebody has to answer or to do: its clause, its words, and whose it is."""
    for clause, measure in plan.measures():
        items = measure.settings.get("items")
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and isinstance(item.get("text"), str):
                yield clause, item["text"], str(item.get("owner", ""))


def money_without_fund(plan: PlanFile) -> Iterator[LintFinding]:
    """A text that speaks of amounts says in the head from which fund they come."""
    if plan.funds:
        return
    for clause in plan.clauses:
        if found := _AMOUNT.search(clause.text):
            message = _("The text speaks of %(amount)s, but the plan has no fund.") % {"amount": found[0]}
            mend = _("Add the fund with its document number to the head of the plan.")
            yield LintFinding("money_without_fund", Severity.WARNING, clause.heading, message, mend)
