"""What can be put up for approval, and what an act must say."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission

REMARK_SHORTEST = 2
REMARK_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: what its maker must hold over its unit, and what its approver must."""

    request: Permission
    approve: Permission


KINDS: Mapping[str, Kind] = {
    "plan.issue": Kind(request=Permission.PLAN_WRITE, approve=Permission.PLAN_APPROVE),
    "plan.amend": Kind(request=Permission.PLAN_WRITE, approve=Permission.PLAN_APPROVE),
}


def remark_of(text: str, *, required: bool) -> str:
    """Return the remark without spaces around it.

    Raises:
        Refusal: `remark_missing` when one is required and there is none to speak of,
            `remark_too_long` beyond `REMARK_LONGEST` characters.

    """
    remark = text.replace("\x00", "").strip()  # PostgreSQL keeps no NUL in a text
    if required and len(remark) < REMARK_SHORTEST:
        raise Refusal(
            "remark_missing",
            _("Say what has to be changed, so that it can be put right and handed in again."),
            field="remark",
        )
    if len(remark) > REMARK_LONGEST:
        raise Refusal(
            "remark_too_long",
            _("The remark has %(length)s characters. Keep it within %(most)s.")
            % {"length": len(remark), "most": REMARK_LONGEST},
            field="remark",
            length=len(remark),
        )
    return remark
