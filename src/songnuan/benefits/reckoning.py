"""What comes of a standard for any number of claims: one statement, for one person and for a million.

A claim is one payee's for one qualifier. Who served once, and was paid by nobody else, is reckoned straight.
For all others time is cut where a service begins or ends, so that nothing changes within a stretch; of each
stretch the row that is worth most counts, and its length says how often. Days are numbers from 1970-01-01,
amounts fen. docs/benefits.md tells the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from songnuan.benefits.models import Blocked
from songnuan.benefits.sharing import Answers, blocked_by_itself, shares
from songnuan.benefits.standards import HALF_AT_MOST, By, Part, Row, Standard
from songnuan.kernel.dialect import Dialect

_EPOCH = date(1970, 1, 1)
_OF_CLAIM = (
    "settled_minor listed_minor cut_minor family_cut_minor lacks_cut shared_minor year_minor payee qualifier"
    " unit relation staff household is_unclear"
)
Value = str | int | bool | None


def number_of(day: date) -> int:
    """Return a day as a number from 1970-01-01."""
    return (day - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a statement reads, each a table or a select in brackets.

    `claims`: claim, relation, settled_minor, year_minor (paid in this year by any plan); of a list
    listed_minor, cut_minor and family_cut_minor besides (of what was settled, what lists of this house paid
    and what their caps of a time cut off: of the claim, and of all who are paid for the qualifier), and
    lacks_cut (how many lists cut something off theirs and have no line of the claim), and shared_minor (what
    the last list left of it within its cap, and did not pay to this claim).
    `services`: claim, first and last (both included; last NULL while it goes on), place, post,
    category, direct (1, 0, NULL for not told), minutes (NULL for not told).
    `outs`: claim, first, last: days that another place paid.
    """

    claims: str
    services: str
    outs: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How often a row of a part counts: in days, half days, months or times, as the part is counted."""

    part: int
    place: int
    number: int


def counted_of(text: str) -> tuple[Counted, ...]:
    """Return what the column `counted` says: "0.2x40 1.0x1", parts and rows from 0, in their order."""
    told = []
    for line in text.split():
        where, _x, number = line.partition("x")
        part, _dot, place = where.partition(".")
        told.append(Counted(int(part), int(place), int(number)))
    return tuple(sorted(told, key=lambda one: (one.part, one.place)))


def statement_of(
    standard: Standard, sources: Sources, as_of: date, dialect: Dialect
) -> tuple[str, Mapping[str, Value]]:
    """Return the select of what each claim comes to in a list made for a day, and its values.

    Its columns: claim, counted (see `counted_of`), reckoned_minor (of all parts), is_blocked (1: an amount
    is open), after_settled_minor, after_time_minor, amount_minor (0 while it is blocked), days (of service
    within the standard, whatever row holds on them). Each claim has one line; who counts for nothing has 0.
    """
    made = _Statement(standard, sources, as_of, dialect)
    return made.text(), made.values


def list_statement_of(
    standard: Standard, sources: Sources, as_of: date, dialect: Dialect, answers: Answers | None
) -> tuple[str, Mapping[str, Value]]:
    """Return the select of the lines of a list made for a day, and its values.

    Its claims have payee, qualifier, unit, relation, staff, household (0: nobody else's matter) and
    is_unclear (1: a settled sum names no relative) besides. The columns, in their order: payee, qualifier,
    unit, relation, days, counted, reckoned, after_settled, after_time, after_family, amount, shared, blocked.

    Args:
        standard: What is reckoned.
        sources: The claims, services and days out.
        as_of: The day.
        dialect: The database's.
        answers: The plan's answers on families; None where no claim has a household.

    """
    made = _Statement(standard, sources, as_of, dialect)
    return made.text_of_list(answers), made.values


def plain_statement_of(
    standard: Standard, plain: str, as_of: date, dialect: Dialect
) -> tuple[str, Mapping[str, Value]]:
    """Return the select of the lines of those who served once, for whom nothing else is to be looked at.

    Args:
        standard: What is reckoned.
        plain: A select of payee, qualifier, unit, relation and the one service.
        as_of: The day.
        dialect: The database's.

    Returns:
        Its text with the columns of `list_statement_of`, and its values.

    """
    made = _Statement(standard, Sources("", "", ""), as_of, dialect)
    return made.text_of_plain(plain), made.values


@dataclass(slots=True)
class _Statement:
    """The statement as it is put together, and its values by name."""

    standard: Standard
    sources: Sources
    as_of: date
    dialect: Dialect
    values: dict[str, Value] = field(default_factory=dict)

    def text(self) -> str:
        return f"""
WITH {self._up_to_time("c.settled_minor, c.year_minor", "")}
SELECT claim, counted, minor AS reckoned_minor, is_blocked, after_settled AS after_settled_minor,
  after_time AS after_time_minor,
  CASE WHEN is_blocked = 1 THEN 0 ELSE {self._after_year()} END AS amount_minor, days
FROM less_time
"""  # noqa: S608 - values go by name

    def text_of_list(self, answers: Answers | None) -> str:
        """Return the select of `list_statement_of`."""
        heads = ", ".join(f"c.{name}" for name in _OF_CLAIM.split())
        told = "payee, qualifier, unit, relation, days, counted, minor, after_settled"
        blocked = blocked_by_itself()
        amount = f"CASE WHEN is_blocked = 1 OR is_unclear = 1 THEN 0 ELSE {self._after_year()} END"
        last = (
            f"after_time, after_time AS after_family, {amount} AS amount, '' AS shared, {blocked} AS blocked"
        )
        alone = f"SELECT {told}, {last} FROM less_time l"  # noqa: S608 - texts of ours
        if answers is None:
            return f"WITH {self._up_to_time(heads, '')} {alone}"
        caps = (self.standard.cap_time_minor, self.standard.cap_year_minor)
        cap_time, cap_year = ("" if cap is None else self._put(cap) for cap in caps)
        shared = shares(answers, cap_time, cap_year, self.dialect)
        return f"""
WITH {self._up_to_time(heads, "MATERIALIZED")}, {shared}
{alone} WHERE l.household = 0
UNION ALL
SELECT {told}, s.in_time, s.after_family, s.amount, s.shared, s.blocked
FROM shared s JOIN less_time l ON l.claim = s.claim
"""  # noqa: S608

    def text_of_plain(self, plain: str) -> str:
        """Return the select of `plain_statement_of`."""
        own, apart = "payee, qualifier, unit, relation", self.dialect.apart
        clipped = self._clipped("c.first", "c.last", "c.minutes")
        served = f"SELECT {own}, place, post, category, direct, {clipped} FROM ({plain}) c"  # noqa: S608
        straight = self._straight(own, own, f"({served}{apart}) t", "t")
        amount = f"CASE WHEN is_open = 1 THEN 0 ELSE {self._after_year('0')} END"
        blocked = f"CASE WHEN is_open = 1 THEN '{Blocked.AMOUNT}' ELSE '' END"
        return f"""
SELECT {own}, days, counted, after_settled, after_settled, after_time, after_time, {amount}, '', {blocked}
FROM (
  SELECT r.*, {self._after_time()} AS after_time FROM (
    SELECT s.*, twice / 2 + CASE WHEN twice %% 4 = 3 THEN 1 ELSE 0 END AS after_settled
    FROM ({straight}{apart}) s{apart}
  ) r{apart}
) l"""  # noqa: S608 - texts of ours

    def _up_to_time(self, heads: str, how: str) -> str:
        """Return the selects that come to `less_time`: what each claim is worth within the cap of one time.

        `heads` are the columns of a claim `c` that go along.
        """
        return f"""{self._served()}, {self._alone()}, {self._several()}, reckoned AS (
  SELECT c.claim, {heads}, COALESCE(t.counted, '') AS counted,
    COALESCE(t.is_open, 0) AS is_blocked, COALESCE(t.days, 0) AS days,
    COALESCE(t.twice / 2 + CASE WHEN t.twice %% 4 = 3 THEN 1 ELSE 0 END, 0) AS minor
  FROM {self.sources.claims} c
  LEFT JOIN (SELECT * FROM alone UNION ALL SELECT * FROM several) t ON t.claim = c.claim
), less_settled AS (
  SELECT r.*, {self.dialect.most}(minor - settled_minor, 0) AS after_settled FROM reckoned r
), less_time AS {how} (
  SELECT r.*, {self._after_time()} AS after_time FROM less_settled r
)"""  # noqa: S608

    def _put(self, value: Value) -> str:
        """Keep a value; return what stands for it."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def _served(self) -> str:
        """Return the services as far as they count, from day `a` up to `b`; `times`: those of the claim."""
        return f"""clipped AS (
  SELECT s.*, {self._clipped("s.first", "s.last", "s.minutes")} FROM {self.sources.services} s
), served AS MATERIALIZED (
  SELECT s.*, COUNT(*) OVER (PARTITION BY claim) AS times,
    EXISTS (SELECT 1 FROM {self.sources.outs} o WHERE o.claim = s.claim) AS has_outs
  FROM clipped s WHERE a < b
)"""  # noqa: S608

    def _clipped(self, first: str, last: str, minutes: str) -> str:
        """Return the columns of a service as far as it counts: from day `a` up to `b`, and its halves."""
        start = self._put(number_of(self.standard.starts_on))
        end = self._put(number_of(self.standard.last_day(self.as_of)))
        halves = f"CASE WHEN {first} = {last} AND {minutes} <= {HALF_AT_MOST} THEN 1 ELSE 2 END"
        if all(part.by != By.HALF_DAY for part in self.standard.parts):
            halves = "2"
        return (
            f"{self.dialect.most}({first}, {start}) AS a,"
            f" {self.dialect.least}(COALESCE({last}, {end}), {end}) + 1 AS b, {halves} AS halves"
        )

    def _alone(self) -> str:
        """Return the claims with one service, and nothing paid elsewhere: as `_straight`, with claim."""
        served = (
            f"served t JOIN {self.sources.claims} c ON c.claim = t.claim WHERE t.times = 1 AND NOT t.has_outs"
        )
        return f"""alone AS (
  {self._straight("claim", "t.claim", served, "c")}
)"""

    def _straight(self, heads: str, columns: str, served: str, claim: str) -> str:
        """Return the select of what single services `t` come to: counted, twice, is_open, days.

        `heads` go along; in `served` they are called `columns`, and their claim `claim`.
        """
        parts = list(enumerate(self.standard.parts))
        rows = ", ".join(f"{self._first_row(part, claim)} AS row_{at}" for at, part in parts)
        numbers = ", ".join(f"{self._number(part)} AS number_{at}" for at, part in parts)
        told = " || ".join(
            f"CASE WHEN row_{at} IS NULL THEN '' ELSE '{at}.' || row_{at} || 'x' || number_{at} || ' ' END"
            for at, _part in parts
        )
        twice = " + ".join(
            f"COALESCE({self._worth(part, f'row_{at}')} * number_{at}, 0)" for at, part in parts
        )
        is_open = " + ".join(f"COALESCE({self._open(part, f'row_{at}')}, 0)" for at, part in parts)
        days = f"{self.dialect.most}(t.b - t.a, 0) AS days"
        return f"""SELECT {heads}, {told} AS counted, {twice} AS twice,
    CASE WHEN {is_open} > 0 THEN 1 ELSE 0 END AS is_open, days
  FROM (SELECT {columns}, {rows}, {numbers}, {days} FROM {served}{self.dialect.apart}) p"""  # noqa: S608

    def _several(self) -> str:
        """Return all other claims, stretch by stretch: claim, counted, twice, is_open, days."""
        parts = list(enumerate(self.standard.parts))
        ranks = ", ".join(f"{self._rank(part)} AS rank_{at}" for at, part in parts)
        text = "CAST(part AS VARCHAR(3)) || '.' || place || 'x' || number"
        joined = f"{self.dialect.joined}({text}, ' ')"
        lines = " UNION ALL ".join(self._lines(at, part) for at, part in parts)
        return f"""cut AS MATERIALIZED (
  SELECT * FROM served WHERE times > 1 OR has_outs
), edges AS (
  SELECT claim, a AS day FROM cut UNION SELECT claim, b FROM cut
  UNION SELECT o.claim, o.first FROM {self.sources.outs} o
  UNION SELECT o.claim, o.last + 1 FROM {self.sources.outs} o
), stretches AS (
  SELECT claim, day AS since, LEAD(day) OVER (PARTITION BY claim ORDER BY day) AS until FROM edges
), stood AS MATERIALIZED (
  SELECT t.since, t.until, s.claim, s.place, s.post, s.category, s.direct, s.halves
  FROM stretches t JOIN cut s ON s.claim = t.claim AND s.a <= t.since AND s.b >= t.until
  WHERE NOT EXISTS (
    SELECT 1 FROM {self.sources.outs} o
    WHERE o.claim = t.claim AND o.first <= t.since AND o.last >= t.until - 1)
), whole AS (
  SELECT claim, SUM(until - since) AS days
  FROM (SELECT DISTINCT claim, since, until FROM stood) u GROUP BY claim
), tried AS MATERIALIZED (
  SELECT t.*, {ranks}
  FROM stood t JOIN whole w ON w.claim = t.claim JOIN {self.sources.claims} c ON c.claim = t.claim
){"".join(_best(at) for at, _part in parts)}, lines AS ({lines}), several AS (
  SELECT w.claim, COALESCE({joined}, '') AS counted,
    COALESCE(CAST(SUM(number * twice) AS BIGINT), 0) AS twice, COALESCE(MAX(is_open), 0) AS is_open,
    MAX(w.days) AS days
  FROM whole w LEFT JOIN lines l ON l.claim = w.claim GROUP BY w.claim
)"""  # noqa: S608

    def _first_row(self, part: Part, claim: str) -> str:
        """Return the expression of the place of the first row that holds; NULL where none does, or no day."""
        tried = "".join(
            f" WHEN {self._holds(row, 't.b - t.a', claim)} THEN {at}" for at, row in enumerate(part.rows)
        )
        return f"CASE WHEN t.a >= t.b THEN NULL{tried} END"

    def _rank(self, part: Part) -> str:
        """Return the expression of the first row that holds, told as its rank by worth."""
        ranks = {at: rank for rank, (at, _row) in enumerate(part.ranked())}
        tried = "".join(
            f" WHEN {self._holds(row, 'w.days', 'c')} THEN {ranks[at]}" for at, row in enumerate(part.rows)
        )
        return f"CASE{tried} END"

    def _holds(self, row: Row, days: str, claim: str) -> str:
        """Return the condition of a row on a service `t`, its claim and the days served in all."""
        conditions = [
            f"{column} IN ({', '.join(map(self._put, words))})"
            for column, words in (
                ("t.place", row.places),
                ("t.post", row.posts),
                ("t.category", row.categories),
                (f"{claim}.relation", row.relations),
            )
            if words
        ]
        if row.direct_contact is not None:
            conditions.append(f"t.direct = {int(row.direct_contact)}")
        if row.days_least:
            conditions.append(f"{days} >= {self._put(row.days_least)}")
        return " AND ".join(conditions) or "1 = 1"

    def _number(self, part: Part) -> str:
        """Return the expression of how often the row of a single service counts."""
        match part.by:
            case By.ONCE:
                return "1"
            case By.MONTH:
                met = f"({self._months()}) m WHERE m.since < t.b AND m.until > t.a"
                return f"(SELECT COUNT(*) FROM {met})"  # noqa: S608
            case By.HALF_DAY:
                return "t.halves * (t.b - t.a)"
            case _:
                return "t.b - t.a"

    def _worth(self, part: Part, row: str) -> str:
        """Return the expression of twice what counting once under a row is worth: halves stay whole."""
        times = 1 if part.by == By.HALF_DAY else 2
        told = "".join(
            f" WHEN {at} THEN CAST({self._put(one.worth_minor * times)} AS BIGINT)"
            for at, one in enumerate(part.rows)
        )
        return f"CASE {row}{told} END"

    def _open(self, part: Part, row: str) -> str:
        """Return the expression of whether the amount of a row is open."""
        told = "".join(f" WHEN {at} THEN {int(one.is_open)}" for at, one in enumerate(part.rows))
        return f"CASE {row}{told} END"

    def _lines(self, at: int, part: Part) -> str:
        """Return the select of how often each row of a part counts, with its worth."""
        places = "".join(f" WHEN {rank} THEN {place}" for rank, (place, _row) in enumerate(part.ranked()))
        place = f"CASE rank{places} END"
        match part.by:
            case By.ONCE:
                counts = f"SELECT claim, MIN(rank) AS rank, 1 AS number FROM best_{at} GROUP BY claim"  # noqa: S608
            case By.MONTH:
                met = f"best_{at} b JOIN ({self._months()}) m ON m.since < b.until AND m.until > b.since"
                each = f"SELECT b.claim, m.since, MIN(b.rank) AS rank FROM {met} GROUP BY b.claim, m.since"  # noqa: S608
                counts = f"SELECT claim, rank, COUNT(*) AS number FROM ({each}) e GROUP BY claim, rank"  # noqa: S608
            case _:
                times = f"{self.dialect.least}(halves, 2) * " if part.by == By.HALF_DAY else ""
                number = f"SUM({times}(until - since))"
                counts = f"SELECT claim, rank, {number} AS number FROM best_{at} GROUP BY claim, rank"  # noqa: S608
        worth, is_open = self._worth(part, place), self._open(part, place)
        told = f"claim, {at} AS part, {place} AS place, number, {worth} AS twice, {is_open} AS is_open"
        return f"SELECT {told} FROM ({counts}) n"  # noqa: S608

    def _months(self) -> str:
        """Return the select of the months that count: their first days, each with that of the next."""
        first, last = self.standard.starts_on, self.standard.last_day(self.as_of)
        months, month = [], first.replace(day=1)
        while month <= max(first, last):
            following = (month + timedelta(days=32)).replace(day=1)
            months.append(f"SELECT {number_of(month)} AS since, {number_of(following)} AS until")
            month = following
        return " UNION ALL ".join(months)

    def _after_time(self) -> str:
        """Return the expression of what the cap of one time leaves."""
        cap = self.standard.cap_time_minor
        return "after_settled" if cap is None else f"{self.dialect.least}(after_settled, {self._put(cap)})"

    def _after_year(self, spent: str = "year_minor") -> str:
        """Return the expression of what the cap of the year leaves."""
        cap = self.standard.cap_year_minor
        if cap is None:
            return "after_time"
        return f"{self.dialect.least}(after_time, {self.dialect.most}({self._put(cap)} - {spent}, 0))"


def _best(at: int) -> str:
    """Return the select of the row that counts in each stretch for one part, with the halves of a day."""
    return f""", best_{at} AS (
  SELECT claim, since, until, rank, SUM(halves) AS halves FROM (
    SELECT claim, since, until, halves, rank_{at} AS rank,
      MIN(rank_{at}) OVER (PARTITION BY claim, since) AS least
    FROM tried
  ) t WHERE rank = least GROUP BY claim, since, until, rank
)"""  # noqa: S608 - places are numbers
