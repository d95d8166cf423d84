"""Where one is: of the pages that lead there, those that the reader may not open are words and no links."""

import re
from collections.abc import Callable, Mapping
from html import unescape

from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve

from songnuan.funds.models import Fund
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.web.views.shared import Reader, plan_seen, reader_of

_LINK = re.compile(r'<a href="(?P<url>[^"]*)"(?P<rest>[^>]*)>(?P<words>.*?)</a>', re.DOTALL)

# Pages that ask for a permission, wherever it is held; what is not named opens to whoever reads below it.
_WANTED: Mapping[str, Permission] = {
    "funds": Permission.FUND_VIEW,
    "bank_layouts": Permission.FUND_VIEW,
    "standards": Permission.BENEFIT_VIEW,
    "standard": Permission.BENEFIT_VIEW,
    "rosters": Permission.PEOPLE_VIEW,
    "instructions": Permission.INSTRUCTION_VIEW,
    "inspection": Permission.RECEIPT_CHECK,
    "accounts": Permission.ACCOUNT_MANAGE,
    "trail": Permission.TRAIL_VIEW,
}


def opened(crumbs: str, request: HttpRequest) -> str:
    """Return the crumbs of a page with words for the links that would lead the reader to a refusal."""
    if not isinstance(getattr(request, "user", None), User) or "<a " not in crumbs:
        return crumbs
    reader = reader_of(request)

    def shown(found: re.Match[str]) -> str:
        if _may_open(unescape(found["url"]), reader):
            return found[0]
        return f"<span{found['rest']}>{found['words']}</span>"

    return _LINK.sub(shown, crumbs)


def _may_open(url: str, reader: Reader) -> bool:
    try:
        page = resolve(re.split("[?#]", url, maxsplit=1)[0])
    except Resolver404:
        return True
    name = page.url_name or ""
    if name in _WANTED:
        return reader.may(_WANTED[name])
    try:
        return name not in _OPENED or _OPENED[name](reader, **page.kwargs)
    except Http404:
        return False


def _plan(reader: Reader, slug: str) -> bool:
    return slug in reader.plans_seen or bool(plan_seen(reader, slug).pk)


def _store(reader: Reader, slug: str) -> bool:
    return _plan(reader, slug) and reader.may(Permission.FUND_VIEW, reader.plans_seen[slug])


def _fund(reader: Reader, pk: int) -> bool:
    unit_id = Fund.objects.filter(pk=pk).values_list("plan__unit_id", flat=True).first()
    return unit_id is not None and reader.may(Permission.FUND_VIEW, unit_id)


_OPENED: Mapping[str, Callable[..., bool]] = {
    "plan": _plan,
    "plan_text": _plan,
    "plan_versions": _plan,
    "pairing": _plan,
    "stock": _store,
    "fund": _fund,
}
