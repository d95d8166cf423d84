"""`songnuan pickups …`: kits that people pick up, from the opening to the papers."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import click
from django.conf import settings
from django.utils.translation import gettext as _

from songnuan.cli.output import Out, command
from songnuan.cli.papers import paper_options, write
from songnuan.goods.models import Batch, Desk, Distribution, Portion
from songnuan.goods.pickup_queries import covered
from songnuan.journeys.align_distribution import align_distribution
from songnuan.journeys.find import plan_named
from songnuan.journeys.make_pickup_papers import KINDS, PickupPaperOrder, make_pickup_papers
from songnuan.journeys.open_pickups import open_pickups
from songnuan.journeys.pass_missed_on import pass_missed_on
from songnuan.journeys.pickup_needs import roster_called
from songnuan.journeys.pickup_settings import PICKUPS
from songnuan.journeys.print_pickup_codes import print_pickup_codes
from songnuan.journeys.take_pickup_list import take_missed_list
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import now, today, unit_by_name
from songnuan.plans.models import Measure

_PLAN = click.argument("slug", metavar="PLAN")
_MEASURE = click.option(
    "--measure",
    "key",
    default="",
    help="Which handing out, by its measure's key, where the plan has several.",
)
_UNIT = click.option("--unit", help="People of this unit only, by its name.")
_BATCH = click.option("--batch", type=int, help="This batch only, by its number.")


@click.group()
def pickups() -> None:
    """Kits that people pick up: open, align, missed, codes, papers."""


@pickups.command("open")
@_PLAN
@_MEASURE
@click.option("--roster", default="", help="The roster's key, where the plan names none.")
@command
def open_(*, out: Out, slug: str, key: str, roster: str) -> None:
    """Open the handing out as PLAN says it, with a portion for everybody on the roster."""
    measure = _measure(slug, key)
    row = open_pickups(
        measure_id=measure.pk, roster_id=_roster(roster) if roster else None, actor=SYSTEM, at=now()
    )
    portions = Portion.objects.filter(recipient__distribution=row).count()
    batches = list(row.batches.order_by("position").values("position", "on", "place"))
    document = {
        **_head(row, measure.plan.slug),
        "roster": row.roster.key,
        "mode": row.mode,
        "batches": batches,
        "portions": portions,
    }
    if not row.mode:
        out.note(
            _("It is open what the batches are. Portions are made once the plan's question is answered.")
        )
    words = _("%(kit)s is handed out: %(portions)s portions in %(batches)s batches.")
    told = {"kit": row.kit.name, "portions": portions, "batches": len(batches)}
    out.document(document, words % told)


@pickups.command()
@_PLAN
@_MEASURE
@command
def align(*, out: Out, slug: str, key: str) -> None:
    """Bring the portions in line with the roster as it stands."""
    row = _distribution(slug, key)
    changes = align_distribution(distribution_id=row.pk, actor=SYSTEM, at=now())
    told = {
        "made": len(changes.made),
        "left": len(changes.left),
        "back": len(changes.back),
        "moved": len(changes.moved),
    }
    words = _("Taken over: %(made)s joined, %(left)s left, %(back)s came back.")
    out.document({**_head(row, row.measure.plan.slug), **told}, words % told)


@pickups.command()
@_PLAN
@_MEASURE
@click.option("--to", "path", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--pass-on", is_flag=True, help="First pass on what was missed on days that are over.")
@command
def missed(*, out: Out, slug: str, key: str, path: Path, pass_on: bool) -> None:
    """Write who picked nothing up by the last batch into a workbook; that it was taken is noted."""
    row = _distribution(slug, key)
    if not path.parent.is_dir():
        sentence = _("There is no folder “%(folder)s”. Make it, or choose another.")
        raise Refusal("folder_missing", sentence % {"folder": path.parent}, field="to")
    at, document = now(), _head(row, row.measure.plan.slug)
    if pass_on:
        onward, office = pass_missed_on(distribution_id=row.pk, actor=SYSTEM, at=at)
        document |= {"passed_on": onward, "to_office": office}
        words = _("%(onward)s portions go on to a later batch, %(office)s are the office's now.")
        out.note(words % {"onward": onward, "office": office})
    made = BytesIO()
    take_missed_list(distribution_id=row.pk, to=made, actor=SYSTEM, at=at)
    path.write_bytes(made.getvalue())
    told = {"portions": covered(row.pk).referred, "file": str(path)}
    words = _("%(portions)s portions that nobody picked up were written to %(file)s.")
    out.document({**document, **told}, words % told)


@pickups.command()
@_PLAN
@_MEASURE
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path))
@_UNIT
@_BATCH
@command
def codes(*, out: Out, slug: str, key: str, folder: Path, unit: str | None, batch: int | None) -> None:
    """Write the codes of those who still get a kit as a PDF to cut apart; that they were taken is noted."""
    row = _distribution(slug, key)
    if batch is not None:
        _batch(row, batch)
    made = print_pickup_codes(
        distribution_id=row.pk,
        unit_id=_unit(unit) if unit else None,
        batch=batch,
        actor=SYSTEM,
        at=now(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / made.name
    path.write_bytes(made.content)
    told = {"cards": made.cards, "file": str(path)}
    words = _("%(cards)s cards were written to %(file)s.")
    out.document({**_head(row, row.measure.plan.slug), **told}, words % told)


@pickups.command()
@_PLAN
@_MEASURE
@paper_options(KINDS)
@_UNIT
@_BATCH
@click.option("--desk", help="This desk only, by its name.")
@click.option("--volume", type=int, help="Which volume of a long paper.")
@click.option("--pickup", type=int, help="The record of one receipt: 12 for 领-000012.")
@click.option("--full", is_flag=True, help="Names in full; that they were shown is noted.")
@command
def papers(
    *,
    out: Out,
    slug: str,
    key: str,
    kind: str,
    folder: Path,
    forms: Sequence[str],
    unit: str | None,
    batch: int | None,
    desk: str | None,
    volume: int | None,
    pickup: int | None,
    full: bool,
) -> None:
    """Write a paper of the handing out into a folder, and say which fonts are missing."""
    row, at = _distribution(slug, key), now()
    narrowed = {
        "batch_id": None if batch is None else _batch(row, batch),
        "desk_id": _desk(row, desk) if desk else None,
        "unit_id": _unit(unit) if unit else None,
        "volume": volume,
        "pickup_id": pickup,
    }
    made = [
        make_pickup_papers(
            order=PickupPaperOrder(kind, row.pk, form, is_full=full, **narrowed), actor=SYSTEM, at=at
        )
        for form in dict.fromkeys(forms)
    ]
    written, words = write(made, folder)
    out.document({**_head(row, row.measure.plan.slug), "kind": kind, **written}, "\n".join(words))


def _head(row: Distribution, slug: str) -> dict[str, object]:
    """Return what every answer begins with."""
    return {
        "distribution": row.pk,
        "plan": slug,
        "kit": row.kit.name,
        "url": f"{settings.SITE_URL}/pickups/{row.pk}/",
    }


def _measure(slug: str, key: str) -> Measure:
    """Return the part of a plan that hands kits out, by its key where there are several."""
    rows = Measure.objects.filter(plan=plan_named(slug), kind=PICKUPS).select_related("plan")
    found = list((rows.filter(key=key) if key else rows).order_by("position"))
    if len(found) == 1:
        return found[0]
    if found:
        sentence = _("Several parts of this plan hand kits out. Name one with --measure: %(keys)s.")
    else:
        sentence = _("This plan has no such part that hands kits out. What it has: %(keys)s.")
    keys = "、".join(rows.order_by("position").values_list("key", flat=True)) or "—"
    raise Refusal("measure_unknown", sentence % {"keys": keys}, field="measure")


def _distribution(slug: str, key: str) -> Distribution:
    """Return what is handed out under a part of a plan."""
    rows = Distribution.objects.select_related("measure__plan", "kit")
    found = rows.filter(measure=_measure(slug, key)).first()
    if found is None:
        sentence = _("Nothing is handed out there yet. Run “songnuan pickups open” first.")
        raise Refusal("pickups_unopened", sentence)
    return found


def _roster(key: str) -> int:
    found = roster_called(key)
    if found is None:
        sentence = _("No roster of people that is kept here has the key “%(key)s”.")
        raise Refusal("roster_unknown", sentence % {"key": key}, field="roster")
    return found.pk


def _batch(row: Distribution, number: int) -> int:
    found = Batch.objects.filter(distribution=row, position=number).values_list("pk", flat=True).first()
    if found is None:
        sentence = _("There is no batch %(number)s. They are counted from 1 in the order of their days.")
        raise Refusal("batch_unknown", sentence % {"number": number}, field="batch")
    return found


def _desk(row: Distribution, name: str) -> int:
    found = Desk.objects.filter(distribution=row, name=name).values_list("pk", flat=True).first()
    if found is None:
        names = "、".join(row.desks.order_by("pk").values_list("name", flat=True)) or "—"
        sentence = _("No desk is called “%(name)s”. There are: %(names)s.")
        raise Refusal("desk_unknown", sentence % {"name": name, "names": names}, field="desk")
    return found


def _unit(name: str) -> int:
    found = unit_by_name(name, today())
    if found is None:
        sentence = _("No unit is called “%(name)s” today, or more than one is. Give its whole name.")
        raise Refusal("unit_unknown", sentence % {"name": name}, field="unit")
    return found.pk
