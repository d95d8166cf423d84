"""What comes of a standard for any number of claims: one statement for each of two tables, on both databases.

A claim is one payee's for one qualifier. Time is cut where a service begins or ends, so that nothing changes
within a stretch; of each stretch the row that is worth most counts, and its length says how often. Days are
numbers from 1970-01-01, amounts fen. docs/benefits.md tells the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from songnuan.benefits.standards import HALF_AT_MOST, By, Part, Row, Standard

_EPOCH = date(1970, 1, 1)
Value = str | int | bool | None


def number_of(day: date) -> int:
    """Return a day as a number from 1970-01-01."""
    return (day - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a statement reads, each a table or a select in brackets.

    `claims`: claim, relation, settled_minor, year_minor (paid in this year by any plan).
    `services`: claim, service, first and last (both included; last NULL while it goes on), place, post,
    category, direct (1, 0, NULL for not told), minutes (NULL for not told).
    `outs`: claim, first, last: days that another place paid.
    """

    claims: str
    services: str
    outs: str


@dataclass(slots=True)
class _Values:
    """The values of a statement by name."""

    held: dict[str, Value] = field(default_factory=dict)

    def put(self, value: Value) -> str:
        name = f"v{len(self.held)}"
        self.held[name] = value
        return f"%({name})s"


def counted(
    standard: Standard, sources: Sources, as_of: date, vendor: str
) -> tuple[str, Mapping[str, Value]]:
    """Return the select of how often each row counts, and its values.

    Its columns: claim, part, place (of the row in its part, from 0) and number (days, half days, months or
    times). What counts for nothing has no line.
    """
    values = _Values()
    first, last = number_of(standard.starts_on), number_of(standard.last_day(as_of))
    least, most = _least_and_most(vendor)
    ranks = ", ".join(f"{_rank(part, values)} AS rank_{at}" for at, part in enumerate(standard.parts))
    months = _months_between(standard.starts_on, standard.last_day(as_of))
    statement = f"""
WITH clipped AS (
  SELECT s.*, {most}(s.first, {values.put(first)}) AS a,
    {least}(COALESCE(s.last, {values.put(last)}), {values.put(last)}) + 1 AS b,
    CASE WHEN s.first = s.last AND s.minutes <= {HALF_AT_MOST} THEN 1 ELSE 2 END AS halves
  FROM {sources.services} s
), served AS (
  SELECT * FROM clipped WHERE a < b
), edges AS (
  SELECT claim, a AS day FROM served UNION SELECT claim, b FROM served
  UNION SELECT o.claim, o.first FROM {sources.outs} o UNION SELECT o.claim, o.last + 1 FROM {sources.outs} o
), stretches AS (
  SELECT claim, day AS since, LEAD(day) OVER (PARTITION BY claim ORDER BY day) AS until FROM edges
), stood AS (
  SELECT t.since, t.until, s.claim, s.place, s.post, s.category, s.direct, s.halves
  FROM stretches t JOIN served s ON s.claim = t.claim AND s.a <= t.since AND s.b >= t.until
  WHERE NOT EXISTS (
    SELECT 1 FROM {sources.outs} o WHERE o.claim = t.claim AND o.first <= t.since AND o.last >= t.until - 1)
), whole AS (
  SELECT claim, SUM(until - since) AS days
  FROM (SELECT DISTINCT claim, since, until FROM stood) u GROUP BY claim
), tried AS (
  SELECT t.*, {ranks}
  FROM stood t JOIN whole w ON w.claim = t.claim JOIN {sources.claims} c ON c.claim = t.claim
){"".join(_best(place) for place in range(len(standard.parts)))}
{" UNION ALL ".join(_lines(place, part, months, least) for place, part in enumerate(standard.parts))}
"""  # noqa: S608 - values go by name
    return statement, values.held


def summed(standard: Standard, lines: str, sources: Sources, vendor: str) -> tuple[str, Mapping[str, Value]]:
    """Return the select of what each claim comes to, and its values; `lines` holds what `counted` gave.

    Its columns: claim, reckoned_minor (of all parts), is_blocked (an amount is open), after_settled_minor,
    after_time_minor, amount_minor (0 while it is blocked). A claim that counts for nothing has 0.
    """
    values = _Values()
    least, most = _least_and_most(vendor)
    worths = [
        (place, row_place, row.worth_minor * (1 if part.by == By.HALF_DAY else 2), int(row.is_open))
        for place, part in enumerate(standard.parts)
        for row_place, row in enumerate(part.rows)
    ]
    told = " UNION ALL ".join(
        f"SELECT {', '.join(values.put(one) for one in worth)}"
        if place
        else "SELECT "
        + ", ".join(
            f"CAST({values.put(one)} AS BIGINT) AS {name}"
            for one, name in zip(worth, ("part", "place", "twice", "is_open"), strict=True)
        )
        for place, worth in enumerate(worths)
    )
    time = values.put(standard.cap_time_minor) if standard.cap_time_minor is not None else ""
    year = values.put(standard.cap_year_minor) if standard.cap_year_minor is not None else ""
    room = f"{most}({year} - year_minor, 0)"
    statement = f"""
WITH worths AS ({told}), totals AS (
  SELECT l.claim, CAST(SUM(l.number * w.twice) AS BIGINT) AS twice, MAX(w.is_open) AS is_open
  FROM {lines} l JOIN worths w ON w.part = l.part AND w.place = l.place GROUP BY l.claim
), reckoned AS (
  SELECT c.claim, c.settled_minor, c.year_minor, COALESCE(t.is_open, 0) AS is_blocked,
    COALESCE(t.twice / 2 + CASE WHEN t.twice %% 4 = 3 THEN 1 ELSE 0 END, 0) AS minor
  FROM {sources.claims} c LEFT JOIN totals t ON t.claim = c.claim
), less_settled AS (
  SELECT r.*, {most}(minor - settled_minor, 0) AS after_settled FROM reckoned r
), less_time AS (
  SELECT r.*, {f"{least}(after_settled, {time})" if time else "after_settled"} AS after_time
  FROM less_settled r
)
SELECT claim, minor AS reckoned_minor, is_blocked, after_settled AS after_settled_minor,
  after_time AS after_time_minor,
  CASE WHEN is_blocked = 1 THEN 0 ELSE {f"{least}(after_time, {room})" if year else "after_time"} END
    AS amount_minor
FROM less_time
"""  # noqa: S608 - values go by name
    return statement, values.held


def _least_and_most(vendor: str) -> tuple[str, str]:
    """Return what the least and the largest of two values is called."""
    return ("LEAST", "GREATEST") if vendor == "postgresql" else ("MIN", "MAX")


def _rank(part: Part, values: _Values) -> str:
    """Return the expression of the first row that holds, told as its rank by worth; NULL where none does."""
    ranks = {place: rank for rank, (place, _row) in enumerate(part.ranked())}
    tried = "".join(f" WHEN {_holds(row, values)} THEN {ranks[place]}" for place, row in enumerate(part.rows))
    return f"CASE{tried} END"


def _holds(row: Row, values: _Values) -> str:
    conditions = [
        f"{column} IN ({', '.join(map(values.put, words))})"
        for column, words in (
            ("t.place", row.places),
            ("t.post", row.posts),
            ("t.category", row.categories),
            ("c.relation", row.relations),
        )
        if words
    ]
    if row.direct_contact is not None:
        conditions.append(f"t.direct = {int(row.direct_contact)}")
    if row.days_least:
        conditions.append(f"w.days >= {values.put(row.days_least)}")
    return " AND ".join(conditions) or "1 = 1"


def _best(place: int) -> str:
    """Return the select of the row that counts in each stretch for one part, with the halves of a day."""
    return f""", best_{place} AS (
  SELECT claim, since, until, rank, SUM(halves) AS halves FROM (
    SELECT claim, since, until, halves, rank_{place} AS rank,
      MIN(rank_{place}) OVER (PARTITION BY claim, since) AS least
    FROM tried
  ) t WHERE rank = least GROUP BY claim, since, until, rank
)"""  # noqa: S608 - places are numbers


def _lines(place: int, part: Part, months: str, least: str) -> str:
    """Return the select of how often each row of a part counts."""
    order = (
        "CASE rank"
        + "".join(f" WHEN {rank} THEN {row}" for rank, (row, _r) in enumerate(part.ranked()))
        + " END"
    )
    head = f"SELECT claim, {place} AS part, {order} AS place"
    match part.by:
        case By.ONCE:
            largest = f"SELECT claim, MIN(rank) AS rank FROM best_{place} GROUP BY claim"  # noqa: S608
            return f"{head}, 1 AS number FROM ({largest}) m"
        case By.MONTH:
            met = f"best_{place} b JOIN ({months}) m ON m.since < b.until AND m.until > b.since"
            each = f"SELECT b.claim, m.since, MIN(b.rank) AS rank FROM {met} GROUP BY b.claim, m.since"  # noqa: S608
            return f"{head}, COUNT(*) AS number FROM ({each}) m GROUP BY claim, rank"
        case By.HALF_DAY:
            number = f"SUM({least}(halves, 2) * (until - since))"
            return f"{head}, {number} AS number FROM best_{place} GROUP BY claim, rank"
        case _:
            return f"{head}, SUM(until - since) AS number FROM best_{place} GROUP BY claim, rank"


def _months_between(first: date, last: date) -> str:
    """Return the select of the months of a period: their first days, each with that of the next."""
    months, month = [], first.replace(day=1)
    while month <= max(first, last):
        following = (month + timedelta(days=32)).replace(day=1)
        months.append(f"SELECT {number_of(month)} AS since, {number_of(following)} AS until")
        month = following
    return " UNION ALL ".join(months)
