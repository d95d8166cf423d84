"""What must always hold of the organisation, read from its tables anew. Checks return findings."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations

from django.db.models import Count, DateField, Exists, F, Model, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.organisation.models import OPEN, Assignment, Post, Unit, UnitKind, UnitLink, UnitRecord
from songnuan.organisation.permissions import INCOMPATIBLE, Role, role_label
from songnuan.organisation.queries import subtree, today, unit_names
from songnuan.organisation.rules import live


def verify(on: date | None = None) -> list[Finding]:
    """Return every fault in the tables; empty when all agrees.

    Args:
        on: The day on which the tree is compared with its links; today when left out.

    Codes: `periods_overlap`, `record_count`, `closed_unit_in_use`, `link_missing`, `link_wrong`,
    `tree_circle`, `posts_incompatible`, `two_leads`.

    """
    day = on or today()
    return [
        *_overlaps(UnitRecord, ("unit",)),
        *_overlaps(UnitLink, ("ancestor", "descendant")),
        *_overlaps(Post, ("user", "unit", "role")),
        *_overlaps(Assignment, ("purpose", "subject")),
        *_records(),
        *_closed(),
        *_tree(day),
        *_posts(),
        *_leads(),
    ]


def unpaired(purpose: str, bureau_id: int, on: date) -> list[Finding]:
    """Return `unit_without_lead` for each front-line unit of the bureau that has none for the purpose.

    Two leads (`two_leads`) are found by `verify` as well, and cannot be written.
    """
    paired = Assignment.objects.filter(live(on), purpose=purpose).values("subject")
    alone = subtree(bureau_id, on, [UnitKind.FRONT_LINE]).exclude(pk__in=paired)
    names = unit_names(alone.values_list("pk", flat=True), on)
    return [
        Finding(
            "unit_without_lead",
            f"organisation.unit:{unit.key}",
            _("“%(name)s” has no lead. Pair it with a department or a subordinate unit.")
            % {"name": names[unit.pk]},
            {"unit": unit.pk},
        )
        for unit in alone
    ]


def _overlaps(model: type[Model], key: tuple[str, ...]) -> Iterator[Finding]:
    """Yield the rows whose period overlaps that of a later row of the same key; empty ones overlap none."""
    label, manager = model._meta.label_lower, model._default_manager  # noqa: SLF001 - Django's documented API
    end = Coalesce("ends_on", date.max, output_field=DateField())
    rows = manager.annotate(end=end).filter(end__gt=F("starts_on"))
    same = {name: OuterRef(name) for name in key}
    later = rows.filter(
        pk__gt=OuterRef("pk"), starts_on__lt=OuterRef("end"), end__gt=OuterRef("starts_on"), **same
    )
    for pk in rows.filter(Exists(later)).values_list("pk", flat=True):
        yield Finding(
            "periods_overlap", f"{label}:{pk}", _("Its period overlaps that of a later row."), {"row": pk}
        )


def _records() -> Iterator[Finding]:
    """Yield the open units that have not exactly one open record."""
    units = Unit.objects.filter(closed_on=None).annotate(
        records_open=Count("records", filter=Q(records__ends_on=None))
    )
    for key, number in units.exclude(records_open=1).values_list("key", "records_open"):
        sentence = _("This open unit has %(count)s open records; it must have one.") % {"count": number}
        yield Finding("record_count", f"organisation.unit:{key}", sentence, {"count": number})


def _closed() -> Iterator[Finding]:
    """Yield the closed units that something open still names."""
    closed = Q(closed_on__isnull=False)
    uses = (
        UnitRecord.objects.filter(OPEN).values("unit"),
        UnitRecord.objects.filter(OPEN, parent__isnull=False).values("parent"),
        UnitLink.objects.filter(OPEN).values("ancestor"),
        UnitLink.objects.filter(OPEN).values("descendant"),
        Post.objects.filter(OPEN).values("unit"),
        Assignment.objects.filter(OPEN).values("holder"),
        Assignment.objects.filter(OPEN).values("subject"),
    )
    used = Q()
    for use in uses:
        used |= Q(pk__in=use)
    for key in Unit.objects.filter(closed & used).values_list("key", flat=True):
        sentence = _("This unit is closed, but a record, a post or a pair of it is still open.")
        yield Finding("closed_unit_in_use", f"organisation.unit:{key}", sentence)


def _tree(on: date) -> Iterator[Finding]:
    """Yield where the links of the day differ from what the records' parents say."""
    parents: dict[int, int | None] = dict(
        UnitRecord.objects.filter(live(on)).values_list("unit_id", "parent_id")
    )
    stored = UnitLink.objects.filter(live(on)).values_list("ancestor_id", "descendant_id", "depth")
    links = {(ancestor, descendant): depth for ancestor, descendant, depth in stored.iterator()}
    for unit in parents:
        path = _path(unit, parents)
        if path is None:
            yield Finding(
                "tree_circle", f"organisation.unit#{unit}", _("Going up from this unit leads back to it.")
            )
            continue
        for depth, ancestor in enumerate(path):
            facts = {"ancestor": ancestor, "descendant": unit, "depth": depth}
            if links.pop((ancestor, unit), None) != depth:
                sentence = _("The link to a unit above is missing, or says another distance.")
                yield Finding("link_missing", f"organisation.unit#{unit}", sentence, facts)
    for (ancestor, descendant), depth in links.items():
        facts = {"ancestor": ancestor, "descendant": descendant, "depth": depth}
        sentence = _("There is a link to a unit that does not stand above.")
        yield Finding("link_wrong", f"organisation.unit#{descendant}", sentence, facts)


def _path(unit: int, parents: dict[int, int | None]) -> list[int] | None:
    """Return the unit and all above it, nearest first; None when that goes round in a circle."""
    path = [unit]
    while (parent := parents.get(path[-1])) is not None:
        if parent in path:
            return None
        path.append(parent)
    return path


def _posts() -> Iterator[Finding]:
    """Yield the people who hold posts that exclude each other."""
    several = Post.objects.filter(OPEN).values("user").annotate(number=Count("pk")).filter(number__gt=1)
    roles: dict[int, set[Role]] = {}
    for user, role in Post.objects.filter(OPEN, user__in=several.values("user")).values_list(
        "user_id", "role"
    ):
        roles.setdefault(user, set()).add(Role(role))
    for user, held in roles.items():
        for one, other in _excluded(held):
            sentence = _("Holds %(one)s and %(other)s, which exclude each other.")
            labels = {"one": role_label(one), "other": role_label(other)}
            facts = {"one": one.value, "other": other.value}
            yield Finding("posts_incompatible", f"organisation.user:{user}", sentence % labels, facts)


def _excluded(held: Iterable[Role]) -> Iterator[tuple[Role, Role]]:
    for one, other in combinations(sorted(held), 2):
        if frozenset({one, other}) in INCOMPATIBLE:
            yield one, other


def _leads() -> Iterator[Finding]:
    """Yield the units that have more than one lead for a purpose."""
    pairs = Assignment.objects.filter(OPEN).values("purpose", "subject__key").annotate(number=Count("pk"))
    for row in pairs.filter(number__gt=1):
        sentence = _("This unit has %(count)s leads for “%(purpose)s”; it must have one.")
        facts = {"purpose": row["purpose"], "count": row["number"]}
        yield Finding("two_leads", f"organisation.unit:{row['subject__key']}", sentence % facts, facts)
