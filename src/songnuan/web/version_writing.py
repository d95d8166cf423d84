"""One page on which a version is written: kept, refused beside its inputs, or told who wrote one first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from songnuan.benefits.models import StandardVersion
from songnuan.benefits.words import Difference
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.payments.layout_models import BankLayout
from songnuan.web.moved_rows import Typed
from songnuan.web.plan_writing import base_of
from songnuan.web.version_forms import VersionForm

Version = TypeVar("Version", StandardVersion, BankLayout)


@dataclass(frozen=True, slots=True)
class Writing(Generic[Version]):
    """What is written: a thing with its versions, the newest first, or a new one; `units` for that."""

    slug: str = ""
    versions: Sequence[Version] = ()
    base: Version | None = None
    units: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True)
class Theirs(Generic[Version]):
    """What somebody else wrote meanwhile, and what it says otherwise."""

    sentence: str
    version: Version
    differences: Sequence[Difference] = ()


@dataclass(frozen=True, slots=True)
class Book(Generic[Version]):
    """Where a version is kept, and how.

    Attributes:
        one: Name of the page of one thing.
        all: Name of the page of all.
        kept: What is said once it is kept.
        keep: Keeps the version, and returns the short name.
        stale: Code of the refusal when somebody else wrote first.
        theirs: Gives the newest version, and what it says otherwise than the one that was written on.

    """

    one: str
    all: str
    kept: str
    keep: Callable[[], str]
    stale: str
    theirs: Callable[[Version], tuple[Version, Sequence[Difference]]]


def standing(request: HttpRequest, slug: str, versions: Sequence[Version]) -> Writing[Version]:
    """Return what stands and is to be changed, with the version that the form was made on.

    Raises:
        BadRequest: When the form names no version of it.

    """
    number = base_of(request) if request.method == "POST" else versions[0].number
    base = next((version for version in versions if version.number == number), None)
    if base is None:
        raise BadRequest("the form names no version of this")
    return Writing(slug, versions, base)


def typed_head(request: HttpRequest, form: type[Form]) -> Typed:
    """Return what was typed besides rows, for a page that only moves rows about."""
    return {name: request.POST.get(name, "") for name in form.base_fields}


def version_page(
    request: HttpRequest,
    writing: Writing[Version],
    form: VersionForm,
    template: str,
    book: Book[Version],
    **context: object,
) -> HttpResponse:
    """Show a form that writes a version, or keep what was written in it.

    Args:
        request: The page's.
        writing: What is written.
        form: The form.
        template: Its page.
        book: Where it is kept, and how.
        context: What else the page shows.

    """
    theirs = None
    if form.is_bound and form.is_valid():
        try:
            slug = book.keep()
        except NotPermitted:
            raise
        except Refusal as refusal:
            if refusal.code == book.stale and writing.base is not None:
                theirs = Theirs(refusal.sentence, *book.theirs(writing.base))
            else:
                form.refuse(refusal)
        else:
            messages.success(request, book.kept)
            return redirect(book.one, slug)
    seen = theirs.version if theirs else writing.base
    shown = {
        "form": form,
        "theirs": theirs,
        "slug": writing.slug,
        "title": writing.versions[0].title if writing.versions else "",
        "number": seen.number if seen else 0,
        "back": reverse(book.one, args=(writing.slug,)) if writing.slug else reverse(book.all),
        **context,
    }
    return render(request, template, shown, status=422 if form.errors or theirs else 200)
