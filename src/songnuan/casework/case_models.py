"""Tables of the needs ledger (台账): families, who keeps in touch with them, what they need, what came of it.

What was done is only added to. Words about a family stand sealed in a table of their own, so that they can be
sealed anew under another key, and erased, while the acts that refer to them stay as they are.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField

REASON_LONGEST = 400


class HelperState(models.TextChoices):
    """How a family stands with its helper."""

    NONE = "", pgettext_lazy("helper", "no helper yet")
    OFFERED = "offered", pgettext_lazy("helper", "asked, not answered yet")
    ACCEPTED = "accepted", pgettext_lazy("helper", "helper")


class HelperVerb(models.TextChoices):
    """What was done about who helps a family."""

    OFFER = "offer", pgettext_lazy("helper", "was asked")
    ACCEPT = "accept", pgettext_lazy("helper", "accepted")
    DECLINE = "decline", pgettext_lazy("helper", "declined")
    END = "end", pgettext_lazy("helper", "was relieved")
    DEPUTE = "depute", pgettext_lazy("helper", "was named deputy")
    RELEASE = "release", pgettext_lazy("helper", "is no longer deputy")


class Way(models.TextChoices):
    """How a family was contacted."""

    PHONE = "phone", pgettext_lazy("contact", "by phone")
    VISIT = "visit", pgettext_lazy("contact", "at home")
    WECHAT = "wechat", pgettext_lazy("contact", "by WeChat")
    MESSAGE = "message", pgettext_lazy("contact", "by text message")
    OTHER = "other", pgettext_lazy("contact", "in another way")


class Category(models.TextChoices):
    """What a need is about."""

    GOODS = "goods", pgettext_lazy("need", "daily goods")
    ELDERS = "elders", pgettext_lazy("need", "care of elders")
    CHILDREN = "children", pgettext_lazy("need", "care of children")
    MEDICAL = "medical", pgettext_lazy("need", "medical care and medicine")
    SCHOOLING = "schooling", pgettext_lazy("need", "schooling")
    MIND = "mind", pgettext_lazy("need", "peace of mind")
    TRANSPORT = "transport", pgettext_lazy("need", "transport")
    OTHER = "other", pgettext_lazy("need", "something else")


class Urgency(models.TextChoices):
    """By when a need is to be met."""

    TODAY = "today", pgettext_lazy("need", "today")
    DAYS = "days", pgettext_lazy("need", "within three days")
    WEEK = "week", pgettext_lazy("need", "within a week")
    WHENEVER = "whenever", pgettext_lazy("need", "when possible")


class Outcome(models.TextChoices):
    """What came of a need."""

    SOLVED = "solved", pgettext_lazy("need", "solved")
    PARTLY = "partly", pgettext_lazy("need", "solved in part")
    PASSED_ON = "passed_on", pgettext_lazy("need", "taken over by who is responsible")
    IMPOSSIBLE = "impossible", pgettext_lazy("need", "cannot be solved, explained to the family")
    NOT_NEEDED = "not_needed", pgettext_lazy("need", "not needed any more")


class Source(models.TextChoices):
    """By which way a family said what it thinks of the outcome."""

    LINK = "link", pgettext_lazy("feedback", "by its own link")
    CALL = "call", pgettext_lazy("feedback", "in a call that was noted")


class Satisfied(models.TextChoices):
    """What a family thinks of the outcome."""

    YES = "yes", pgettext_lazy("feedback", "satisfied")
    PARTLY = "partly", pgettext_lazy("feedback", "satisfied in part")
    NO = "no", pgettext_lazy("feedback", "not satisfied")


def _among(field: str, values: list[str], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class Case(models.Model):
    """A family that is looked after, under its number (档案号) in the plan; it is never deleted.

    `employee` is whom the register tells the family by, `unit` where they worked when it was opened. A
    special family stands in no register: `lead` is the unit that leads it, and who it is stands in
    `SpecialFamily`.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    employee = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", null=True)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    opened_at = models.DateTimeField()
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    helper_state = models.CharField(max_length=8, choices=HelperState, default=HelperState.NONE, blank=True)
    helper_at = models.DateTimeField(null=True)
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    ended_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True)

    class Meta:
        """No number and no family stands twice; a family has one helper at a time, asked or accepted.

        A deputy is another person; a special family alone has one, and an end.
        """

        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="casework_case_number_once"),
            models.UniqueConstraint(fields=["measure", "employee"], name="casework_case_family_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="casework_case_number"),
            models.CheckConstraint(
                condition=Q(helper_state=HelperState.NONE, helper__isnull=True, helper_at__isnull=True)
                | Q(
                    helper_state__in=(HelperState.OFFERED, HelperState.ACCEPTED),
                    helper__isnull=False,
                    helper_at__isnull=False,
                ),
                name="casework_case_helper",
            ),
            models.CheckConstraint(
                condition=Q(employee__isnull=True, lead__isnull=False)
                | Q(employee__isnull=False, lead__isnull=True, deputy__isnull=True, ended_at__isnull=True),
                name="casework_case_whose",
            ),
            models.CheckConstraint(condition=~Q(deputy=F("helper")), name="casework_case_deputy"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, keep_until__isnull=True)
                | Q(ended_at__isnull=False, keep_until__isnull=False),
                name="casework_case_ended",
            ),
        ]

    @property
    def is_special(self) -> bool:
        """Whether nobody but its contact person, the deputy and the office that leads may know who it is."""
        return self.lead_id is not None


class CaseText(models.Model):
    """Words about a family, sealed; emptied when the register erases its employee."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="texts")
    text = SealedField(default="")
    erased_at = models.DateTimeField(null=True)


class HelperAct(models.Model):
    """What was done about who helps a family. Append-only, but for the erasing of the reason."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="helper_acts")
    helper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=8, choices=HelperVerb)
    reason = models.CharField(max_length=REASON_LONGEST, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        """Each answers for themselves; who declines says why, and so does who relieves."""

        constraints = [
            _among("verb", HelperVerb.values, "casework_helper_act_verb"),
            models.CheckConstraint(
                condition=~Q(verb__in=(HelperVerb.ACCEPT, HelperVerb.DECLINE)) | Q(by=F("helper")),
                name="casework_helper_act_own",
            ),
            models.CheckConstraint(
                condition=Q(verb__in=(HelperVerb.OFFER, HelperVerb.ACCEPT, HelperVerb.DEPUTE))
                | Q(reason__gt=""),
                name="casework_helper_act_why",
            ),
        ]


class Contact(models.Model):
    """That somebody got in touch with a family, or tried to: then nobody was reached. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    happened_on = models.DateField()
    way = models.CharField(max_length=8, choices=Way)
    reached = models.BooleanField()
    words = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+", null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        """A way is one of those named."""

        constraints = [_among("way", Way.values, "casework_contact_way")]


class HomeVisit(models.Model):
    """What a visit at home adds to its contact (走访慰问记录). Append-only.

    `went` is who went, `brought` what they brought, `living` how the family lives and works, `difficulties`
    what it told of; `answered` what was answered on the spot, `follow_up` what is to follow, and by when.
    """

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="home_visit")
    went = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+")
    brought = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+", null=True)
    living = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+")
    difficulties = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+", null=True)
    answered = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+", null=True)
    follow_up = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+", null=True)
    received_by = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+")


class Need(models.Model):
    """What a family needs, under its number in the case. Append-only: what is done about it stands beside it.

    `contact` is the contact at which it came up, if it was one.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="needs", db_index=False)
    number = models.PositiveIntegerField()
    category = models.CharField(max_length=9, choices=Category)
    urgency = models.CharField(max_length=8, choices=Urgency)
    words = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+")
    promised_on = models.DateField()
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="need", null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    raised_on = models.DateField()

    class Meta:
        """Numbers have no doubles; nothing is promised for the past."""

        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="casework_need_number_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="casework_need_number"),
            _among("category", Category.values, "casework_need_category"),
            _among("urgency", Urgency.values, "casework_need_urgency"),
            models.CheckConstraint(
                condition=Q(promised_on__gte=F("raised_on")), name="casework_need_promised"
            ),
        ]


class NeedAction(models.Model):
    """What was done for a need; `promised_on` where it was put off to another day. Append-only."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="actions")
    done_on = models.DateField()
    words = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+")
    promised_on = models.DateField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()


class FeedbackLink(models.Model):
    """A personal link by which a family says what it thinks: of them the newest opens. Append-only.

    `digest` is the SHA-256 (hex) of its secret, which itself is kept nowhere. `round` counts how often the
    need was open: what was said of an earlier closing says nothing of the next.
    """

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="links")
    round = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()


class Feedback(models.Model):
    """What the family itself said of the outcome: by its link, or in a call that was noted. Append-only."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="feedback")
    round = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=4, choices=Source)
    link = models.OneToOneField(FeedbackLink, on_delete=models.PROTECT, related_name="answer", null=True)
    satisfied = models.CharField(max_length=6, choices=Satisfied)
    words = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+", null=True)
    said_by = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+", null=True)
    said_on = models.DateField()
    heard_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    at = models.DateTimeField()

    class Meta:
        """By a link nobody hears it; of a call it is known who heard it from whom."""

        constraints = [
            _among("satisfied", Satisfied.values, "casework_feedback_satisfied"),
            models.CheckConstraint(
                condition=Q(source=Source.LINK, link__isnull=False, heard_by__isnull=True)
                | Q(
                    source=Source.CALL,
                    link__isnull=True,
                    heard_by__isnull=False,
                    said_by__isnull=False,
                ),
                name="casework_feedback_source",
            ),
        ]


class NeedClosing(models.Model):
    """That a need was closed, with its outcome and the family's own feedback of this round. Append-only."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="closings", db_index=False)
    round = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    words = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+")
    feedback = models.OneToOneField(Feedback, on_delete=models.PROTECT, related_name="closing")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        """A need is closed once a round, with an outcome among those named."""

        constraints = [
            models.UniqueConstraint(fields=["need", "round"], name="casework_closing_once"),
            _among("outcome", Outcome.values, "casework_closing_outcome"),
        ]


class NeedReopening(models.Model):
    """That a closed need is open again, and why. Append-only."""

    closing = models.OneToOneField(NeedClosing, on_delete=models.PROTECT, related_name="reopening")
    why = models.OneToOneField(CaseText, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()


class NeedGoods(models.Model):
    """That goods were given out of a store for a need, against a signature. Append-only."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="goods")
    issue = models.OneToOneField("goods.Issue", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
