"""How alerts are told in notices, in lists and in the trail: whose count of what, when, by which rule."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.models import Alert
from songnuan.emergency.warning_rules import bound_words, how_words
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import settings_of
from songnuan.journeys.telling import NAME_SHOWN, listed
from songnuan.organisation.queries import day_of, names_then


def series_name(name: str, *, is_node: bool) -> str:
    """Return what a series is called: a unit by its name, a node as the total of what stands below it."""
    return _("%(unit)s in total") % {"unit": name} if is_node else name


def alert_names(alerts: Collection[Alert]) -> Mapping[int, str]:
    """Return by its id whose counts each alert is about, as the unit was called in its period."""
    by_day: dict[object, list[Alert]] = {}
    for alert in alerts:
        by_day.setdefault(day_of(alert.period.starts_at), []).append(alert)
    found: dict[int, str] = {}
    for rows in by_day.values():
        names = names_then([row.unit_id for row in rows], day_of(rows[0].period.starts_at))
        found |= {row.pk: series_name(names.get(row.unit_id, ""), is_node=row.is_node) for row in rows}
    return found


def alert_period(alert: Alert) -> str:
    """Return what the period of an alert is called."""
    return period_name(alert.period, settings_of(alert.period.measure).rhythm)


def alert_how(alert: Alert) -> str:
    """Return how an alert was reckoned."""
    return how_words(alert.method, alert.z, alert.least_sd)


def alert_url(alerts: Sequence[Alert]) -> str:
    """Return where alerts are looked at: the only one, or the list."""
    return f"/warnings/alerts/{alerts[0].pk}/" if len(alerts) == 1 else "/warnings/"


def alerts_words(alerts: Sequence[Alert]) -> tuple[str, str]:
    """Return title and text of a notice of alerts that were raised."""
    names = alert_names(alerts)
    first = alerts[0]
    if len(alerts) == 1:
        title = _("Alert: %(who)s, %(figure)s %(count)s, bound %(upper)s")
        facts = {"who": names[first.pk][:NAME_SHOWN], "figure": first.figure_label, "count": first.count}
        text = f"{alert_period(first)} · {alert_how(first)}"
        return title % {**facts, "upper": bound_words(first.upper)}, text
    title = ngettext("%(count)s alert of early warning", "%(count)s alerts of early warning", len(alerts))
    return title % {"count": len(alerts)}, _by_rule(alerts, names)


def _by_rule(alerts: Sequence[Alert], names: Mapping[int, str]) -> str:
    """Return whose counts of what they are; each rule by which they were reckoned is told once."""
    lines: dict[str, list[str]] = {}
    for one in alerts:
        lines.setdefault(alert_how(one), []).append(f"{names[one.pk]} {one.figure_label} {one.count}")
    return _("; ").join(f"{listed(some)}（{how}）" for how, some in lines.items())


def anew_words(alert: Alert) -> tuple[str, str]:
    """Return title and text of a notice that an alert comes to something else now."""
    name = alert_names([alert])[alert.pk][:NAME_SHOWN]
    if alert.is_over:
        title = _("Alert reckoned anew, still above the bound: %(who)s, %(figure)s")
    else:
        title = _("Alert reckoned anew, no longer above the bound: %(who)s, %(figure)s")
    if alert.now_count is None:
        now = _("nothing counts as told any more")
    else:
        now = _("now %(count)s") % {"count": alert.now_count}
    was = _("%(count)s when it was raised") % {"count": alert.count}
    return title % {"who": name, "figure": alert.figure_label}, f"{alert_period(alert)} · {was} · {now}"


def waiting_words(alerts: Sequence[Alert]) -> tuple[str, str]:
    """Return title and text of a notice that nobody has acknowledged alerts."""
    names = alert_names(alerts)
    title = ngettext(
        "%(count)s alert that nobody has acknowledged",
        "%(count)s alerts that nobody has acknowledged",
        len(alerts),
    )
    return title % {"count": len(alerts)}, _by_rule(alerts, names)
