"""The tree of a board: where the reader stands in it, and the units right below as tiles; only reads."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.emergency.board_queries import last_due, measures_of, slots_right_below
from songnuan.emergency.command_queries import member_of
from songnuan.emergency.models import Alert, AlertStatus, ReportPeriod
from songnuan.emergency.report_queries import NodeCount, current_period, event_figures, node_counts
from songnuan.emergency.report_rules import Rhythm, State, Tally, nodes_of, permille, state_of, tally
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import settings_of
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure, Plan
from songnuan.plans.queries import clause_headings
from songnuan.web.situation_page import MARKS, line_of, state_words
from songnuan.web.views.shared import Reader, names_on

TILES, ON_WALL = 24, 12
"""Tiles on a board, on a phone or a desk and on a wall; of more units those that need a look most."""
_LEAST = 4
"""Tiles of each of several reports, at the least."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Situation reports of a plan that units have been asked for: the period now, and its counts by node."""

    measure: Measure
    period: ReportPeriod
    counts: Mapping[int, NodeCount]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a board stands in the tree: its node, and the nodes above that the reader sees, the top first.

    `whole` where the reader sees all of the plan; `reports` are those of its measures that go on, else those
    of the last one that was closed. `opens` where the pages behind its figures are the reader's too: whoever
    sees the board by their seat in the leading group alone is not led to them.
    """

    response: Measure
    measures: Mapping[str, Sequence[Measure]]
    node_id: int
    line: Sequence[int]
    whole: bool
    opens: bool
    reports: Sequence[Reports]

    @property
    def period(self) -> ReportPeriod | None:
        """The period of the first of its reports."""
        return self.reports[0].period if self.reports else None

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.response.plan


def place_of(response_id: int, asked: str, reader: Reader) -> Place:
    """Return where the board stands: at the node asked for, else at the highest that the reader sees.

    Raises:
        Http404: Where there is nothing that the reader may see, without a word on whether it exists.

    """
    response = Measure.objects.select_related("plan").filter(pk=response_id, kind="response").first()
    if response is None or response.opened_at is None:
        raise Http404
    top, measures = response.plan.unit_id, measures_of(response.plan_id)
    reports = _reports(measures.get("situation_reports", ()), reader)
    counts = {pk: one for told in reversed(reports) for pk, one in told.counts.items()}
    own = reader.reached(Permission.EMERGENCY_VIEW, {top, *counts})
    opens = top in own or member_of(response_id, reader.user.pk, reader.day) is None
    reach = own if opens else own | {top}
    node_id = _node(asked, top, counts, reach)
    line = list(reversed(line_of(counts[node_id], counts))) if node_id in counts else [node_id]
    seen = [one for place, one in enumerate(line) if not reach.isdisjoint(line[: place + 1])]
    return Place(response, measures, node_id, seen, top in reach, opens, reports)


def _reports(measures: Sequence[Measure], reader: Reader) -> list[Reports]:
    """Return the reports of those measures that go on, else of the last one that was closed."""
    shown = [one for one in measures if one.closed_at is None] or measures[:1]
    periods = [(one, current_period(one.pk, reader.at)) for one in shown]
    return [
        Reports(one, period, {node.node_id: node for node in node_counts(period.pk)})
        for one, period in periods
        if period is not None
    ]


def _node(asked: str, top: int, counts: Mapping[int, NodeCount], reach: Collection[int]) -> int:
    """Return the node to show."""
    if asked:
        found = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
        line = line_of(counts[found], counts) if found in counts else [found]
        if (found != top and found not in counts) or not ({*line, top} & set(reach)):
            raise Http404
        return found
    if top in reach:
        return top
    below = [one for one in counts.values() if one.node_id in reach and one.above_id not in reach]
    if not below:
        raise Http404
    return min(below, key=lambda one: (len(line_of(one, counts)), one.node_id)).node_id


# The tree --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tile:
    """A unit right below: a node with all below it, or a unit alone.

    `url` is empty where the page is not the reader's. `tally` is of the period; `past` of the last that was
    due, where this one is not; `raised` of its open `alerts` nobody has acknowledged. `mark` and `word` say
    how its reports stand.
    """

    unit_id: int
    name: str
    url: str
    is_node: bool
    tally: Tally
    past: Tally | None
    alerts: int
    raised: int
    mark: str
    word: str

    @property
    def completeness(self) -> str:
        """Received of expected: of the period, or of the last that was due."""
        return permille((self.past or self.tally).completeness)

    @property
    def timeliness(self) -> str:
        """Received in time of expected, likewise."""
        return permille((self.past or self.tally).timeliness)


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree right below a node, with what is counted of the node; `left` are tiles that are not shown.

    `url` is empty where the period is not the reader's to open. `figures` are those of events. Where the plan
    has several such reports, `clause` and `rhythm` name them.
    """

    clause: str
    rhythm: str
    figures: Sequence[tuple[str, int]]
    period: ReportPeriod
    name: str
    is_due: bool
    past_name: str
    own: Tile
    tiles: Sequence[Tile]
    left: int
    url: str


def standing_of(told: Tally, *, is_due: bool) -> tuple[str, str]:
    """Return the mark and the word of how the reports of a node stand."""
    if not told.asked:
        return "none", _("nothing expected")
    if told.lacking:
        if is_due:
            words = ngettext("%(count)s missing", "%(count)s missing", told.lacking)
            return "late", words % {"count": told.lacking}
        words = ngettext("%(count)s still to come", "%(count)s still to come", told.lacking)
        return "waiting", words % {"count": told.lacking}
    if told.late:
        return "waiting", ngettext("all in, %(count)s late", "all in, %(count)s late", told.late) % {
            "count": told.late
        }
    return "done", _("all in")


def trees_of(place: Place, alerts: Sequence[Alert], reader: Reader, most: int) -> list[Tree]:
    """Return the tree right below a node for each of the plan's reports that count it, each with its name."""
    shown = [one for one in place.reports if place.node_id in one.counts]
    if len(shown) <= 1:
        return [_tree(one, place, alerts, reader, most) for one in shown]
    headings = clause_headings(place.plan, {one.measure.clause_key for one in shown})
    trees = []
    for one in shown:
        own = [alert for alert in alerts if alert.period.measure_id == one.measure.pk]
        tree = _tree(one, place, own, reader, max(most // len(shown), _LEAST))
        rhythm = rhythm_words(settings_of(one.measure).rhythm)
        trees.append(replace(tree, clause=headings.get(one.measure.clause_key, ""), rhythm=rhythm))
    return trees


def rhythm_words(rhythm: Rhythm) -> str:
    """Return how often and until when units report, to tell the reports of a plan apart."""
    due = rhythm.due.strftime("%H:%M")
    if rhythm.period == "week":
        return _("every week, by %(time)s") % {"time": due}
    if rhythm.period == "half_day":
        second = rhythm.second.strftime("%H:%M") if rhythm.second else due
        return _("every half day, by %(first)s and %(second)s") % {"first": due, "second": second}
    return _("every day, by %(time)s") % {"time": due}


def _tree(reports: Reports, place: Place, alerts: Sequence[Alert], reader: Reader, most: int) -> Tree:
    period, node = reports.period, reports.counts[place.node_id]
    is_due = reader.at > period.due_at
    before = None if is_due else last_due(period, reader.at)
    past = {one.node_id: one.tally for one in node_counts(before.pk)} if before else {}

    def past_of(one: NodeCount) -> Tally | None:
        return past.get(one.node_id, Tally()) if before else None

    nodes = [one for one in reports.counts.values() if one.above_id == node.node_id]
    by_unit = _alerts_by_unit(alerts, {one.node_id for one in nodes})
    tiles = [
        _node_tile(one, past_of(one), by_unit.get(one.node_id, ()), place, is_due=is_due) for one in nodes
    ]
    tiles += _unit_tiles(reports, place, by_unit, reader)
    left = max(len(tiles) - most, 0)
    if left:
        tiles = sorted(tiles, key=_urgency)[:most]
    names = names_on((one.unit_id for one in tiles), day_of(period.starts_at))
    settings, told = settings_of(reports.measure), event_figures(period.pk, node.node_id)
    return Tree(
        clause="",
        rhythm="",
        figures=[(one.label, told.get(one.key, 0)) for one in settings.figures],
        period=period,
        name=period_name(period, settings.rhythm),
        is_due=is_due,
        past_name=period_name(before, settings.rhythm) if before else "",
        own=_node_tile(node, past_of(node), alerts, place, is_due=is_due),
        tiles=[replace(one, name=names[one.unit_id]) for one in tiles],
        left=left,
        url=reverse("situation_period", args=(period.pk,)) + f"?node={node.node_id}" if place.opens else "",
    )


def _urgency(tile: Tile) -> tuple[int, int, int, int]:
    return -tile.raised, -tile.tally.lacking, -tile.alerts, tile.unit_id


def _alerts_by_unit(alerts: Sequence[Alert], nodes: AbstractSet[int]) -> dict[int, list[Alert]]:
    """Return the alerts of each tile: of a node all about it and below it, of a unit alone its own."""
    found: dict[int, list[Alert]] = {}
    for one in alerts:
        within = nodes & set(nodes_of(one.path))
        if not within and not one.is_node:
            within = {one.unit_id}
        for unit_id in within:
            found.setdefault(unit_id, []).append(one)
    return found


def _node_tile(
    node: NodeCount, past: Tally | None, alerts: Collection[Alert], place: Place, *, is_due: bool
) -> Tile:
    mark, word = standing_of(node.tally, is_due=is_due)
    url = reverse("board", args=(place.response.pk,)) + f"?node={node.node_id}"
    raised = sum(one.status == AlertStatus.RAISED for one in alerts)
    return Tile(node.node_id, "", url, True, node.tally, past, len(alerts), raised, mark, word)


def _unit_tiles(
    reports: Reports, place: Place, alerts: Mapping[int, Collection[Alert]], reader: Reader
) -> list[Tile]:
    """Return the units right below that have nothing below them, and the node's own report."""
    period, node_id = reports.period, place.node_id
    slots = slots_right_below(period.pk, node_id)
    told = slots.values_list("pk", "unit", "status", "version", "is_late", "is_excused")
    tiles = []
    for pk, unit_id, status, version, late, excused in told:
        if unit_id in reports.counts and unit_id != node_id:
            continue
        state = state_of(status, period.due_at, reader.at, is_excused=excused)
        word = state_words(state)
        if late and state in {State.ZERO, State.EVENT}:
            word = pgettext("slot", "%(state)s, late") % {"state": word}
        own = alerts.get(unit_id, ())
        raised = sum(one.status == AlertStatus.RAISED for one in own)
        counts = tally(status, version, is_late=late, is_excused=excused)
        url = reverse("situation_slot", args=(pk,)) if place.opens else ""
        tiles.append(Tile(unit_id, "", url, False, counts, None, len(own), raised, MARKS[state], word))
    return tiles
