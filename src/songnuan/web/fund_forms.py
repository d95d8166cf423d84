"""The forms of a fund: money that comes in or goes back, entries taken back, closings."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.goods.lots import OpenLine
from songnuan.kernel.money import yuan
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Day, IntegerField, Money
from songnuan.web.forms import Form

_VOUCHER = gettext_lazy("Its number as in the books, such as 记-01.")


class Appropriation(Form):
    """Money that came in under the fund's document."""

    asks = "appropriation"

    amount = Money(fact="funds.entry.amount_minor", label=gettext_lazy("Amount (yuan)"))
    voucher = CharField(fact="funds.entry.voucher", label=gettext_lazy("Voucher"), help_text=_VOUCHER)
    happened_on = Day(fact="funds.entry.happened_on", label=gettext_lazy("Day"))


class GoingBack(Appropriation):
    """Money that goes back to where the fund came from, or that a supplier gave back."""

    asks = "fund_going_back"

    reason = CharField(
        fact="funds.entry.reason",
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the ledger."),
    )


class Refund(GoingBack):
    """What a supplier gave back, and what does not come any more for it: `lines` are what is to come."""

    asks = "fund_refund"

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as Django's
        lines: Sequence[OpenLine] = (),
        **kwargs: Any,  # noqa: ANN401 - as above
    ) -> None:
        """Ask for packs beside each line."""
        super().__init__(*args, **kwargs)
        for line in lines:
            self.fields[f"packs-{line.line_id}"] = IntegerField(
                fact=f"goods.shortclosing.quantity:{line.line_id}",
                label=line.item,
                help_text=_("%(left)s %(packing)s are to come")
                % {"left": line.left, "packing": line.packing},
                min_value=0,
                required=False,
            )
        self._lines = [line.line_id for line in lines]

    @property
    def gone(self) -> list[BoundField]:
        """The inputs for what does not come any more."""
        return [self[f"packs-{line_id}"] for line_id in self._lines]

    def facts(self) -> dict[str, Any]:
        """Return what the act takes; the form was valid."""
        told = {name: value for name, value in self.cleaned_data.items() if not name.startswith("packs-")}
        packs = {line_id: self.cleaned_data.get(f"packs-{line_id}") or 0 for line_id in self._lines}
        return {**told, "packs": packs}


class Why(Form):
    """The reason of an act that needs nothing else."""

    asks = "fund_reversal"

    reason = CharField(
        fact="funds.entry.reason:reversal",
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the ledger."),
    )


class Closing(Why):
    """The proposal to close a fund; voucher and loss are asked for only where there are any."""

    asks = "fund_closing"

    reason = CharField(
        fact="funds.closing.reason",
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the ledger."),
    )
    voucher = CharField(
        fact="funds.closing.voucher",
        label=gettext_lazy("Voucher of the return"),
        help_text=gettext_lazy("Its number as in the books, such as 记-01."),
    )

    takes_loss = BooleanField(fact="act:take_loss", label="", required=False)

    field_order = ("takes_loss", "voucher", "reason")

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as Django's
        left_minor: int,
        lost_minor: int = 0,
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        if not left_minor:
            del self.fields["voucher"]
        if lost_minor:
            label = _("It never comes, nor does its money: %(sum)s yuan are lost")
            box = self.fields["takes_loss"]
            box.label, box.required = label % {"sum": yuan(lost_minor)}, True
            box.error_messages["required"] = _(
                "Only with this loss can the fund be closed. Tick it, or have what is to come received or"
                " refunded first."
            )
        else:
            del self.fields["takes_loss"]


class Decision(Form):
    """What an approver says about a proposal; the remark is needed to decline it."""

    asks = "fund_closing_decision"

    remark = CharField(fact="funds.closing.remark", label=gettext_lazy("Why it is declined"))


class LedgerFilter(Form):
    """Which entries of a ledger are shown."""

    asks = "ledger_filter"

    clause = ChoiceField(fact="act:filter", label=gettext_lazy("Clause"), required=False)
    kind = ChoiceField(fact="act:filter", label=gettext_lazy("Entry"), required=False)
    month = ChoiceField(fact="act:filter", label=gettext_lazy("Month"), required=False)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as Django's
        choices: dict[str, Sequence[tuple[str, str]]],
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = [("", gettext_lazy("all")), *rows]
