"""What must always hold of plans. Each check returns what it finds."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.plans.models import Clause, Measure, MeasureStatus, Plan, PlanVersion
from songnuan.plans.rules import digest


def verify() -> list[Finding]:
    """Return what is wrong with the plans; empty when all agrees.

    Codes: `version_missing` (a plan stands on a version that is not there), `version_changed` (a
    source differs from its digest), `measure_without_clause`.
    """
    return [*_versions_missing(), *_versions_changed(), *_measures_without_clause()]


def _versions_missing() -> Iterator[Finding]:
    current = PlanVersion.objects.filter(plan=OuterRef("pk"), number=OuterRef("version"))
    for plan in Plan.objects.filter(~Exists(current)).order_by("pk"):
        sentence = _("The plan stands on version %(version)s, which is not there.") % {
            "version": plan.version
        }
        yield Finding("version_missing", f"plans.plan:{plan.slug}", sentence, {"version": plan.version})


def _versions_changed() -> Iterator[Finding]:
    for version in PlanVersion.objects.select_related("plan").order_by("pk").iterator(chunk_size=50):
        if digest(version.source) != version.digest:
            where = f"plans.plan:{version.plan.slug}@{version.number}"
            yield Finding(
                "version_changed", where, _("The text of this version was changed after it was loaded.")
            )


def _measures_without_clause() -> Iterator[Finding]:
    clause = Clause.objects.filter(
        version__plan=OuterRef("plan"), version__number=OuterRef("plan__version"), key=OuterRef("clause_key")
    )
    # What an amendment took out of the text was closed first.
    lost = Measure.objects.filter(~Exists(clause)).exclude(status=MeasureStatus.CLOSED)
    for measure in lost.annotate(slug=F("plan__slug")).order_by("pk"):
        sentence = _("The measure belongs to the clause “%(clause)s”, which the plan does not have.")
        facts = {"clause": measure.clause_key}
        yield Finding(
            "measure_without_clause", f"plans.measure:{measure.slug}/{measure.key}", sentence % facts, facts
        )
