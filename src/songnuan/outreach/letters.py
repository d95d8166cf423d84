"""What a letter says: a title, a few sections of lines, each with an address of this site.

A letter leaves the house, over servers of others: numbers of people that stand in what somebody wrote are
blotted out of every text of it, its subject too. The notice in the house keeps them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.kernel.blotting import blotted
from songnuan.kernel.days import written
from songnuan.outreach.facts import Fact, When
from songnuan.outreach.topics import matter_of, topic_of

LINES = 12
"""Lines of one section; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing. `mark` says in a word or two why it stands here; `url` is a path of this site or ""."""

    title: str
    mark: str = ""
    detail: str = ""
    url: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together; `more` counts the lines left out."""

    title: str
    lines: tuple[Line, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it is kept in the outbox: sealed, as JSON."""

    title: str
    lead: str = ""
    sections: tuple[Section, ...] = ()

    def packed(self) -> str:
        """Return the text that is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class News:
    """A notice as a letter tells it. `plan` is its plan's title, "" without one."""

    topic: str
    title: str
    body: str
    url: str
    plan: str


def unpacked(text: str) -> Letter:
    """Return the letter that was kept."""
    told = json.loads(text)
    sections = tuple(
        Section(one["title"], tuple(Line(**line) for line in one["lines"]), one["more"])
        for one in told["sections"]
    )
    return Letter(told["title"], told["lead"], sections)


def alone(news: News) -> tuple[str, Letter]:
    """Return subject and letter of one notice; the subject says how urgent it is, and has no names."""
    words = (
        _("Songnuan: urgent, %(matter)s")
        if topic_of(news.topic).is_urgent
        else _("Songnuan: news, %(matter)s")
    )
    subject = words % {"matter": matter_of(news.topic)}
    line = Line(news.body or news.title, url=news.url)
    return blotted(subject), _blotted(Letter(news.title, sections=(Section(news.plan, (line,)),)))


def several(news: Sequence[News]) -> tuple[str, Letter]:
    """Return subject and letter of notices that go out at once together, oldest first; it counts only."""
    urgent = sum(topic_of(row.topic).is_urgent for row in news)
    if urgent:
        subject = _("Songnuan: %(count)s notices, %(urgent)s of them urgent")
        subject %= {"count": len(news), "urgent": urgent}
    else:
        subject = _subject(news, ())
    lines: dict[str, list[Line]] = {}
    _add_news(lines, news)
    title = _("%(count)s notices that came together") % {"count": len(news)}
    return blotted(subject), _blotted(Letter(title, sections=tuple(_sections(lines))))


def digest(news: Sequence[News], facts: Sequence[Fact], day: date) -> tuple[str, Letter]:
    """Return subject and letter of a day: what is due and what is new, by plan; the subject counts only.

    `news` comes oldest first.
    """
    lines: dict[str, list[Line]] = {}
    for fact in sorted(facts, key=lambda fact: (list(When).index(fact.when), fact.due_on or day)):
        lines.setdefault(fact.plan, []).append(
            Line(fact.title, _mark(fact), fact.detail, fact.url, fact.when is When.LATE)
        )
    _add_news(lines, news)
    title = _("What is due on %(day)s, and what is new") % {"day": written(day)}
    return blotted(_subject(news, facts)), _blotted(Letter(title, sections=tuple(_sections(lines))))


def _add_news(lines: dict[str, list[Line]], news: Sequence[News]) -> None:
    """Add notices, oldest first, to the lines of their plans."""
    newest_first = news[::-1]  # of many, the oldest are those that are only counted
    for row in sorted(newest_first, key=lambda row: row.topic.partition(".")[0]):
        mark = _("new, %(matter)s") % {"matter": matter_of(row.topic)}
        lines.setdefault(row.plan, []).append(Line(row.title, mark, row.body, row.url))


def _blotted(letter: Letter) -> Letter:
    """Return the letter as it may leave; addresses of this site stay, or they would lead nowhere."""
    sections = tuple(
        Section(blotted(one.title), tuple(_line(line) for line in one.lines), one.more)
        for one in letter.sections
    )
    return Letter(blotted(letter.title), blotted(letter.lead), sections)


def _line(line: Line) -> Line:
    return replace(line, title=blotted(line.title), mark=blotted(line.mark), detail=blotted(line.detail))


def _sections(lines: Mapping[str, Sequence[Line]]) -> Iterable[Section]:
    """Yield the plans in the order of what is most urgent in them, and last what belongs to none."""
    for plan in sorted(lines, key=lambda plan: not plan):
        title = plan or (_("Other matters") if len(lines) > 1 else "")
        yield Section(title, tuple(lines[plan][:LINES]), max(len(lines[plan]) - LINES, 0))


def _mark(fact: Fact) -> str:
    if fact.due_on and fact.when is When.LATE:
        return _("overdue since %(day)s") % {"day": written(fact.due_on)}
    return pgettext("due", "today") if fact.due_on else _("waits for you")


def _subject(news: Sequence[News], facts: Sequence[Fact]) -> str:
    today = sum(fact.when is When.TODAY for fact in facts)
    late = sum(fact.when is When.LATE for fact in facts)
    parts = []
    if today:
        parts.append(ngettext("%(count)s thing today", "%(count)s things today", today) % {"count": today})
    if late:
        parts.append(ngettext("%(count)s overdue", "%(count)s overdue", late) % {"count": late})
    if news:
        fresh = ngettext("%(count)s notice", "%(count)s notices", len(news))
        parts.append(fresh % {"count": len(news)})
    if not parts:
        parts.append(_("nothing for today"))
    return _("Songnuan: %(what)s") % {"what": _(", ").join(parts)}


def code(text: str, minutes: int) -> tuple[str, Letter]:
    """Return subject and letter of a code that confirms an address."""
    lead = _("Your code: %(code)s") % {"code": text}
    note = _("Enter it on the page “My reminders” within %(minutes)s minutes.") % {"minutes": minutes}
    other = _("If you did not ask for it, there is nothing to do: without the code nothing is sent here.")
    lines = (Line(note, url="/reminders/"), Line(other))
    return _("Songnuan: confirm this address"), Letter(lead, sections=(Section("", lines),))
