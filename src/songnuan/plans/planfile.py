"""The plan file: what stands in it, how it is read, and its published schema.

`read` takes the text and the kinds of measure, and returns a `PlanFile` or refuses with every fault.
`Day` and `Yuan` are the two ways of writing that kinds of measure use for their settings too.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.json_schema import models_json_schema

from songnuan.kernel.money import parse_yuan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.agreeing import disagreements, measures_in
from songnuan.plans.faults import KEY, SLUG, Fault, Path, PlanRefused, place, sentence_of
from songnuan.plans.models import Blocks, PlanKind
from songnuan.plans.numbering import ClauseNumber, parse_clause_number
from songnuan.plans.yamltext import Outline, outline

Kinds = Mapping[str, type[BaseModel]]

FIRST, LAST = 1900, 2199  # years in which a date can be meant; a month more or less is a date too


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(_("write a date as 2020-04-21."))
    if not FIRST <= int(value[:4]) <= LAST:
        sentence = _("write a date between the years %(first)s and %(last)s.")
        raise ValueError(sentence % {"first": FIRST, "last": LAST})
    return value


def _minor(value: object) -> int:
    if isinstance(value, str) or type(value) is int:
        try:
            return parse_yuan(str(value))
        except Refusal as refusal:
            raise ValueError(refusal.sentence) from refusal
    raise ValueError(_("write an amount in yuan, such as 14100 or “295.50”."))


def _numbered(value: str) -> str:
    if parse_clause_number(value) is None:
        raise ValueError(_("write a clause's number as 一、 or （一） or 1. or （1）, up to ninety-nine."))
    return value


def _one_line(value: str) -> str:
    if len(value.splitlines()) > 1:
        raise ValueError(_("write this on one line."))
    return value


Day = Annotated[date, BeforeValidator(_day)]
"""A date written 2020-04-21."""
YUAN_SCHEMA = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}], "description": "yuan"})
Yuan = Annotated[int, BeforeValidator(_minor), YUAN_SCHEMA]
"""An amount written in yuan, as text or as a whole number; held in fen."""
Slug = Annotated[str, Field(pattern=SLUG, max_length=60)]
Key = Annotated[str, Field(pattern=KEY, max_length=60)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
DocumentNumber = Annotated[str, Field(min_length=1, max_length=60)]


class _Part(BaseModel):
    """A part of the file: nothing unknown is let through, figures may stand for text."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, coerce_numbers_to_str=True
    )


class BasisEntry(_Part):
    """What the plan rests on: a notice, or a leader's instruction, which has no number."""

    title: Title = Field(description=gettext_noop("Title of the notice, or what the instruction says."))
    number: DocumentNumber | None = Field(
        default=None, description=gettext_noop("Document number, as 〔2020〕3号.")
    )
    issuer: Name | None = Field(default=None, description=gettext_noop("Who issued it."))
    dated_on: Day | None = Field(default=None, description=gettext_noop("Its date."))


class FundEntry(_Part):
    """Money set apart for the plan under a numbered document. `amount_minor` is in fen."""

    number: DocumentNumber = Field(description=gettext_noop("Number of the document that sets up the fund."))
    title: Title = Field(description=gettext_noop("Title of that document."))
    issuer: Name = Field(description=gettext_noop("Who issued it."))
    dated_on: Day = Field(description=gettext_noop("Its date."))
    amount_minor: Yuan = Field(alias="amount", description=gettext_noop("Amount in yuan."))


class ChoiceEntry(_Part):
    """One of the answers that a question offers: its key is for programs, its text for people."""

    key: Key = Field(description=gettext_noop("Lasting short name of the choice; programs go by it."))
    text: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)] = Field(
        description=gettext_noop("The choice as people read it; it becomes the answer.")
    )

    @property
    def line(self) -> str:
        """The choice as it is written on a line of its own."""
        return f"{self.key}={self.text}"


class QuestionEntry(_Part):
    """A question that the text leaves open, and its answer once there is one."""

    key: Key = Field(description=gettext_noop("Lasting short name of the question."))
    text: Annotated[str, Field(min_length=1, max_length=2000)] = Field(
        description=gettext_noop("The question.")
    )
    clause: Key | None = Field(
        default=None, description=gettext_noop("Key of the clause that leaves it open.")
    )
    blocks: Blocks = Field(description=gettext_noop("What may not happen while it is unanswered."))
    choices: Annotated[tuple[ChoiceEntry, ...], Field(max_length=8)] = Field(
        default=(),
        description=gettext_noop("Answers to choose from, two or more; without them it is written."),
    )
    answer: Annotated[str, Field(min_length=1, max_length=2000)] | None = Field(
        default=None, description=gettext_noop("The answer.")
    )
    ground: Annotated[str, Field(min_length=1, max_length=2000)] | None = Field(
        default=None, description=gettext_noop("On what the answer rests: a decision, minutes, a reply.")
    )

    @field_validator("answer")
    @classmethod
    def _answer_is_a_choice(cls, answer: str | None, info: ValidationInfo) -> str | None:
        texts = [choice.text for choice in info.data.get("choices", ())]
        if answer is not None and texts and answer not in texts:
            sentence = _("the answer is none of the choices; write one of them: %(texts)s.")
            raise ValueError(sentence % {"texts": "、".join(f"“{text}”" for text in texts)})
        return answer

    @model_validator(mode="after")
    def _answer_has_ground(self) -> "QuestionEntry":
        if (self.answer is None) != (self.ground is None):
            raise ValueError(
                _("give answer and ground together: an answer without its ground cannot be relied on.")
            )
        return self

    @property
    def offered(self) -> list[dict[str, str]]:
        """The choices as they are kept."""
        return [choice.model_dump() for choice in self.choices]

    @property
    def choice(self) -> str:
        """The key of the choice that is the answer; empty without an answer, or without choices."""
        return next((choice.key for choice in self.choices if choice.text == self.answer), "")


class MeasureEntry(BaseModel):
    """What a clause sets in motion. Beside `kind` and `key` stand the settings of the kind."""

    model_config = ConfigDict(extra="allow", frozen=True, str_strip_whitespace=True)

    kind: Key = Field(description=gettext_noop("Kind of measure."))
    key: Key = Field(description=gettext_noop("Lasting short name; the kind itself when left out."))

    @model_validator(mode="before")
    @classmethod
    def _key_is_kind(cls, data: object) -> object:
        return {"key": data["kind"], **data} if isinstance(data, dict) and "kind" in data else data

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as the file has them."""
        return dict(self.model_extra or {})


class ClauseEntry(_Part):
    """A clause. Its level follows from the form of its number: 一、（一）1.（1）."""

    key: Key = Field(description=gettext_noop("Lasting short name of the clause, the same in every version."))
    number: Annotated[str, AfterValidator(_numbered), Field(max_length=12)] = Field(
        description=gettext_noop("Number: 一、 or （一） or 1. or （1）.")
    )
    title: Title = Field(description=gettext_noop("Heading."))
    text: Annotated[str, Field(max_length=20_000)] = Field(
        default="", description=gettext_noop("Text; each line is a paragraph.")
    )
    measures: tuple[MeasureEntry, ...] = Field(
        default=(), description=gettext_noop("What the clause sets in motion.")
    )

    @property
    def place(self) -> ClauseNumber:
        """The number understood: level, place among siblings, proper form."""
        found = parse_clause_number(self.number)
        if found is None:  # only by building one past the validators
            raise ValueError(self.number)
        return found

    @property
    def level(self) -> int:
        """1 to 4."""
        return self.place.level

    @property
    def heading(self) -> str:
        """Number and title, as people name the clause."""
        return f"{self.number}{self.title}"


class PlanFile(_Part):
    """A written plan with what it sets in motion."""

    slug: Slug = Field(description=gettext_noop("Lasting short name of the plan, part of its address."))
    title: Title = Field(description=gettext_noop("Title."))
    kind: PlanKind = Field(default=PlanKind.OTHER, description=gettext_noop("Kind of plan."))
    unit: Name = Field(description=gettext_noop("Name of the unit that issues the plan."))
    office: Name | None = Field(
        default=None, description=gettext_noop("Name of the office that runs the plan.")
    )
    starts_on: Day | None = Field(default=None, description=gettext_noop("First day."))
    due_on: Day | None = Field(default=None, description=gettext_noop("Deadline, the last day."))
    basis: tuple[BasisEntry, ...] = Field(default=(), description=gettext_noop("What the plan rests on."))
    funds: tuple[FundEntry, ...] = Field(
        default=(), description=gettext_noop("Money set apart for the plan.")
    )
    questions: tuple[QuestionEntry, ...] = Field(
        default=(), description=gettext_noop("What the text leaves open.")
    )
    clauses: Annotated[tuple[ClauseEntry, ...], Field(min_length=1)] = Field(
        description=gettext_noop("The text, clause by clause, in order.")
    )

    def measures(self) -> Iterator[tuple[ClauseEntry, MeasureEntry]]:
        """Yield every measure with its clause, in the order of the text."""
        for clause in self.clauses:
            for measure in clause.measures:
                yield clause, measure


class HasSettings(Protocol):
    """A measure, of a file or of the database: its kind and its settings as written."""

    @property
    def kind(self) -> str:
        """Name of the kind."""

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as the file has them."""


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a clause's text, without empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def read(text: str, kinds: Kinds) -> PlanFile:
    """Read a plan file.

    Args:
        text: The whole file.
        kinds: The model of the settings of each kind of measure.

    Raises:
        PlanRefused: `plan_unreadable` when the layout is broken, `plan_invalid` when entries are
            missing, unknown or wrong; every fault with its line.

    """
    found = outline(text)
    faults: list[Fault] = []
    try:
        plan_file = PlanFile.model_validate(found.data)
    except ValidationError as error:
        plan_file = None
        faults += _faults(error, found, (), _FIELDS)
    faults += [*_settings_faults(found, kinds), *disagreements(found)]
    if plan_file is None or faults:
        raise PlanRefused("plan_invalid", faults)
    return plan_file


def settings_of(measure: HasSettings, kinds: Kinds) -> BaseModel:
    """Return the settings of a measure as its kind's model.

    Raises:
        Refusal: `kind_unknown`, or `settings_invalid` when the kind no longer takes what was loaded.

    """
    model = kinds.get(measure.kind)
    if model is None:
        raise Refusal("kind_unknown", _("No kind of measure is called “%(kind)s”.") % {"kind": measure.kind})
    try:
        return model.model_validate(measure.settings)
    except ValidationError as error:
        known = [*model.model_fields]
        sentences = [
            f"{place(tuple(fault['loc']), measure.settings)}: {sentence_of(fault, known)}"
            for fault in error.errors()
        ]
        head = _("The settings of the measure “%(kind)s” do not fit its kind:") % {"kind": measure.kind}
        raise Refusal("settings_invalid", "\n".join([head, *sentences]), count=len(sentences)) from error


_PARTS: tuple[type[BaseModel], ...] = (
    PlanFile,
    BasisEntry,
    FundEntry,
    ChoiceEntry,
    QuestionEntry,
    ClauseEntry,
    MeasureEntry,
)
_FIELDS = tuple(
    dict.fromkeys(info.alias or name for part in _PARTS for name, info in part.model_fields.items())
)


def _faults(error: ValidationError, found: Outline, prefix: Path, known: tuple[str, ...]) -> Iterator[Fault]:
    for fault in error.errors():
        path = (*prefix, *fault["loc"])
        yield found.fault(path, sentence_of(fault, known))


def _settings_faults(found: Outline, kinds: Kinds) -> Iterator[Fault]:
    for path, measure in measures_in(found.data):
        kind = measure.get("kind")
        if not isinstance(kind, str):
            continue
        model = kinds.get(kind)
        if model is None:
            sentence = _("no kind of measure is called “%(kind)s”; the kinds are: %(kinds)s.")
            where = (*path, "kind")
            facts = {"kind": kind[:60], "kinds": ", ".join(sorted(kinds))}
            yield found.fault(where, sentence % facts)
            continue
        try:
            model.model_validate(
                {name: value for name, value in measure.items() if name not in {"kind", "key"}}
            )
        except ValidationError as error:
            yield from _faults(error, found, path, (*model.model_fields, "key"))


def schema(kinds: Kinds) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a plan file, each kind of measure spelled out."""
    models: list[type[BaseModel]] = [PlanFile, *kinds.values()]
    names, document = models_json_schema([(model, "validation") for model in models], title=PlanFile.__name__)
    definitions = document["$defs"]
    common = definitions[MeasureEntry.__name__]["properties"]
    own = {kind: names[model, "validation"]["$ref"].rpartition("/")[2] for kind, model in kinds.items()}
    spelled_out = {f"measure.{kind}": _measure(kind, common, definitions[own[kind]]) for kind in sorted(own)}
    for name in set(own.values()):
        del definitions[name]
    definitions |= spelled_out
    definitions[MeasureEntry.__name__] = {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in spelled_out]}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", **names[PlanFile, "validation"]}
    return {name: _translated(value) for name, value in (head | document).items()}


def _measure(kind: str, common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a measure of one kind: kind and key, then the settings."""
    return own | {
        "title": kind,
        "properties": common | {"kind": {"const": kind}} | own.get("properties", {}),
        "required": ["kind", *own.get("required", [])],
        "additionalProperties": False,
    }


def _translated(node: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Return a part of the schema with its descriptions in the reader's language."""
    if isinstance(node, list):
        return [_translated(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _(value) if name == "description" and isinstance(value, str) and value else _translated(value)
        for name, value in node.items()
    }
