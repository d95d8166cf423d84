"""Words for what stands in the trail as code: acts, streams and the names of facts."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.benefits.queries import latest_by_slug
from songnuan.funds.models import Fund
from songnuan.payments.layout_queries import latest
from songnuan.people.models import Roster
from songnuan.plans.models import Plan
from songnuan.web.callback_words import CALL_ACTS
from songnuan.web.case_words import CASE_ACTS
from songnuan.web.emergency_words import EMERGENCY_ACTS
from songnuan.web.flexible_trail import FLEXIBLE_ACTS
from songnuan.web.notice_words import NOTICE_ACTS
from songnuan.web.organisation_words import DEVICE_ACTS
from songnuan.web.payment_words import PAYING
from songnuan.web.pickup_words import PICKUP_ACTS
from songnuan.web.refusal_codes import CODES
from songnuan.web.refusal_words import JOURNEYS
from songnuan.web.situation_words import SITUATION_ACTS
from songnuan.web.trail_streams import of_measures

register = template.Library()

ACTS: Mapping[str, Promise] = {
    "approvals.accept_delegation": gettext_lazy("took on an office for somebody"),
    "approvals.approve": gettext_lazy("approved a request"),
    "approvals.decline_delegation": gettext_lazy("declined to stand in"),
    "approvals.end_chain": gettext_lazy("let a kind of plan follow the steps for all kinds"),
    "approvals.end_delegation": gettext_lazy("ended a delegation"),
    "approvals.lift_hold": gettext_lazy("lifted a hold"),
    "approvals.offer_delegation": gettext_lazy("asked somebody to stand in"),
    "approvals.place_hold": gettext_lazy("put on hold"),
    "approvals.request": gettext_lazy("asked for approval"),
    "approvals.return": gettext_lazy("returned a request"),
    "approvals.set_chain": gettext_lazy("set the steps of approvals"),
    "approvals.state_on_hold": gettext_lazy("said something about a hold"),
    "approvals.withdraw": gettext_lazy("took a request back"),
    "audit.stream": gettext_lazy("began a stream"),
    "benefits.record_settlements": gettext_lazy("recorded what was settled already"),
    "benefits.withdraw_settlement": gettext_lazy("withdrew what was recorded as settled"),
    **PAYING,
    "benefits.decide_double": gettext_lazy("decided about a possible double payment"),
    "benefits.look_again": gettext_lazy("looked for double payments"),
    "benefits.record_deaths": gettext_lazy("took in who is known to have died"),
    "benefits.reckon": gettext_lazy("reckoned a list of money to people"),
    "benefits.write_standard": gettext_lazy("wrote a version of a standard"),
    **NOTICE_ACTS,
    **DEVICE_ACTS,
    **PICKUP_ACTS,
    **CALL_ACTS,
    **EMERGENCY_ACTS,
    **FLEXIBLE_ACTS,
    **CASE_ACTS,
    **SITUATION_ACTS,
    "funds.appropriate": gettext_lazy("appropriated money"),
    "funds.commit": gettext_lazy("committed money"),
    "funds.confirm_closing": gettext_lazy("confirmed the closing of a fund"),
    "funds.confirm_reopening": gettext_lazy("confirmed the reopening of a fund"),
    "funds.decline_closing": gettext_lazy("declined to close a fund"),
    "funds.decline_reopening": gettext_lazy("declined to reopen a fund"),
    "funds.disburse": gettext_lazy("disbursed money"),
    "funds.open_fund": gettext_lazy("opened a fund"),
    "funds.propose_closing": gettext_lazy("proposed to close a fund"),
    "funds.propose_reopening": gettext_lazy("proposed to reopen a fund"),
    "funds.refund": gettext_lazy("booked a refund"),
    "funds.release": gettext_lazy("released committed money"),
    "funds.return": gettext_lazy("returned money"),
    "funds.reverse": gettext_lazy("reversed an entry"),
    "funds.withdraw_closing": gettext_lazy("took back a proposal to close a fund"),
    "funds.withdraw_reopening": gettext_lazy("took back a proposal to reopen a fund"),
    "goods.abandon_count": gettext_lazy("gave a stock count up"),
    "goods.cancel_donation": gettext_lazy("cancelled a donation"),
    "goods.cancel_purchase": gettext_lazy("cancelled a purchase"),
    "goods.decide_count": gettext_lazy("decided about a stock count"),
    "goods.decide_disposal": gettext_lazy("decided about a disposal"),
    "goods.add_invoice": gettext_lazy("added the invoice of a purchase"),
    "goods.approve_request": gettext_lazy("the request for a purchase was approved"),
    "goods.ask_purchase": gettext_lazy("requested a purchase"),
    "goods.choose_quotation": gettext_lazy("chose a quotation"),
    "goods.define_kit": gettext_lazy("defined the kit"),
    "goods.hand_in_count": gettext_lazy("handed in a stock count"),
    "goods.hand_over": gettext_lazy("handed over a kit"),
    "goods.issue_goods": gettext_lazy("gave donated goods to a unit"),
    "goods.issue_kit": gettext_lazy("gave a unit its kit out of the store"),
    "goods.issue_to_family": gettext_lazy("gave a family what was bought for families"),
    "goods.take_back_issue": gettext_lazy("took back goods that a unit got"),
    "goods.propose_disposal": gettext_lazy("asked that goods be disposed of"),
    "goods.receive": gettext_lazy("received goods into the store"),
    "goods.record_donation": gettext_lazy("recorded a donation"),
    "goods.record_purchase": gettext_lazy("recorded a purchase"),
    "goods.send_back": gettext_lazy("sent goods back to the supplier"),
    "goods.record_quotation": gettext_lazy("entered a quotation"),
    "goods.replace_invoice": gettext_lazy("replaced the invoice of a purchase"),
    "goods.reopen_request": gettext_lazy("the request for a purchase stands again"),
    "goods.return_request": gettext_lazy("the request for a purchase went back"),
    "goods.set_quotation_aside": gettext_lazy("set a quotation aside"),
    "goods.take_back_request": gettext_lazy("the request for a purchase was taken back"),
    "goods.withdraw_request": gettext_lazy("withdrew a request for a purchase"),
    "goods.settle": gettext_lazy("settled a purchase"),
    "goods.start_count": gettext_lazy("began a stock count"),
    "jobs.fail_message": gettext_lazy("a message could not be delivered"),
    "journey.refused": gettext_lazy("was refused"),
    "organisation.change_unit": gettext_lazy("changed a unit"),
    "organisation.change_user": gettext_lazy("changed an account"),
    "organisation.close_unit": gettext_lazy("closed a unit"),
    "organisation.create_unit": gettext_lazy("created a unit"),
    "organisation.create_user": gettext_lazy("created an account"),
    "organisation.make_calendar_address": gettext_lazy("made a calendar address"),
    "organisation.end_calendar_address": gettext_lazy("took a calendar address back"),
    "organisation.end_assignment": gettext_lazy("ended a pair"),
    "organisation.end_post": gettext_lazy("ended a post"),
    "organisation.end_second_factor": gettext_lazy("gave up the second step"),
    "organisation.fail_sign_in": gettext_lazy("a sign-in failed"),
    "organisation.give_post": gettext_lazy("gave a post"),
    "organisation.import_units": gettext_lazy("imported units"),
    "organisation.install": gettext_lazy("founded the installation"),
    "organisation.lock_out": gettext_lazy("locked out after too many failures"),
    "organisation.make_recovery_codes": gettext_lazy("made recovery codes"),
    "organisation.pair_units": gettext_lazy("paired units"),
    "organisation.reset_second_factor": gettext_lazy("took off a second step"),
    "organisation.rotate_key": gettext_lazy("renewed the key for sealed fields"),
    "organisation.set_password": gettext_lazy("set a password"),
    "organisation.set_second_factor": gettext_lazy("set up a second step"),
    "organisation.sign_in": gettext_lazy("signed in"),
    "outreach.confirm_address": gettext_lazy("confirmed an address for reminders"),
    "outreach.refuse_address": gettext_lazy("reminders were turned off: the address is refused"),
    "outreach.send_code": gettext_lazy("had a code sent to an address"),
    "outreach.set_wishes": gettext_lazy("said when to be reminded"),
    "outreach.turn_off": gettext_lazy("turned a way of reminders off"),
    "outreach.turn_on": gettext_lazy("turned a way of reminders on"),
    "people.answer_correction": gettext_lazy("answered a correction asked for"),
    "people.apply_rows": gettext_lazy("took over rows of a roster"),
    "people.ask_correction": gettext_lazy("asked for a correction"),
    "people.begin_erasing": gettext_lazy("began to erase a roster"),
    "people.cancel_import": gettext_lazy("left an import"),
    "people.change_roster": gettext_lazy("changed a roster"),
    "people.close_roster": gettext_lazy("closed a roster"),
    "people.create_roster": gettext_lazy("created a roster"),
    "people.end_missing": gettext_lazy("ended the entries that a new list leaves out"),
    "people.erase_person": gettext_lazy("erased a person"),
    "people.erase_roster": gettext_lazy("erased a roster"),
    "people.erase_rows": gettext_lazy("erased rows of a roster"),
    "people.fail_import": gettext_lazy("an import stopped"),
    "people.finish_import": gettext_lazy("finished an import"),
    "people.forget_import": gettext_lazy("forgot how the file of a given-up import was called"),
    "people.issue_code": gettext_lazy("gave an access code"),
    "people.lock_code": gettext_lazy("an access code was locked after too many failures"),
    "people.merge_persons": gettext_lazy("merged two entries of a person"),
    "people.note_household": gettext_lazy("noted what was decided about a household"),
    "people.open_own_view": gettext_lazy("opened the page of one's own"),
    "people.receive_import": gettext_lazy("received a roster file"),
    "people.reopen_roster": gettext_lazy("opened a roster again"),
    "people.report": gettext_lazy("fetched a report on an import"),
    "people.revoke_code": gettext_lazy("took an access code back"),
    "people.show_person": gettext_lazy("looked at a person in full"),
    "people.sign_assessment": gettext_lazy("signed an impact assessment"),
    "people.take_own_view": gettext_lazy("took a copy of one's own facts"),
    "people.tell_apart": gettext_lazy("told two people apart"),
    "plans.answer_question": gettext_lazy("answered an open question"),
    "plans.approve_amendment": gettext_lazy("the amendment was approved"),
    "plans.approve": gettext_lazy("the plan was approved"),
    "plans.close_measure": gettext_lazy("closed a measure"),
    "plans.close": gettext_lazy("closed the plan"),
    "plans.load_version": gettext_lazy("loaded a version of the plan"),
    "plans.archive": gettext_lazy("put the plan away as an archive"),
    "plans.open": gettext_lazy("opened the plan"),
    "plans.open_amendment": gettext_lazy("began an amendment"),
    "plans.open_measure": gettext_lazy("opened a measure"),
    "plans.put_in_force": gettext_lazy("put an amendment in force"),
    "plans.reopen": gettext_lazy("took the approved plan back to draft"),
    "plans.reopen_amendment": gettext_lazy("sent an approved amendment back to be changed"),
    "plans.return": gettext_lazy("the plan went back to its writer"),
    "plans.return_amendment": gettext_lazy("the amendment went back to its writer"),
    "plans.rewrite_amendment": gettext_lazy("wrote on an amendment"),
    "plans.submit": gettext_lazy("handed the plan in"),
    "plans.submit_amendment": gettext_lazy("handed an amendment in"),
    "plans.withdraw_amendment": gettext_lazy("withdrew an amendment"),
    "records.acknowledge": gettext_lazy("acknowledged a document"),
    "records.erase_files": gettext_lazy("erased files whose time was over"),
    "records.make_paper": gettext_lazy("made a paper with names on it"),
    "records.open_file": gettext_lazy("opened a file"),
    "records.issue_document": gettext_lazy("issued a document"),
    "records.register_document": gettext_lazy("registered a document"),
    "records.store_file": gettext_lazy("stored a file"),
    "tasks.accept": gettext_lazy("accepted an item of an instruction"),
    "tasks.allow_extension": gettext_lazy("allowed a later date"),
    "tasks.ask_closing": gettext_lazy("asked for the closing of an item"),
    "tasks.ask_extension": gettext_lazy("asked for a later date"),
    "tasks.assign": gettext_lazy("assigned a duty"),
    "tasks.close": gettext_lazy("closed an item of an instruction"),
    "tasks.amend_problem": gettext_lazy("corrected a problem"),
    "tasks.close_task": gettext_lazy("closed a problem"),
    "tasks.report_problem": gettext_lazy("reported on a problem"),
    "tasks.raise_task": gettext_lazy("raised a problem"),
    "tasks.record_instruction": gettext_lazy("recorded an instruction"),
    "tasks.reassign": gettext_lazy("gave an item to another unit"),
    "tasks.refuse_extension": gettext_lazy("did not allow a later date"),
    "tasks.report": gettext_lazy("reported on an item"),
    "tasks.report_duty": gettext_lazy("reported a duty as done"),
    "tasks.send_back": gettext_lazy("sent an item back"),
    "visits.add_photos": gettext_lazy("added photos to a visit"),
    "visits.allow_late": gettext_lazy("allowed a later day"),
    "visits.ask_later": gettext_lazy("asked for a later day"),
    "visits.attach_problem": gettext_lazy("attached a problem to its visit"),
    "visits.check_receipt": gettext_lazy("called a unit back about its receipt"),
    "visits.draw_sample": gettext_lazy("drew a sample of receipts"),
    "visits.note_flag": gettext_lazy("noted that a sign was looked at"),
    "visits.end_team": gettext_lazy("took a team for visits away"),
    "visits.pin": gettext_lazy("pinned visits to their days"),
    "visits.place": gettext_lazy("set day, time and team of a visit"),
    "visits.attach_leader_problem": gettext_lazy("attached a problem to a leader's visit"),
    "tasks.chase_problem": gettext_lazy("reminded the owner of a problem"),
    "visits.chase": gettext_lazy("reminded the lead of a visit"),
    "visits.correct": gettext_lazy("corrected a report"),
    "visits.keep_position": gettext_lazy("kept where the visitors' device stood"),
    "visits.plan_visits": gettext_lazy("planned the visits"),
    "visits.propose_schedule": gettext_lazy("had a schedule of visits proposed"),
    "visits.record": gettext_lazy("recorded a visit"),
    "visits.record_leader": gettext_lazy("recorded a leader's visit"),
    "visits.replan": gettext_lazy("moved a visit"),
    "visits.return_late": gettext_lazy("returned a later day"),
    "visits.set_hours": gettext_lazy("set when a unit may be visited"),
    "visits.set_team": gettext_lazy("set a team for visits"),
    "visits.settle_schedule": gettext_lazy("set what schedules go by"),
    "visits.take_schedule": gettext_lazy("took a proposed schedule"),
    "visits.unpin": gettext_lazy("let pinned visits go"),
    "visits.show_contact": gettext_lazy("looked up whom to call at a unit"),
    "visits.sign_later": gettext_lazy("kept the receipt for a kit handed over later"),
    "visits.withdraw_leader": gettext_lazy("withdrew the entry of a leader's visit"),
}

STREAMS: Mapping[str, Promise] = {
    "accounts": gettext_lazy("Accounts"),
    "benefits": gettext_lazy("Money to people"),
    "chains": gettext_lazy("Steps of approvals"),
    "delegations": gettext_lazy("Delegations"),
    "deliveries": gettext_lazy("Messages"),
    "instructions": gettext_lazy("Instructions"),
    "organisation": gettext_lazy("Units and posts"),
    "people": gettext_lazy("People"),
    "records": gettext_lazy("Documents and files"),
    "refusals": gettext_lazy("Refusals"),
    "trail": gettext_lazy("Streams of the trail"),
}


@register.filter
def act_words(action: str) -> str:
    """Return what somebody did, in words; the code itself where there are none."""
    return str(ACTS.get(action, action))


@register.filter
def refused_words(subject: str) -> str:
    """Return what was tried, of a subject such as "buy_kits.buy_kits"; the subject itself where unknown."""
    file, _dot, name = subject.partition(".")
    return str(JOURNEYS[name] if name in JOURNEYS else JOURNEYS.get(file, subject))


@register.filter
def code_words(code: str) -> str:
    """Return why something was refused; the code itself where there are no words for it."""
    return str(CODES.get(code, code))


def stream_names(streams: Iterable[str]) -> dict[str, str]:
    """Return the names of streams as people know them: that of the plan, fund, roster or standard."""
    names = list(streams)
    keys: dict[str, set[str]] = {}
    for name in names:
        kind, _colon, key = name.partition(":")
        keys.setdefault(kind, set()).add(key)
    plans = dict(Plan.objects.filter(slug__in=keys.get("plan", ())).values_list("slug", "title"))
    numbers = [int(key) for key in keys.get("fund", ()) if key.isascii() and key.isdigit()]
    funds = {str(pk): title for pk, title in Fund.objects.filter(pk__in=numbers).values_list("pk", "title")}
    rosters = dict(Roster.objects.filter(key__in=keys.get("roster", ())).values_list("key", "title"))

    standards = {slug: version.title for slug, version in latest_by_slug(keys.get("standard", ())).items()}

    slugs = keys.get("bank-layout", ())
    layouts = dict(latest().filter(slug__in=slugs).values_list("slug", "title")) if slugs else {}
    measures = of_measures(names)

    def words(name: str) -> str:
        kind, _colon, key = name.partition(":")
        if kind == "plan":
            return _("Plan: %(title)s") % {"title": plans.get(key, key)}
        if kind == "fund":
            return _("Fund: %(title)s") % {"title": funds.get(key, key)}
        if kind == "roster":
            return _("Roster: %(title)s") % {"title": rosters.get(key, key)}
        if kind == "standard":
            return _("Standard: %(title)s") % {"title": standards.get(key, key)}
        if kind == "bank-layout":
            return _("Layout of bank files: %(title)s") % {"title": layouts.get(key, key)}
        return measures.get(name) or str(STREAMS.get(name, name))

    return {name: words(name) for name in names}
