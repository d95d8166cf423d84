"""Pages of accounts: who may sign in, and the posts held.

A password is shown once, in the answer to the act that made it.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.journeys.change_account import change_account
from songnuan.journeys.create_account import create_account
from songnuan.journeys.end_post import end_post
from songnuan.journeys.give_post import give_post
from songnuan.journeys.reset_second_factor import reset_second_factor
from songnuan.kernel.names import mask_phone
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation import rules
from songnuan.organisation.access import has_second_factor
from songnuan.organisation.accounts import UserChanges, refuse_taken, require_over
from songnuan.organisation.devices import devices_of
from songnuan.organisation.models import Post, UnitKind, User
from songnuan.organisation.passwords import drawn_password
from songnuan.organisation.permissions import Permission, Role, role_label
from songnuan.organisation.queries import posts_held, require, unit_views, users_overview
from songnuan.web.counting import taken
from songnuan.web.fields import BooleanField, CharField, ChoiceField, TypedChoiceField
from songnuan.web.forms import Form
from songnuan.web.paging import page_of
from songnuan.web.views.shared import PAGE, Reader, reader_of


def _judged(rule: Callable[[str], str], text: str) -> str:
    """Return what the house's rule makes of an entry.

    Raises:
        ValidationError: With the rule's sentence, so that all that is wrong with a form is said at once.

    """
    try:
        return rule(text)
    except Refusal as refusal:
        raise ValidationError(refusal.sentence, code=refusal.code) from None


class _Person(Form):
    """What every account has."""

    name = CharField(fact="organisation.user.name", label=gettext_lazy("Name"))
    phone = CharField(
        fact="organisation.user.phone",
        label=gettext_lazy("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        """Return the name, tidied."""
        return _judged(rules.person_name, self.cleaned_data["name"])

    def clean_phone(self) -> str:
        """Return the number in its one spelling, or the empty text."""
        return _judged(rules.phone, self.cleaned_data["phone"])


class NewAccount(_Person):
    """An account to be opened."""

    asks = "account_new"

    username = CharField(
        fact="organisation.user.username",
        label=gettext_lazy("User name"),
        help_text=gettext_lazy("Small letters and digits, with . _ or - between them. It stays as it is."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    field_order = ("username", "name", "phone")

    def clean_username(self) -> str:
        """Return the username, which is nobody else's."""
        return _judged(_free_username, self.cleaned_data["username"])


def _free_username(text: str) -> str:
    """Return a username as it is.

    Raises:
        Refusal: `username_invalid`, `username_taken`.

    """
    refuse_taken(rules.username(text))
    return text


class Account(_Person):
    """An account as it is kept; phone and address are not shown in full, so their inputs start empty."""

    asks = "account"

    email = CharField(
        fact="organisation.user.email",
        label=gettext_lazy("E-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    is_active = BooleanField(
        fact="organisation.user.is_active", label=gettext_lazy("May sign in"), required=False
    )
    new_password = BooleanField(
        fact="act:new_password",
        label=gettext_lazy("Make a new password"),
        help_text=gettext_lazy(
            "It is shown once, here. Wherever this account is signed in, it is signed out."
        ),
        required=False,
    )

    def __init__(self, account: User, *args: Any, own: bool, within: bool, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        kwargs["initial"] = {"name": account.name, "is_active": account.is_active}
        super().__init__(*args, **kwargs)
        if own:  # nobody shuts oneself out by a slip; one's own password and address have pages of their own
            del self.fields["is_active"], self.fields["new_password"], self.fields["email"]
        if not within:
            for field in self.fields.values():
                field.disabled = True
        elif account.phone:
            hint = _("Kept: %(phone)s. Leave it empty to keep it.")
            self.fields["phone"].help_text = hint % {"phone": mask_phone(account.phone)}
        if not own:
            kept = _("An address is kept. Leave it empty to keep it.")
            self.fields["email"].help_text = kept if account.email else _("None is kept.")

    def clean_email(self) -> str:
        """Return the address, or the empty text."""
        return _judged(rules.email, self.cleaned_data["email"])

    def changes(self) -> UserChanges:
        """Return what was changed."""
        told: UserChanges = {"name": self.cleaned_data["name"]}
        if "is_active" in self.cleaned_data:
            told["is_active"] = self.cleaned_data["is_active"]
        if self.cleaned_data["phone"]:
            told["phone"] = self.cleaned_data["phone"]
        if self.cleaned_data.get("email"):
            told["email"] = self.cleaned_data["email"]
        return told


class SecondFactor(Form):
    """Why a lost second step is taken off."""

    asks = "second_factor"

    reason = CharField(
        fact="audit.entry.facts:second_factor_reason",
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the trail: no numbers or addresses of people."),
    )


class PostForm(Form):
    """A post to be given."""

    asks = "post"

    role = ChoiceField(fact="organisation.post.role", label=gettext_lazy("Post"))
    unit = TypedChoiceField(fact="organisation.post.unit", label=gettext_lazy("Unit"), coerce=int)

    def __init__(self, reader: Reader, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[int, str]]] = {kind: [] for kind in UnitKind.values}
        for unit in unit_views(reader.reach(Permission.ACCOUNT_MANAGE), reader.day):
            groups[unit.kind].append((unit.unit_id, unit.name))
        choices: dict[str, list[Any]] = {
            "role": [(role.value, role_label(role)) for role in Role],
            "unit": [(UnitKind(kind).label, units) for kind, units in groups.items() if units],
        }
        for name, listed in choices.items():
            self.fields[name].choices = [("", "—"), *listed]  # type: ignore[attr-defined]  # both are choices


@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List every account by its user name, with the posts held today."""
    reader = _manager(request)
    before = request.GET.get("before", "")
    rows = users_overview(reader.day)
    start = next((place for place, row in enumerate(rows, 1) if row.username == before), 0)
    shown, older = page_of(rows[start:], PAGE, lambda row: row.username)
    return render(request, "web/accounts.html", {"accounts": shown, "older": older})


@login_required
@never_cache
def account_new(request: HttpRequest) -> HttpResponse:
    """Open an account, and show its first password."""
    reader = _manager(request)
    form = NewAccount(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _new_page(request, form)
    password = drawn_password(form.cleaned_data["username"])
    try:
        account = create_account(**form.cleaned_data, password=password, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _new_page(request, form)
    taken()
    return _page(request, reader, account, password=password)


@login_required
@never_cache
def account_edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show an account and its posts; change it, shut it, or give it a new password."""
    reader = _manager(request)
    account = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        return _page(request, reader, account)
    form = _form(reader, account, request.POST)
    if not form.is_valid():
        return _page(request, reader, account, form)
    password = drawn_password(account.username) if form.cleaned_data.get("new_password") else None
    try:
        change_account(
            user_id=user_id, changes=form.changes(), password=password, actor=reader.actor, at=reader.at
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, reader, account, form)
    if password is None:
        messages.success(request, _("The account is kept as it now stands."))
        return redirect("account_edit", user_id)
    account.refresh_from_db()
    taken()
    return _page(request, reader, account, password=password)


@login_required
def second_factor_reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take a lost second step off an account."""
    reader = _manager(request)
    account = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        return redirect("account_edit", user_id)
    form = SecondFactor(request.POST)
    if not form.is_valid():
        return _page(request, reader, account, form)
    reason = form.cleaned_data["reason"]
    try:
        reset_second_factor(user_id=user_id, reason=reason, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        if refusal.field not in form.fields:
            raise
        form.refuse(refusal)
        return _page(request, reader, account, form)
    messages.success(request, _("The second step is taken off. Have a new one set up at the next sign-in."))
    return redirect("account_edit", user_id)


@login_required
def post_give(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give the person a post from today on."""
    reader = _manager(request)
    account = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        return redirect("account_edit", user_id)
    form = PostForm(reader, request.POST)
    if not form.is_valid():
        return _page(request, reader, account, form)
    role, unit_id = Role(form.cleaned_data["role"]), form.cleaned_data["unit"]
    try:
        give_post(user_id=user_id, unit_id=unit_id, role=role, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, reader, account, form)
    messages.success(request, _("The post is held from today on."))
    return redirect("account_edit", user_id)


@login_required
def post_end(request: HttpRequest, user_id: int, post_id: int) -> HttpResponse:
    """End a post from today on."""
    reader = _manager(request)
    if not Post.objects.filter(pk=post_id, user_id=user_id).exists():
        raise Http404
    if request.method == "POST":
        end_post(post_id=post_id, actor=reader.actor, at=reader.at)
        messages.success(request, _("The post has ended."))
    return redirect("account_edit", user_id)


def _manager(request: HttpRequest) -> Reader:
    """Return the reader, who manages accounts somewhere; where exactly, the act itself asks."""
    reader = reader_of(request)
    require(reader.actor, Permission.ACCOUNT_MANAGE, at=reader.at)
    return reader


def _within(reader: Reader, account: User) -> bool:
    """Return whether the reader manages accounts wherever the person holds a post."""
    try:
        require_over(reader.actor, account.pk, reader.at)
    except NotPermitted:
        return False
    return True


def _form(reader: Reader, account: User, data: Any = None) -> Account:  # noqa: ANN401 - what was posted
    return Account(account, data, own=account.pk == reader.user.pk, within=_within(reader, account))


def _new_page(request: HttpRequest, form: NewAccount) -> HttpResponse:
    return render(request, "web/account_form.html", {"form": form}, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    reader: Reader,
    account: User,
    tried: Account | PostForm | SecondFactor | None = None,
    password: str = "",
) -> HttpResponse:
    """Show the account; `tried` is the form that could not be taken, `password` a new one."""
    other = account.pk != reader.user.pk
    may_hold = account.is_active and other
    factor = has_second_factor(account.pk) if other and _within(reader, account) else None
    context = {
        "form": tried if isinstance(tried, Account) else _form(reader, account),
        "account": {"user_id": account.pk, "name": account.name, "username": account.username},
        "posts": posts_held(reader.day, user_id=account.pk),
        "post_form": tried if isinstance(tried, PostForm) else PostForm(reader) if may_hold else None,
        "factor": factor,
        "factor_form": tried if isinstance(tried, SecondFactor) else SecondFactor() if factor else None,
        "new_password": password,
        "devices": devices_of(account.pk) if other and _within(reader, account) else None,
    }
    return render(request, "web/account_form.html", context, status=422 if tried else 200)


urlpatterns: list[URLPattern] = [
    path("accounts/", accounts, name="accounts"),
    path("accounts/new/", account_new, name="account_new"),
    path("accounts/<int:user_id>/", account_edit, name="account_edit"),
    path("accounts/<int:user_id>/second-factor/", second_factor_reset, name="second_factor_reset"),
    path("accounts/<int:user_id>/posts/", post_give, name="post_give"),
    path("accounts/<int:user_id>/posts/<int:post_id>/end/", post_end, name="post_end"),
]
