"""Whether a fund may be drawn upon: asked under its lock, so that no hold placed meanwhile is passed."""

from songnuan.approvals.hold_queries import require_free
from songnuan.funds.models import Fund

FUND = "funds.fund"


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
