"""The forms of what was settled already: one sum, a file of many, and what was recorded wrongly."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from songnuan.benefits.settled import SOURCE_MOST, WHY_MOST, Settled
from songnuan.benefits.settled_file import Asked, Named, ToldRow, fault_of
from songnuan.benefits.settled_matching import match
from songnuan.journeys.settled_upload import FILE_MAX
from songnuan.kernel import cells
from songnuan.kernel.actor import Actor
from songnuan.kernel.faults import Fault, sentence
from songnuan.kernel.identity import identity
from songnuan.organisation.queries import day_of
from songnuan.web.fields import BooleanField, CharField, Day, FileField, Money
from songnuan.web.forms import Form

_ENDINGS = ("xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "txt")
_QUIET = {"autocomplete": "off"}


class SettlementForm(Form):
    """A sum that somebody had already, or days of a service that were paid. `row` is it, once it is valid."""

    asks = "settlement"

    payee_name = CharField(
        fact="benefits.settlement.payee:name",
        label=gettext_lazy("Who had it"),
        help_text=gettext_lazy("The name; alone it is enough where nobody else has it."),
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    payee_number = CharField(
        fact="benefits.settlement.payee:number",
        label=gettext_lazy("Identity number of who had it"),
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    relative_name = CharField(
        fact="benefits.settlement.qualifier:name",
        label=gettext_lazy("For whose service"),
        help_text=gettext_lazy("The relative who served. A sum may leave it open, days may not."),
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    relative_number = CharField(
        fact="benefits.settlement.qualifier:number",
        label=gettext_lazy("Identity number of who served"),
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    amount = Money(
        fact="benefits.settlement.amount_minor",
        label=gettext_lazy("Sum (yuan)"),
        help_text=gettext_lazy("Left empty where only days are known."),
        required=False,
    )
    paid_on = Day(fact="benefits.settlement.paid_on", label=gettext_lazy("Paid on"))
    starts_on = Day(
        fact="benefits.settlement.starts_on",
        label=gettext_lazy("First day that was paid"),
        help_text=gettext_lazy(
            "Days of the service that are not paid again; a sum with them is not deducted."
        ),
        required=False,
    )
    ends_on = Day(
        fact="benefits.settlement.ends_on", label=gettext_lazy("Last day that was paid"), required=False
    )
    source = CharField(
        fact="benefits.settlement.source",
        label=gettext_lazy("Who paid it"),
        help_text=gettext_lazy("The unit, union or plan."),
        max_length=SOURCE_MOST,
    )

    def __init__(self, *args: Any, is_own: bool, actor: Actor, at: datetime, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.is_own, self.actor, self.at = is_own, actor, at
        self.row: Settled | None = None
        if is_own:
            del self.fields["relative_name"], self.fields["relative_number"]

    def clean(self) -> dict[str, Any]:
        """Find whom it names, and say beside each field what is wrong."""
        super().clean()
        persons = {who: self._named(who) for who in ("payee", "relative")}
        if self.errors:
            return self.cleaned_data
        told = self.cleaned_data
        row = ToldRow(
            row=0,
            payee=persons["payee"],
            relative=persons["relative"],
            starts_on=told["starts_on"],
            ends_on=told["ends_on"],
            amount_minor=told["amount"] or 0,
            paid_on=told["paid_on"],
            source=told["source"],
        )
        wrong = fault_of(row, Asked(day_of(self.at), is_own=self.is_own))
        found = None if wrong else match([row], self.actor, self.at, is_own=self.is_own)
        for fault in [wrong] if wrong else found.faults if found else []:
            self.add_error(fault.field, ValidationError(fault.sentence, code=fault.code))
        if found and found.rows:
            self.row = found.rows[0]
        return self.cleaned_data

    def _named(self, who: str) -> Named:
        """Return whom two fields name."""
        told = {}
        for part, read in (("name", cells.name), ("number", lambda text: identity(text).number)):
            text = self.cleaned_data.get(f"{who}_{part}", "")
            try:
                told[part] = read(text) if text else ""
            except Fault as fault:
                self.add_error(
                    f"{who}_{part}", ValidationError(sentence(fault.code, fault.facts), code=fault.code)
                )
        return Named(told.get("name", ""), told.get("number", ""))


class SettlementFileForm(Form):
    """A file of what was settled already, and who paid where its rows do not say."""

    asks = "settlement_file"

    file = FileField(
        fact="benefits.settlement.payee:file",
        label=gettext_lazy("The file"),
        help_text=gettext_lazy(
            "A workbook or a text with a sum a row, its headings as in the empty workbook."
        ),
        validators=[FileExtensionValidator(_ENDINGS)],
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in _ENDINGS)}),
    )
    source = CharField(
        fact="benefits.settlement.source",
        again="said once for all rows of a file that do not say it",
        label=gettext_lazy("Who paid it"),
        help_text=gettext_lazy("For rows that do not say it themselves."),
        max_length=SOURCE_MOST,
        required=False,
    )

    def clean_file(self) -> tuple[str, bytes]:
        """Return the file's name with what it holds.

        Raises:
            ValidationError: When it is too large.

        """
        upload = self.cleaned_data["file"]
        if (upload.size or 0) > FILE_MAX:
            told = _("The file has more than %(max)s MB. Leave only the sheet with the table in it.")
            raise ValidationError(told % {"max": FILE_MAX // 1_000_000}, code="too_large")
        return str(upload.name), upload.read()


class SettlementWithdrawForm(Form):
    """Why something is withdrawn, and whether all that its file told goes with it."""

    asks = "settlement_withdrawn"

    why = CharField(
        fact="benefits.settlement.withdrawn_why",
        label=gettext_lazy("Why it is withdrawn"),
        help_text=gettext_lazy("It stays in the list, struck out, with this reason."),
        max_length=WHY_MOST,
    )
    whole_file = BooleanField(
        fact="act:whole_file", label=gettext_lazy("Withdraw all rows of the same file"), required=False
    )

    def __init__(self, *args: Any, others: int, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        if not others:
            del self.fields["whole_file"]
            return
        told = ngettext(
            "%(count)s more row of the file stands.", "%(count)s more rows of the file stand.", others
        )
        self.fields["whole_file"].help_text = told % {"count": others}
