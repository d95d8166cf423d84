"""Sign-in: accounts are opened by an administrator, never by oneself; secrets are sealed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm as LibraryForm
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse

from songnuan.journeys.reset_password import reset_password
from songnuan.kernel.sealed import open_bytes, seal_bytes
from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of, now

_SECRET = "web.second_factor"  # noqa: S105 - what the seal is for, not a secret


class ChangePasswordForm(LibraryForm):  # type: ignore[misc]  # allauth has no types
    """One's own new password; who forgot the old one asks an administrator, not a page."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The house's wishes to the sign-in library."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        """Keep sign-up closed."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Set the user's own new password by the house's journey, so that the trail has it."""
        reset_password(user_id=user.pk, password=password, actor=actor_of(user), at=now())
        user.refresh_from_db(fields=["password"])


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The second factor: its secrets lie sealed in the database."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return seal_bytes(_SECRET, text.encode()).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return open_bytes(_SECRET, bytes.fromhex(encrypted_text)).decode()


@login_not_required
def closed(_request: HttpRequest) -> HttpResponse:
    """Answer for the library's pages that this house does not have.

    Raises:
        Http404: Always.

    """
    raise Http404
