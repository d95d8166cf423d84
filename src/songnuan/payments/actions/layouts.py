"""The only writer of own layouts of bank files."""

from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.payments.layout_models import NOTE_LONGEST, BankLayout
from songnuan.payments.layout_queries import is_shipped, versions_of
from songnuan.payments.layouts import reading


@transaction.atomic(savepoint=False)
def write_layout(
    *, unit_id: int, base: int, source: str, note: str, actor: Actor, at: datetime
) -> BankLayout:
    """Keep a layout as the next version of its short name; batches keep the version they were made with.

    Args:
        unit_id: Whose it is; of a layout that stands already, the same.
        base: The version that the writer saw; 0 for a new layout.
        source: Its YAML.
        note: What changed; may be empty.
        actor: Needs PURCHASE_RECORD over the unit.
        at: When.

    Raises:
        LayoutRefused: As `layouts.reading.read`.
        Refusal: `not_permitted`, `layout_taken` for the short name of a shipped layout or of another,
            `layout_unknown`, `layout_stale` when somebody else has written a version since, `layout_same`,
            `text_too_long`.

    """
    require(actor, Permission.PURCHASE_RECORD, unit_id=unit_id, at=at)
    layout = reading.read(source)
    note = _note(note)
    latest = versions_of(layout.slug).first()
    if base and latest is not None:
        require(actor, Permission.PURCHASE_RECORD, unit_id=latest.unit_id, at=at)
    _check_base(layout.slug, base, latest)
    body = layout.model_dump_json()
    if latest is not None and latest.body == body:
        raise Refusal("layout_same", _("The layout stands like this already; nothing was changed."))
    made = BankLayout(
        slug=layout.slug,
        number=base + 1,
        unit_id=latest.unit_id if latest else unit_id,
        title=layout.title,
        body=body,
        note=note,
        written_by_id=actor.user_id,
        written_at=at,
    )
    _keep(made, actor, at)
    return made


def _check_base(slug: str, base: int, latest: BankLayout | None) -> None:
    """Let pass a new layout under a short name of its own, and one written on the newest version.

    Raises:
        Refusal: `layout_taken`, `layout_unknown`, `layout_stale`.

    """
    if is_shipped(slug) or (not base and latest is not None):
        raise _taken(slug)
    if base and latest is None:
        sentence = _("There is no layout “%(slug)s”. Its short name never changes: write it as it was.")
        raise Refusal("layout_unknown", sentence % {"slug": slug}, field="slug")
    if latest is not None and latest.number != base:
        raise _stale(slug)


def _keep(made: BankLayout, actor: Actor, at: datetime) -> None:
    """Write the version, and the trail of it."""
    try:
        with transaction.atomic():  # the database alone knows whether somebody wrote one at this moment
            made.save(force_insert=True)
    except IntegrityError:
        raise (_stale(made.slug) if made.number > 1 else _taken(made.slug)) from None
    facts = {"number": made.number, "unit": made.unit_id, "digest": sha256(made.body.encode()).hexdigest()}
    record(
        stream=f"bank-layout:{made.slug}",
        action="payments.write_layout",
        subject=f"payments.layout:{made.slug}",
        actor=actor,
        at=at,
        facts=facts,
    )


def _note(text: str) -> str:
    note = " ".join(text.replace("\x00", "").split())
    if len(note) > NOTE_LONGEST:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        facts = {"length": len(note), "limit": NOTE_LONGEST}
        raise Refusal("text_too_long", sentence % facts, field="remark", **facts)
    return note


def _taken(slug: str) -> Refusal:
    sentence = _("Another layout has the short name “%(slug)s” already. Choose another.")
    return Refusal("layout_taken", sentence % {"slug": slug}, field="slug")


def _stale(slug: str) -> Refusal:
    sentence = _(
        "Somebody else has written a version of this layout since. Look at it, and write yours anew."
    )
    return Refusal("layout_stale", sentence, layout=slug)
