"""Whether a fund may be drawn upon: asked under its lock, so that no hold placed meanwhile is passed."""

from django.utils.translation import gettext as _

from songnuan.approvals.hold_queries import require_free
from songnuan.funds.models import Fund, Kind
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal

FUND = "funds.fund"

# Whose reversal takes appropriated money away, promises it again or pays it again: a hold stops it, as it
# stops the act itself. What the reversals of the others bring back is booked all the same.
TAKING = frozenset({Kind.APPROPRIATE.value, Kind.RELEASE.value, Kind.REFUND.value})


def subject_of(fund_id: int) -> str:
    """Return what names a fund in a hold."""
    return f"{FUND}:{fund_id}"


def lock(fund_id: int) -> None:
    """Lock a fund until commit: as every act on it does, and as placing a hold on it does.

    Rows that point at it may be written meanwhile: their check would wait for a stronger lock.
    """
    Fund.objects.select_for_update(no_key=True).get(pk=fund_id)


def require_fund_free(fund_id: int) -> None:
    """Let pass an act that promises or takes money of a fund, or ends it; the fund is locked from now on.

    A reversal after which money is promised or paid again, or was never given, is such an act. Money that
    comes in or comes back is booked all the same: it leaves nothing to be looked into, and the ledger has to
    agree with the bank.

    Raises:
        Refusal: `held`.

    """
    lock(fund_id)
    require_free([subject_of(fund_id)])


def refuse_closed(fund: Fund) -> None:
    """Let pass a fund that is open.

    Raises:
        Refusal: `fund_closed` with the day on which it was closed.

    """
    if fund.closed_at is not None:
        day = written(fund.closed_at.astimezone(CHINA).date(), "full")
        sentence = _(
            "The fund “%(fund)s” was closed on %(day)s. Nothing is booked in it any more; if something has"
            " to be, have it reopened with the reason."
        )
        raise Refusal("fund_closed", sentence % {"fund": fund.title, "day": day}, fund=fund.pk)
