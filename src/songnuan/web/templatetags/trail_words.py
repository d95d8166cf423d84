"""Words for what stands in the trail as code: acts, streams and the names of facts."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.funds.models import Fund
from songnuan.plans.models import Plan

register = template.Library()

ACTS: Mapping[str, Promise] = {
    "approvals.approve": gettext_lazy("approved a request"),
    "approvals.request": gettext_lazy("asked for approval"),
    "approvals.return": gettext_lazy("returned a request"),
    "audit.stream": gettext_lazy("began a stream"),
    "funds.appropriate": gettext_lazy("appropriated money"),
    "funds.commit": gettext_lazy("committed money"),
    "funds.disburse": gettext_lazy("disbursed money"),
    "funds.open_fund": gettext_lazy("opened a fund"),
    "funds.release": gettext_lazy("released committed money"),
    "funds.reverse": gettext_lazy("reversed an entry"),
    "goods.cancel_purchase": gettext_lazy("cancelled a purchase"),
    "goods.define_kit": gettext_lazy("defined the kit"),
    "goods.hand_over": gettext_lazy("handed over a kit"),
    "goods.receive": gettext_lazy("received goods into the store"),
    "goods.record_purchase": gettext_lazy("recorded a purchase"),
    "goods.settle": gettext_lazy("settled a purchase"),
    "jobs.fail_message": gettext_lazy("a message could not be delivered"),
    "journey.refused": gettext_lazy("was refused"),
    "organisation.change_unit": gettext_lazy("changed a unit"),
    "organisation.change_user": gettext_lazy("changed an account"),
    "organisation.close_unit": gettext_lazy("closed a unit"),
    "organisation.create_unit": gettext_lazy("created a unit"),
    "organisation.create_user": gettext_lazy("created an account"),
    "organisation.end_assignment": gettext_lazy("ended a pair"),
    "organisation.end_post": gettext_lazy("ended a post"),
    "organisation.give_post": gettext_lazy("gave a post"),
    "organisation.import_units": gettext_lazy("imported units"),
    "organisation.install": gettext_lazy("founded the installation"),
    "organisation.pair_units": gettext_lazy("paired units"),
    "organisation.set_password": gettext_lazy("set a password"),
    "plans.answer_question": gettext_lazy("answered an open question"),
    "plans.approve": gettext_lazy("the plan was approved"),
    "plans.close": gettext_lazy("closed the plan"),
    "plans.load_version": gettext_lazy("loaded a version of the plan"),
    "plans.open": gettext_lazy("opened the plan"),
    "plans.open_measure": gettext_lazy("opened a measure"),
    "plans.return": gettext_lazy("the plan went back to its writer"),
    "plans.submit": gettext_lazy("handed the plan in"),
    "records.register_document": gettext_lazy("registered a document"),
    "records.store_file": gettext_lazy("stored a file"),
    "tasks.close_task": gettext_lazy("closed a problem"),
    "tasks.raise_task": gettext_lazy("raised a problem"),
    "visits.allow_late": gettext_lazy("allowed a later visit"),
    "visits.ask_later": gettext_lazy("asked for a later day"),
    "visits.attach_problem": gettext_lazy("attached a problem to its visit"),
    "visits.plan_visits": gettext_lazy("planned the visits"),
    "visits.record": gettext_lazy("recorded a visit"),
    "visits.replan": gettext_lazy("moved a visit"),
    "visits.return_late": gettext_lazy("returned a later day"),
}

STREAMS: Mapping[str, Promise] = {
    "accounts": gettext_lazy("Accounts"),
    "deliveries": gettext_lazy("Messages"),
    "organisation": gettext_lazy("Units and posts"),
    "records": gettext_lazy("Documents and files"),
    "refusals": gettext_lazy("Refusals"),
    "trail": gettext_lazy("Streams of the trail"),
}


@register.filter
def act_words(action: str) -> str:
    """Return what somebody did, in words; the code itself where there are none."""
    return str(ACTS.get(action, action))


@register.filter
def stream_words(name: str) -> str:
    """Return the name of a stream as people know it: that of the plan or the fund."""
    kind, _mark, key = name.partition(":")
    if kind == "plan":
        title = Plan.objects.filter(slug=key).values_list("title", flat=True).first()
        return _("Plan: %(title)s") % {"title": title or key}
    if kind == "fund" and key.isdigit():
        title = Fund.objects.filter(pk=key).values_list("title", flat=True).first()
        return _("Fund: %(title)s") % {"title": title or key}
    return str(STREAMS.get(name, name))
