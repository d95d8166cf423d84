"""How a text is looked for: in any width and script, its words in any order, titles by their sound too."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from django.db.models import Case, IntegerField, Q, Value, When
from opencc import OpenCC
from pypinyin import Style, pinyin

LONGEST = 60
_WORDS = 6  # of one text; more only narrow what is found already
_SOUNDED = (
    24  # letters of one word that are read as pinyin; whoever writes more has written enough to be found
)
_INITIALS = 6  # letters of one word that are each read as the first of a syllable
_WAYS = 12  # to divide letters into syllables
_WIDER = 0xFEE0  # from a printable ASCII character to its full-width twin
_RUNS = re.compile(r"[A-Za-z']+|[^A-Za-z']+")


def tidy(text: str) -> str:
    """Return what is looked for as it was written: one space between words, no more than is sensible."""
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


def folded(text: str) -> str:
    """Return it half width, for what is looked for as a whole."""
    return unicodedata.normalize("NFKC", text)


def words_of(text: str) -> list[str]:
    """Return the words of a tidy text, each once."""
    return list(dict.fromkeys(text.split()))[:_WORDS]


def holds(text: str, *fields: str, named: Sequence[str] = ()) -> Q:
    """Return the condition that every word of the text stands in one of these fields, in any order.

    Args:
        text: As it was tidied.
        fields: Where words stand as they are written.
        named: Titles and names, which are found by their sound too.

    """
    every = Q()
    for word in words_of(text):
        one = Q()
        for field in fields:
            one |= Q(**{f"{field}__iregex": pattern_of(word)})
        for field in named:
            one |= Q(**{f"{field}__iregex": sounding(word)})
        every &= one
    return every


def rank(text: str, field: str) -> Case:
    """Return how near a title is: 0 the text itself, 1 begins with it, 2 holds it, 3 words or sound."""
    pattern = pattern_of(text)
    return Case(
        When(**{f"{field}__iregex": f"^{pattern}$"}, then=Value(0)),
        When(**{f"{field}__iregex": f"^{pattern}"}, then=Value(1)),
        When(**{f"{field}__iregex": pattern}, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def anywhere(text: str, *, named: bool = False) -> str:
    """Return the pattern of any word of the text, as it stands in a title when it is `named`."""
    return "|".join(map(sounding if named else pattern_of, words_of(text)))


def pattern_of(text: str) -> str:
    """Return the pattern that finds the text whichever width and whichever characters it is written in.

    Full width and half width, Simplified and Traditional are alike on both sides: “，” stays “，” in the
    texts, and whoever pastes it finds it, as does whoever writes “,”. Both databases read it alike.
    """
    return "".join("[ \u3000\t\r\n]+" if sign == " " else _class_of(sign) for sign in text)


@lru_cache(maxsize=256)
def sounding(word: str) -> str:
    """Return the pattern that finds a word as it is written, or what sounds so: zoufang, zf, 走fang."""
    plain = pattern_of(word)
    runs = _RUNS.findall(folded(word))
    letters = [run for run in runs if run[0].isascii() and (run[0].isalpha() or run[0] == "'")]
    if (runs == letters and len(word) == 1) or len("".join(letters)) > _SOUNDED:
        return plain  # one letter alone is the sound of too much
    parts = [_sound(run.lower()) if run in letters else pattern_of(run) for run in runs]
    return f"(?:{plain}|{''.join(parts)})" if letters and all(parts) else plain


def _sound(letters: str) -> str:
    """Return the pattern of the characters that letters are the sound of; empty where they are of none."""
    apart = [part for part in letters.split("'") if part]
    ways = ["".join(map(_class_of_sound, way)) for way in _divided("".join(apart))] if len(apart) == 1 else []
    if len(apart) > 1:
        whole = [_sound(part) for part in apart]
        return "".join(whole) if all(whole) else ""
    if apart and len(apart[0]) <= _INITIALS and all(letter in _initials() for letter in apart[0]):
        ways.append("".join(_class_of_sound(letter) for letter in apart[0]))
    found = list(dict.fromkeys(ways))
    return f"(?:{'|'.join(found)})" if found else ""


def _divided(letters: str) -> list[tuple[str, ...]]:
    """Return ways to divide letters into syllables, the longest first; the last may be begun only."""
    known = _sounds()
    found: list[tuple[str, ...]] = []
    open_ways: list[tuple[tuple[str, ...], str]] = [((), letters)]
    while open_ways and len(found) < _WAYS:
        done, rest = open_ways.pop(0)
        for size in range(min(6, len(rest)), 0, -1):
            head, tail = rest[:size], rest[size:]
            is_begun = done and any(one.startswith(head) for one in known)
            if not tail and (head in known or is_begun):
                found.append((*done, head))
            elif tail and head in known and len(open_ways) < _WAYS * 4:
                open_ways.append(((*done, head), tail))
    return found[:_WAYS]


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    """Return the characters of GB 2312 by their sound, each under all of its readings."""
    found: dict[str, list[str]] = {}
    for first in range(0xB0, 0xF8):
        for second in range(0xA1, 0xFF):
            sign = bytes((first, second)).decode("gb2312", "ignore")
            for one in pinyin(sign, style=Style.NORMAL, heteronym=True)[0] if sign else ():
                found.setdefault(one, []).append(sign)
    return {sound: "".join(signs) for sound, signs in found.items() if sound.isascii() and sound.isalpha()}


@lru_cache(maxsize=1)
def _initials() -> frozenset[str]:
    return frozenset(sound[0] for sound in _sounds())


@lru_cache(maxsize=512)
def _class_of_sound(begun: str) -> str:
    """Return the class of the characters whose sound is this, or begins with it where it is none."""
    known = _sounds()
    signs = known.get(begun) if len(begun) > 1 else None
    if signs is None:
        signs = "".join(
            sorted({sign for sound, all_ in known.items() if sound.startswith(begun) for sign in all_})
        )
    return f"[{signs}]"


@lru_cache(maxsize=4096)
def _class_of(sign: str) -> str:
    """Return the class of characters that a character stands for."""
    plain = _narrow(sign)
    simple = plain if plain.isascii() else _converter("t2s").convert(plain)
    kin = {sign, plain, simple}
    if not plain.isascii():
        kin |= {_converter(way).convert(simple) for way in ("s2t", "s2tw")}
    kin |= {chr(ord(plain) + _WIDER)} if "!" <= plain <= "~" else set()
    return f"[{''.join(map(_escaped, sorted(one for one in kin if len(one) == 1)))}]"


def _narrow(sign: str) -> str:
    return chr(ord(sign) - _WIDER) if "\uff01" <= sign <= "\uff5e" else sign


def _escaped(sign: str) -> str:
    return f"\\{sign}" if sign in "\\[]^-&~|" else sign


@lru_cache(maxsize=4)
def _converter(way: str) -> OpenCC:
    return OpenCC(way)
