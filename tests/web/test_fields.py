"""The inputs of every form: how they read a number, and what they say of what they cannot take."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.core import context
from django import forms
from django.conf import settings
from django.core import validators
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from people import Bureau
from songnuan.web.fields import Asked, CharField, Day, FileField, IntegerField, Money, Words, whole
from songnuan.web.forms import Form
from songnuan.web.sentences import REQUIRED
from songnuan.web.stock_forms import packs_field
from songnuan.web.views.burden import kinds
from web.browsing import user_of


def all_below(kind: type[Any]) -> Iterator[type[Any]]:
    """Yield every class made of `kind`, however far below."""
    for below in kind.__subclasses__():
        yield below
        yield from all_below(below)


def of_django() -> set[str]:
    """Return every sentence that Django's own fields and validators say, as it stands in its code."""
    said = [vars(kind).get("default_error_messages", {}) for kind in all_below(forms.Field)]
    theirs = [
        str(sentence)
        for kind, sentences in zip(all_below(forms.Field), said, strict=True)
        if kind.__module__.startswith("django.")
        for sentence in sentences.values()
    ]
    theirs += [str(sentence) for sentence in forms.Field.default_error_messages.values()]
    theirs += [
        str(check.message) for check in (validators.MaxValueValidator(1), validators.MinValueValidator(1))
    ]
    theirs.append(str(validators.ProhibitNullCharactersValidator().message))
    return set(theirs)


OF_A_NUMBER = {"max_value", "min_value"}
OF_A_TEXT = {"max_length", "min_length", "null_characters_not_allowed"}


def fallen_back(field: forms.Field) -> set[str]:
    """Return the codes for which a field would say Django's sentence."""
    wanted = {"required"}
    wanted |= OF_A_NUMBER if isinstance(field, forms.IntegerField) else set()
    wanted |= OF_A_TEXT if isinstance(field, forms.CharField) else set()
    theirs = of_django()
    told = {code for code, sentence in field.error_messages.items() if str(sentence) in theirs}
    return told | (wanted - field.error_messages.keys())


def test_no_input_of_any_form_says_a_sentence_of_django() -> None:
    assert len(kinds()) > 50
    wrong = {
        f"{kind.__qualname__}.{name}": codes
        for kind in kinds()
        for name, field in kind.base_fields.items()
        if (codes := fallen_back(field))
    }
    assert wrong == {}


def test_no_kind_of_input_does_so_where_a_form_adds_it_by_itself() -> None:
    """What a form adds for each line stands in no class; `test_facts` keeps that it is made of these."""
    made = list(all_below(Asked))
    assert {CharField, IntegerField, Day, FileField, Money, Words} < set(made)
    for kind in made:
        options: dict[str, Any] = {"rows": 2} if issubclass(kind, Words) else {}
        assert fallen_back(kind(fact="act:sure", **options)) == set(), kind


@pytest.mark.django_db
def test_the_forms_of_the_library_speak_as_ours_do(bureau: Bureau) -> None:
    """They are made as the library makes them: with a request or a user, from the settings."""
    user = user_of(bureau.finance)
    for name, path in {**settings.ACCOUNT_FORMS, **settings.MFA_FORMS}.items():
        kind = import_string(path)
        with context.request_context(RequestFactory().get("/")):
            context.request.session = {}
            form = kind(**({"request": None} if name == "login" else {"user": user}))
        assert form.fields, name
        for field in form.fields.values():
            assert fallen_back(field) == set(), (name, field.label)
    page = Client().post(reverse("account_login"), {"login": "", "password": ""})
    assert set(map(str, page.context["form"].errors["login"])) == {str(REQUIRED)}


def test_it_would_be_found() -> None:
    assert fallen_back(forms.IntegerField()) == {"required", "invalid", "min_value", "max_value"}
    assert fallen_back(forms.DateField()) == {"required", "invalid"}


def said(field: forms.Field, value: object) -> str:
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(value)
    return "".join(refused.value.messages)


def test_what_is_too_long_too_many_or_no_number_is_said_in_our_own_words() -> None:
    long = _("This has %(show_value)s characters; at most %(limit_value)s fit. Shorten it.")
    text = CharField(fact="act:sure", max_length=80)
    assert said(text, "长" * 300) == long % {"show_value": 300, "limit_value": 80}
    assert said(text, "") == _("Fill this in.")
    packs = packs_field("苹果", fact="act:sure")
    assert said(packs, "两箱") == _("Enter whole packs, such as 12.")
    most = _("This is too large: at most %(limit_value)s can be entered.") % {"limit_value": 1_000_000_000}
    assert said(packs, "9" * 30) == most
    number = IntegerField(fact="act:sure", min_value=1)
    assert said(number, "1.5") == _("Enter a whole number, such as 12.")
    assert said(number, "0") == _("This is too small: at least %(limit_value)s has to be entered.") % {
        "limit_value": 1
    }
    assert said(Day(fact="act:sure"), "2020-02-30") == _(
        "Enter a day that is in the calendar, such as 2020-04-16."
    )
    empty = SimpleUploadedFile("a.pdf", b"")
    assert said(FileField(fact="act:sure"), empty) == _("The file is empty. Choose another.")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" 12 ", 12),
        ("１２", 12),
        ("1,000", 1000),
        ("1，000", 1000),
        ("12,345,678", 12_345_678),
        ("007", 7),
        ("12.0", 12),
        ("-3", -3),
        ("0", 0),
        ("1,00", None),
        ("1,0000", None),
        (",100", None),
        ("1000,000", None),
        ("1,000,", None),
        ("1,,000", None),
        ("1_000", None),
        ("1.5", None),
        ("1 000", None),
        ("②", None),
        ("1²", None),
        ("٣", None),
        ("两", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_a_whole_number_may_have_commas_where_thousands_end(text: str, number: int | None) -> None:
    assert whole(text) == number


def test_inputs_for_packs_take_what_inputs_for_money_take() -> None:
    for field in (packs_field("苹果", fact="act:sure"), IntegerField(fact="act:sure")):
        assert field.clean("1,000") == field.clean("１，０００") == field.clean("1000") == 1000
        assert said(field, "1,00") == said(field, "十")
        assert not field.has_changed(1000, "1,000")


class Marks(Form):
    """One field of each kind, asked for and not."""

    line = forms.CharField(label="甲")
    group = forms.ChoiceField(label="乙", choices=[("a", "A")], widget=forms.RadioSelect)
    tick = forms.BooleanField(label="丙")
    free = forms.CharField(label="丁", required=False)


def test_a_field_that_has_to_be_filled_in_is_marked_and_read_out_once() -> None:
    shown = re.sub(r"\s+", " ", str(Marks()))
    seen, read = '<small class="must" aria-hidden="true">（必填）', '<small class="must">（必填）'
    assert f"甲 {seen}" in shown, "the input says so itself"
    assert 'name="line" aria-required="true"' in shown.replace(' autocomplete="off"', "")
    assert f"乙 {read}" in shown
    assert f"丙 {read}" in shown
    assert "丁 <small>（选填）" in shown
    assert shown.count("必填") == 3
    line = str(Marks(empty_permitted=True, use_required_attribute=False))
    assert "必填" not in line, "a line may be left empty"
