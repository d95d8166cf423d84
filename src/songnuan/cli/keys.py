"""`songnuan keys rotate`: a new key for sealed fields."""

import click
from django.apps import apps
from django.utils.translation import gettext as _

from songnuan.cli.guard import refuse_other_keys
from songnuan.cli.output import Out, command
from songnuan.journeys.note_rotation import note_rotation
from songnuan.kernel import keys as installation
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.sealed import SealedField, reseal
from songnuan.organisation.queries import now
from songnuan.records.actions import reseal_files


@click.group()
def keys() -> None:
    """The keys of this installation."""


@keys.command()
@command
def rotate(*, out: Out) -> None:
    """Make a new sealing key and seal every field and file anew under it; may be run again after a break."""
    refuse_other_keys()
    name = installation.add_seal_key(installation.home())
    fields = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()  # noqa: SLF001 - Django's documented way to a model's fields
        if isinstance(field, SealedField)
    ]
    count = 0
    with out.progress(_("Sealing anew"), len(fields)) as step:
        for model, field in fields:
            count += reseal(model, field)
            step()
    count += reseal_files()
    note_rotation(key=name, resealed=count, actor=SYSTEM, at=now())
    words = _("%(count)s values are now sealed under key %(key)s.") % {"count": count, "key": name}
    out.document({"key": name, "resealed": count}, words)
