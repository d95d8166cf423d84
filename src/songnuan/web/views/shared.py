"""What pages share: who reads and when, which plan it is about, and how a plan looks in a list."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from songnuan.jobs.queries import is_received
from songnuan.journeys.living_plan import Link
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.held import Posts, Reach, permissions_over, posts_of, reach_of, reached
from songnuan.organisation.models import Unit, User
from songnuan.organisation.permissions import ROLE_PERMISSIONS, Permission
from songnuan.organisation.queries import actor_of, day_of, first_names, now, scope, unit_names
from songnuan.plans.models import Plan
from songnuan.plans.queries import plan_by_slug, visible_plans

# Rows on one page of a list; the next page is found by the key of the last row.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for a page, and the moment at which the house answers. `day` is that day in China."""

    user: User
    actor: Actor
    at: datetime
    day: date
    _posts: list[Posts] = field(default_factory=list, init=False, repr=False, compare=False)
    _reached: list[Reach] = field(default_factory=list, init=False, repr=False, compare=False)
    _held: dict[int, frozenset[Permission]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    # The unit of each plan that was found to be seen: the crumbs of the page ask again.
    plans_seen: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def may(self, permission: Permission, unit_id: int | None = None) -> bool:
        """Return whether the reader may: over the unit, or with no unit named, anywhere."""
        if unit_id is None:
            return any(permission in ROLE_PERMISSIONS[role] for role in self.posts())
        if unit_id not in self._held:
            self._held[unit_id] = permissions_over(self.actor, unit_id, self.at)
        return permission in self._held[unit_id]

    def reach(self, permission: Permission) -> QuerySet[Unit]:
        """Return the units over which the reader holds the permission."""
        return scope(self.actor, permission, self.at)

    def reach_ids(self, permission: Permission) -> frozenset[int]:
        """Return the ids of these units; however many parts of a page ask, they are read once."""
        if not self._reached:
            self._reached.append(reach_of(self.posts(), self.at))
        return self._reached[0].over(permission)

    def reached(self, permission: Permission, unit_ids: Collection[int]) -> frozenset[int]:
        """Return those of some units over which the reader holds a permission; only these are read."""
        if self._reached:
            return self.reach_ids(permission) & set(unit_ids)
        return reached(self.posts(), permission, unit_ids, self.at)

    def posts(self) -> Posts:
        """Return the reader's posts; however many parts of a page ask, they are read once."""
        if not self._posts:
            self._posts.append(posts_of(self.actor, self.at))
        return self._posts[0]


def reader_of(request: HttpRequest) -> Reader:
    """Return who is signed in, and now.

    Raises:
        PermissionDenied: When nobody is; the view should have asked for a sign-in.

    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    # One request has one reader and one moment: the frame of the page asks again what the page asked.
    read: Reader | None = getattr(request, "reader", None)
    if read is None or read.user.pk != request.user.pk:
        at = now()
        read = Reader(user=request.user, actor=actor_of(request.user), at=at, day=day_of(at))
        request.reader = read  # type: ignore[attr-defined] # as the sign-in keeps its user there
    return read


def plan_seen(reader: Reader, slug: str) -> Plan:
    """Return the plan; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    plan = plan_by_slug(slug)
    if plan is None:
        raise Http404
    # Who reaches its unit, as most readers do, sees it: a fraction of asking for all the ways to see one.
    reaches = any(
        unit_id and reader.may(Permission.PLAN_VIEW, unit_id) for unit_id in (plan.unit_id, plan.office_id)
    )
    if not reaches and not visible_plans(reader.actor, reader.at).filter(pk=plan.pk).exists():
        raise Http404
    reader.plans_seen[slug] = plan.unit_id
    return plan


def key_of(request: HttpRequest) -> UUID:
    """Return the key that the form carries, so that what is posted twice is carried out once.

    Raises:
        BadRequest: When there is none.

    """
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        raise BadRequest("the form has no key") from None


def was_received(request: HttpRequest) -> bool:
    """Return whether a form with this key came before: it is led to what was recorded then."""
    return request.method == "POST" and "check" not in request.POST and is_received(key_of(request))


def names_on(ids: Iterable[int | None], day: date) -> dict[int, str]:
    """Return the name of each unit on the day; one that is closed by then says so.

    Where our own record of a unit begins only later, its first name stands: it was there before.
    """
    wanted = {unit_id for unit_id in ids if unit_id is not None}
    names = unit_names(wanted, day)
    if lacking := wanted - names.keys():
        names = dict.fromkeys(wanted, _("(a closed unit)")) | first_names(lacking, day) | names
    return names


def evidence_link(slug: str) -> Link:
    """Return what gives the address of a list of evidence of the plan."""
    return lambda measure_id, kind: reverse("evidence", args=(slug, measure_id, kind))


View = Callable[..., HttpResponseBase]
Page = Callable[..., str]


def posted_from(page: Page) -> Callable[[View], View]:
    """Let a view take forms only; whoever opens its address otherwise is led to the page of the form.

    That happens to whoever types it, loads it anew, or is sent there by the sign-in. `page` is given what the
    view is given and returns where the form stands; of what the reader may not see it returns nothing, and
    the first page is shown.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - handed on
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in {"GET", "HEAD"}:
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            try:
                where = page(request, *args, **kwargs)
            except (Http404, PermissionDenied, Refusal):
                where = reverse("home")
            messages.info(request, _nothing_sent(is_home=where == reverse("home")))
            return redirect(where)

        answered.takes_forms_only = True  # type: ignore[attr-defined] # what looks for a page passes it over
        return answered

    return decorate


def _nothing_sent(*, is_home: bool) -> str:
    if is_home:
        return _(
            "Nothing was sent just now: that address only takes forms. Open the page of the matter, and do it"
            " there if it is still to be done."
        )
    return _(
        "Nothing was sent just now: that address only takes forms. See here how things stand, and do it here"
        " if it is still to be done."
    )


def _nearest(request: HttpRequest, **_given: object) -> str:
    """Return the nearest page above an address: the forms of a page are posted to addresses below it."""
    parts = request.path_info.strip("/").split("/")
    while parts:
        parts.pop()
        try:
            found = resolve("/".join(["", *parts, ""]))
        except Resolver404:
            continue
        if not getattr(found.func, "takes_forms_only", False):
            return reverse(found.view_name, args=found.args, kwargs=found.kwargs)
    return reverse("home")


only_posted = posted_from(_nearest)
