"""What journeys share: which entries of a fund are taken back alone, and which with their purchase."""

from django.utils.translation import gettext as _

from songnuan.funds.models import Entry, Kind
from songnuan.goods.models import Purchase, PurchaseRequest, RequestStatus
from songnuan.kernel.refusal import Refusal
from songnuan.payments.models import ListStatus, PaymentList
from songnuan.payments.rules import SUBJECT as LIST
from songnuan.payments.rules import list_number

# Money given and money that goes back stand for themselves; a promise and its payment belong to something.
BOUND = frozenset({Kind.COMMIT.value, Kind.RELEASE.value, Kind.DISBURSE.value})


def entry_known(entry_id: int) -> Entry:
    """Return the entry.

    Raises:
        Refusal: `entry_unknown`.

    """
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        sentence = _("There is no such entry. Choose one from the ledger of its fund.")
        raise Refusal("entry_unknown", sentence, entry=entry_id)
    return entry


def purchase_of(entry: Entry) -> Purchase | None:
    """Return the purchase, not cancelled, that was promised or paid with the entry."""
    commitment_id = entry.commitment_id or entry.pk
    return Purchase.objects.filter(commitment_id=commitment_id, cancelled_at__isnull=True).first()


def request_of(entry: Entry) -> PurchaseRequest | None:
    """Return the approved request whose money the entry set aside."""
    commitment_id = entry.commitment_id or entry.pk
    return PurchaseRequest.objects.filter(commitment_id=commitment_id, status=RequestStatus.APPROVED).first()


def refuse_bound(entry: Entry) -> None:
    """Let pass an entry that no standing purchase rests on, no approved request and no list of payments.

    Raises:
        Refusal: `entry_of_purchase`, `entry_of_request`, `entry_of_list`.

    """
    request = request_of(entry) if entry.kind in BOUND else None
    if request is not None:
        sentence = _(
            "Request %(number)s was approved on this money. Withdraw the request: its money is available"
            " again in the same act."
        )
        facts = {"number": request.number}
        raise Refusal("entry_of_request", sentence % facts, entry=entry.pk, purchase_request=request.pk)
    purchase = purchase_of(entry) if entry.kind in BOUND else None
    if purchase is not None:
        sentence = _(
            "Purchase No. %(number)s rests on this entry. Cancel the purchase: its money is available again"
            " in the same act."
        )
        raise Refusal(
            "entry_of_purchase", sentence % {"number": purchase.number}, entry=entry.pk, purchase=purchase.pk
        )
    refuse_listed(entry)


def refuse_listed(entry: Entry) -> None:
    """Let pass an entry that is not for a list of payments: what moves its money is the list alone.

    Raises:
        Refusal: `entry_of_list`.

    """
    listed = list_of(entry)
    if listed is None:
        return
    sentences = {
        ListStatus.RELEASED.value: _(
            "List %(number)s was released on this money. What the bank gives back is booked where it is paid."
        ),
        ListStatus.CANCELLED.value: _(
            "List %(number)s was cancelled, and its money set free in the same act. If somebody is to be paid"
            " after all, make a new list: it sets money aside anew."
        ),
    }
    sentence = sentences.get(
        listed.status,
        _(
            "List %(number)s was approved on this money. Cancel the list: its money is available again in the"
            " same act."
        ),
    )
    number = list_number(listed.number)
    raise Refusal("entry_of_list", sentence % {"number": number}, entry=entry.pk, list=listed.pk)


def list_of(entry: Entry) -> PaymentList | None:
    """Return the list of payments that the entry is for, a cancelled one too."""
    model, _colon, key = entry.subject.partition(":")
    if model != LIST or not key.isdigit():
        return None
    return PaymentList.objects.filter(pk=int(key)).first()
