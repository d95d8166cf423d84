"""Sign-in: accounts are opened by an administrator, never by oneself; secrets are sealed.

What happens at the door goes into the trail from here: the sign-in library calls its adapter for it.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import ChangePasswordForm as LibraryForm
from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgain
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgain
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.forms import Field
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.journeys.note_access import note_access
from songnuan.journeys.reset_password import reset_password
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import open_bytes, seal_bytes
from songnuan.organisation.access import Access
from songnuan.organisation.accounts import refuse_same
from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of, now
from songnuan.web.sentences import COMMON

_SECRET = "web.second_factor"  # noqa: S105 - what the seal is for, not a secret
_COUNTED = {"app": "allauth.account", "action": "login_failed"}
# What the library tells people by mail, and what the trail is told in its stead.
_CHANGES: Mapping[str, Access] = {
    "mfa/email/totp_activated": Access.SET_SECOND_FACTOR,
    "mfa/email/totp_deactivated": Access.END_SECOND_FACTOR,
    "mfa/email/recovery_codes_generated": Access.MAKE_CODES,
}


# For how many seconds a password stands for who holds the browser: that of a sign-in, or one asked for anew.
_FRESH, _AGAIN = 120, 300


def has_just_signed_in(request: HttpRequest) -> bool:
    """Return whether the password was entered in this very session just now."""
    moment = wall().timestamp()
    records = get_authentication_records(request, request.user)
    return any(
        one["method"] == "password"
        and moment - one["at"] < (_AGAIN if one.get("reauthenticated") else _FRESH)
        for one in records
    )


def _rules_of_passwords() -> str:
    """Return in the house's own words what the validators of `settings` ask of a password."""
    validators = get_default_password_validators()
    (least,) = [one.min_length for one in validators if isinstance(one, MinimumLengthValidator)]
    sentence = _(
        "At least %(least)s characters, not digits alone; no common password, and nothing like your name or"
        " account."
    )
    return sentence % {"least": least}


class OurWords:
    """A form of the library that says what it cannot take in the sentences of our own forms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to the library as they are
        super().__init__(*args, **kwargs)
        fields: Mapping[str, Field] = getattr(self, "fields", {})
        for field in fields.values():
            field.error_messages |= COMMON


class SignInForm(OurWords, LoginForm):  # type: ignore[misc]  # allauth has no types
    """Account and password."""


class PasswordAgainForm(OurWords, PasswordAgain):  # type: ignore[misc]  # as above
    """The password once more, before something that matters."""


class CodeAgainForm(OurWords, CodeAgain):  # type: ignore[misc]  # as above
    """The second step once more, before something that matters."""


class SetUpForm(OurWords, ActivateTOTPForm):  # type: ignore[misc]  # as above
    """The first code of a phone that is to be the second step."""


class ChangePasswordForm(OurWords, LibraryForm):  # type: ignore[misc]  # allauth has no types
    """One's own new password; who forgot the old one asks an administrator, not a page."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = _rules_of_passwords()

    def clean_oldpassword(self) -> str:
        """Return the old password.

        Raises:
            ValidationError: When it is another one.

        """
        try:
            told: str = super().clean_oldpassword()
        except ValidationError:
            raise ValidationError(_("This is not your current password."), code="wrong_password") from None
        return told

    def clean_password1(self) -> str:
        """Return the new password, which is not the old one again.

        Raises:
            ValidationError: When it is.

        """
        told: str = self.cleaned_data["password1"]
        try:
            refuse_same(self.user, told)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence, code=refusal.code) from None
        return told


class SecondStepForm(OurWords, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second step of signing in; a wrong code counts as a failed sign-in."""

    def clean_code(self) -> str:
        """Return the code.

        Raises:
            ValidationError: When it is wrong, or too many were.

        """
        key = f"mfa-auth-user-{self.user.pk}"
        adapter = AccountAdapter()
        if wait := adapter.wait_of(key):
            raise _too_many(wait)
        try:
            code: str = super().clean_code()
        except ValidationError:
            adapter.note_failure(self.user.pk, key)
            raise
        return code


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The house's wishes to the sign-in library."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        """Keep sign-up closed."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Set the user's own new password by the house's journey, so that the trail has it."""
        reset_password(user_id=user.pk, password=password, actor=actor_of(user), at=now())
        user.refresh_from_db(fields=["password", "must_change_password"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - as above
        """Go on to the first page: the password is changed, and there is nothing more to do about it."""
        return reverse("home")

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, after every step, and note it."""
        super().login(request, user)
        note_access(event=Access.SIGN_IN, user_id=user.pk, actor=actor_of(user), at=now())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401 - as the library's
        """Let pass who did not fail too often.

        Raises:
            ValidationError: Saying how long to wait.

        """
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            key = self._get_login_attempts_cache_key(request, **credentials)
            raise _too_many(self.wait_of(key)) from None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401 - as above
        """Note the failure.

        Raises:
            ValidationError: When it was one too many, saying how long to wait.

        """
        typed = credentials.get("username", "")
        user_id = User.objects.filter(username__iexact=typed).values_list("pk", flat=True).first()
        self.note_failure(user_id, self._get_login_attempts_cache_key(request, **credentials))

    def note_failure(self, user_id: int | None, key: str) -> None:
        """Note that somebody was not let in, and that nobody is for a while if it was one too many.

        Raises:
            ValidationError: Then, saying how long to wait.

        """
        note_access(event=Access.FAIL, user_id=user_id, actor=SYSTEM, at=now())
        if wait := self.wait_of(key):
            note_access(event=Access.LOCK_OUT, user_id=user_id, actor=SYSTEM, at=now())
            raise _too_many(wait)

    def wait_of(self, key: str) -> int:
        """Return for how many seconds more nobody may try under this key, or from this place."""
        moment = wall().timestamp()
        ends: list[float] = []
        for rate in ratelimit.get_rates(**_COUNTED):
            history = cache.get(ratelimit.get_cache_key(self.request, rate=rate, key=key, **_COUNTED), [])
            if len(history) >= rate.amount:  # newest first
                ends.append(history[rate.amount - 1] + rate.duration)
        return max([0, *(ceil(end - moment) for end in ends)])

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Note a change of the second step; mail goes out only where the settings ask for it."""
        event = _CHANGES.get(template_prefix)
        if event is not None:
            note_access(event=event, user_id=user.pk, actor=actor_of(user), at=now())
        super().send_notification_mail(template_prefix, user, context, email)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The second factor: its secrets lie sealed in the database."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return seal_bytes(_SECRET, text.encode()).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return open_bytes(_SECRET, bytes.fromhex(encrypted_text)).decode()


def _too_many(wait: int) -> ValidationError:
    """Return what is said to who may try again in `wait` seconds."""
    minutes = max(1, -(-wait // 60))
    sentence = ngettext(
        "Too many sign-ins failed. Try again in %(minutes)s minute.",
        "Too many sign-ins failed. Try again in %(minutes)s minutes.",
        minutes,
    )
    return ValidationError(sentence % {"minutes": minutes}, code="too_many_login_attempts")


@login_not_required
def closed(_request: HttpRequest) -> HttpResponse:
    """Answer for the library's pages that this house does not have.

    Raises:
        Http404: Always.

    """
    raise Http404
