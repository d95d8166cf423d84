"""An installation is founded: what kind it is, and its first administrator."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Installation


@journey
def found_installation(
    *,
    kind: str,
    administrator: tuple[str, str] | None,
    password_stays: bool = False,
    clock_offset_seconds: int = 0,
    actor: Actor,
    at: datetime,
) -> Installation:
    """Write down what this installation is, once, and create its administrator (username, password).

    Unless it `password_stays`, the password has to be changed at the first sign-in.

    Raises:
        Refusal: `installation_kind` when it is of the other kind already, `password_weak` …

    """
    row = Installation.objects.first()
    if row is not None and row.kind != kind:
        raise Refusal(
            "installation_kind",
            _("This data folder holds an installation of another kind. Name another in SONGNUAN_HOME."),
            kind=row.kind,
        )
    if row is None:
        row = organisation.install(kind=kind, clock_offset_seconds=clock_offset_seconds, actor=actor, at=at)
    if administrator is not None:
        username, password = administrator
        organisation.create_user(
            username=username,
            name=username,
            password=password,
            password_stays=password_stays,
            actor=actor,
            at=at,
        )
    return row
