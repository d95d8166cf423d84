"""Forms of what is paid: releasing a list, paying again, the bank's answer, what was booked, cash."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.funds.rules import VOUCHER_LENGTH
from songnuan.journeys.book_results import Vouchers
from songnuan.journeys.record_instruction import Scan
from songnuan.payments.layout_queries import layouts
from songnuan.payments.release_models import REASON_LONGEST, WHY_LONGEST
from songnuan.people.columns import LIMITS
from songnuan.records.rules import TABLE_MOST
from songnuan.web.fields import CharField, ChoiceField, Day, FileField, Ticked
from songnuan.web.forms import Form
from songnuan.web.visit_fields import Signature

_ENDINGS = ("xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "txt")
_OFF = {"autocomplete": "off"}
_AGAIN = "a payment that is made again is told to the bank in a file of its own"


def _chosen_layouts(field: forms.Field, units: Collection[int]) -> None:
    assert isinstance(field, ChoiceField)  # noqa: S101 - as it is declared
    field.choices = [("", _("Choose a layout")), *((one.slug, one.title) for one in layouts(units))]


class ReleaseForm(Form):
    """How a list is released; the layout is asked for where the bank pays somebody."""

    asks = "payment_release"

    layout = ChoiceField(
        fact="payments.paymentbatch.layout",
        label=gettext_lazy("Layout of the bank's file"),
        help_text=gettext_lazy("Who has an account is paid by the bank, the others in cash."),
    )

    def __init__(self, *args: Any, is_asked: bool, units: Collection[int], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if is_asked:
            _chosen_layouts(self.fields["layout"], units)
        else:
            del self.fields["layout"]


class LinesForm(Form):
    """Which lines of a list it is about."""

    lines = Ticked(fact="act:lines", label=gettext_lazy("Lines"), required=False)


class PayAgainForm(LinesForm):
    """Which lines are paid again, and how."""

    asks = "payment_again"

    layout = ChoiceField(
        fact="payments.paymentbatch.layout",
        again=_AGAIN,
        label=gettext_lazy("Layout of the bank's file"),
        required=False,
    )

    def __init__(self, *args: Any, units: Collection[int], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        _chosen_layouts(self.fields["layout"], units)


class EndLinesForm(LinesForm):
    """Which lines are not paid after all, and why."""

    asks = "payment_end"

    why = CharField(
        fact="payments.lineend.why",
        label=pgettext_lazy("payment", "Why they are not paid"),
        max_length=WHY_LONGEST,
        widget=forms.TextInput(attrs=_OFF),
    )


class RecallForm(Form):
    """Why the bank is asked to give a batch back."""

    asks = "payment_recall"

    why = CharField(
        fact="payments.recall.why",
        label=pgettext_lazy("payment", "Why it is asked back"),
        max_length=WHY_LONGEST,
        widget=forms.TextInput(attrs=_OFF),
    )


class BankAnswerForm(Form):
    """The bank's answer, cleaned to its name and content."""

    asks = "payment_answer"

    file = FileField(
        fact="payments.paymentresult.file",
        label=gettext_lazy("File of the bank"),
        help_text=gettext_lazy("As the bank gives it: Excel, CSV or text. Nothing is booked yet."),
        validators=[FileExtensionValidator(_ENDINGS)],
    )

    def clean_file(self) -> tuple[str, bytes]:
        """Return name and content.

        Raises:
            ValidationError: When it is too large.

        """
        file = self.cleaned_data["file"]
        if file.size > TABLE_MOST:
            sentence = _("The file is larger than %(limit)s MB. Ask the bank for its answer in parts.")
            raise ValidationError(sentence % {"limit": TABLE_MOST // 1_000_000}, code="file_size")
        return file.name, file.read()


class BookingForm(Form):
    """Under which papers a result is booked. `pays` and `returns` say which of them are asked for."""

    asks = "payment_booking"
    names_voucher = True

    voucher = CharField(
        fact="funds.entry.voucher",
        again="each payment has a voucher of its own",
        label=gettext_lazy("Voucher of what was paid"),
        max_length=VOUCHER_LENGTH,
        required=False,
        widget=forms.TextInput(attrs=_OFF),
    )
    voucher_back = CharField(
        fact="funds.entry.voucher",
        again="what came back has a voucher of its own",
        label=gettext_lazy("Voucher of what came back"),
        max_length=VOUCHER_LENGTH,
        required=False,
        widget=forms.TextInput(attrs=_OFF),
    )
    happened_on = Day(fact="payments.paymentresult.happened_on", label=gettext_lazy("Day of the payment"))

    def __init__(self, *args: Any, pays: bool = True, returns: bool = False, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        for name, is_asked in (("voucher", pays), ("voucher_back", returns)):
            if is_asked:
                self.fields[name].required = self.names_voucher
            else:
                del self.fields[name]

    def vouchers(self) -> Vouchers:
        """Return what was told."""
        told = self.cleaned_data
        return Vouchers(told.get("voucher", ""), told.get("voucher_back", ""), told["happened_on"])


class HandForm(BookingForm):
    """What became of payments, one by one: `state-<place>` and `reason-<place>` for each in `places`."""

    asks = "payment_by_hand"
    names_voucher = False  # where all failed there is none

    def __init__(self, places: list[int], *args: Any, is_cash: bool, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, pays=not is_cash, returns=not is_cash, **kwargs)
        self.places = places
        outcomes = [("", "—"), ("failed", _("not paid"))]
        if not is_cash:
            outcomes.insert(1, ("paid", _("paid")))
        for place in places:
            self.fields[f"state-{place}"] = ChoiceField(
                fact="act:outcome",
                label=_("Line %(number)s: what became of it") % {"number": place},
                choices=outcomes,
                required=False,
            )
            self.fields[f"reason-{place}"] = CharField(
                fact="payments.paymentinstruction.reason",
                label=_("Line %(number)s: why not") % {"number": place},
                max_length=REASON_LONGEST,
                required=False,
                widget=forms.TextInput(attrs=_OFF),
            )

    def line_of(self, name: str) -> str:
        """Return the payment that an input is about."""
        return name if name.startswith(("state-", "reason-")) else ""

    def rows(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """Return for each place its two inputs."""
        return [(place, self[f"state-{place}"], self[f"reason-{place}"]) for place in self.places]

    def told(self) -> dict[int, tuple[bool, str]]:
        """Return what was said, by place; nothing of those left open."""
        told = self.cleaned_data
        return {
            place: (told[f"state-{place}"] == "paid", told[f"reason-{place}"])
            for place in self.places
            if told.get(f"state-{place}")
        }

    def clean(self) -> None:
        """Ask for a reason where something was not paid."""
        told = self.cleaned_data
        for place in self.places:
            if told.get(f"state-{place}") == "failed" and not told.get(f"reason-{place}"):
                sentence = _("Say why it was not paid: whoever pays it again goes by that.")
                self.add_error(f"reason-{place}", ValidationError(sentence, code="reason_missing"))


class CashForm(Form):
    """Who signed for cash: with a finger here, or on the sheet whose picture is sent."""

    asks = "payment_cash"

    signed_by = CharField(
        fact="payments.cashreceipt.signed_by",
        label=gettext_lazy("Who signs"),
        max_length=LIMITS["name"],
        widget=forms.TextInput(attrs=_OFF),
    )
    relation = CharField(
        fact="payments.cashreceipt.relation",
        label=gettext_lazy("What they are to the payee"),
        help_text=gettext_lazy("Only where somebody else fetches it: husband, daughter, colleague …"),
        max_length=LIMITS["relation"],
        required=False,
        widget=forms.TextInput(attrs=_OFF),
    )
    signed_on = Day(fact="payments.cashreceipt.signed_on", label=gettext_lazy("Signed on"))
    signature = Signature(
        fact="payments.cashreceipt.signature", label=gettext_lazy("Signature"), required=False
    )
    scan = FileField(
        fact="payments.cashreceipt.signature",
        again="who signed on paper has no signature on the screen",
        label=gettext_lazy("Picture of the signed sheet"),
        help_text=gettext_lazy("In place of the signature above: PNG, JPEG, WebP or PDF."),
        required=False,
    )

    def clean(self) -> None:
        """Ask for one of the two."""
        told = self.cleaned_data
        if (
            "signature" in told
            and not told["signature"]
            and not told.get("scan")
            and "scan" not in self.errors
        ):
            sentence = _("Have it signed here, or choose the picture of the signed sheet.")
            self.add_error("signature", ValidationError(sentence, code="signature_missing"))

    def picture(self) -> Scan:
        """Return what proves it."""
        told = self.cleaned_data
        if told["signature"]:
            return Scan(told["signature"], "signature.png", "image/png")
        scan = told["scan"]
        return Scan(scan.read(), scan.name, scan.content_type or "")

    def signed(self) -> tuple[str, str, date]:
        """Return who signed, what they are to the payee, and the day."""
        told = self.cleaned_data
        return told["signed_by"], told["relation"], told["signed_on"]
