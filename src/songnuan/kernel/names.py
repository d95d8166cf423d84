"""Names and numbers of people: tidied, checked, and masked for the eyes of others.

Masking never refuses: what it does not recognise it hides the more. A character outside the first
plane of Unicode, or one with a variation selector, counts as one character.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

# Surnames of two characters, in both scripts, one after another.
_COMPOUND = frozenset(
    re.findall(
        "..",
        "欧阳歐陽司马司馬上官诸葛諸葛东方東方皇甫尉迟尉遲公孙公孫慕容令狐长孙長孫宇文"
        "司徒司空夏侯端木轩辕軒轅南宫南宮独孤獨孤西门西門百里呼延申屠淳于单于單于太史"
        "公冶宗政濮阳濮陽赫连赫連澹台澹臺闻人聞人钟离鍾離鲜于鮮于闾丘閭丘亓官司寇颛孙"
        "顓孫巫马巫馬公西漆雕乐正樂正壤驷壤駟公良拓跋夹谷夾谷宰父谷梁穀梁段干东郭東郭"
        "南门南門羊舌微生公羊梁丘左丘第五万俟萬俟纳兰納蘭完颜完顏耶律叶赫葉赫",
    )
)

# Han: the ideographs with their extensions, 〇, and the private areas that older systems put rare ones in.
_HAN = "\u3007\u3400-\u9fff\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003ffff\U000f0000-\U0010fffd"
_VARIATION = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HAN_NAME = re.compile(rf"(?:[{_HAN}][{_VARIATION}]?)+")
_BETWEEN_PARTS = frozenset("·-' ")

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e]")
_DOTS = re.compile(r"\s*[·•‧∙⋅・]\s*")
_STOP_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s*[.。]\s*(?=[{_HAN}])")
_SPACE_AT_HAN = re.compile(rf"(?<=[{_HAN}{_VARIATION}（）])\s+|\s+(?=[{_HAN}（）])")

_SEPARATORS = re.compile(r"[\s()\-‐‑‒–—―−/]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# The large cities have three digits and eight, the others four and seven or eight.
_LANDLINE = re.compile(r"(?:(010|02[0-9])([2-8][0-9]{7})|(0[3-9][0-9]{2})([2-8][0-9]{6,7}))")
_EXTENSION = re.compile(r"(.*?)(?:转|轉|ext\.?|x|#)\s*([0-9]{1,6})", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"(\(?0[0-9]{2,3}\)?[\s\-]?[0-9]{7,8})-([0-9]{1,6})")


def tidy_name(text: str) -> str:
    """Return a name as it is compared: half-width letters, one kind of ·, no spaces beside Han.

    Brackets in a Chinese name are full-width; spaces between Latin words become one.
    """
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    plain = _STOP_BETWEEN_HAN.sub("·", _DOTS.sub("·", plain))
    if re.search(f"[{_HAN}]", plain):
        plain = plain.replace("(", "（").replace(")", "）")
    return " ".join(_SPACE_AT_HAN.sub("", plain).split())


def mask_name(name: str) -> str:
    """Return a name with most of it hidden: 张三 -> 张*, 张小三 -> 张*三, 欧阳娜娜 -> 欧阳**.

    Of other names the first character is left, and what divides the parts: 阿依·买买提 -> 阿*·***. A single
    character is hidden whole.
    """
    letters = _characters(name)
    if len(letters) < 2:
        return "*" * len(letters)
    if _HAN_NAME.fullmatch(name):
        if len(letters) > 2 and "".join(letters[:2]) in _COMPOUND:
            return "".join(letters[:2]) + "*" * (len(letters) - 2)
        if len(letters) == 3:
            return letters[0] + "*" + letters[2]
    return letters[0] + "".join(letter if letter in _BETWEEN_PARTS else "*" for letter in letters[1:])


def mask_phone(number: str) -> str:
    """Return a phone number with its middle hidden: 138****8000, 0591-****3456."""
    parts = phone_parts(number)
    if parts is None:
        return _last_four(number)
    area, local, extension = parts
    if not area:
        return f"{local[:3]}****{local[7:]}"
    hidden = "*" * (len(local) - 4) + local[-4:]
    return "-".join([area, hidden, *(["*" * len(extension)] if extension else [])])


def mask_account(number: str) -> str:
    """Return a bank account with only its last four characters shown."""
    return _last_four(re.sub(r"[\s\-]", "", number))


def valid_phone(text: str) -> str:
    """Return a mobile number as 13800138000 or a landline as 0591-87123456, an extension as -801 after it.

    Raises:
        Refusal: `phone_invalid` when it is neither.

    """
    parts = phone_parts(text)
    if parts is None:
        sentence = _(
            "“%(text)s” is not a phone number. Write a mobile number of 11 digits, "
            "or a landline with its area code, such as 0591-87123456."
        )
        raise Refusal("phone_invalid", sentence % {"text": text.strip()[:40]})
    return "-".join(part for part in parts if part)


def _characters(name: str) -> list[str]:
    """Return the characters as people count them: what combines stays with what it follows."""
    letters: list[str] = []
    for sign in name:
        if letters and unicodedata.category(sign).startswith("M"):
            letters[-1] += sign
        else:
            letters.append(sign)
    return letters


def _last_four(text: str) -> str:
    """Return the last four characters behind stars; of fewer than eight characters, stars only."""
    return "*" * (len(text) - 4) + text[-4:] if len(text) >= 8 else "*" * len(text)


def phone_parts(text: str) -> tuple[str, str, str] | None:
    """Return area code, number and extension, "" for those it lacks; None when it is no phone number."""
    plain = unicodedata.normalize("NFKC", text).strip()
    extension = ""
    if match := _EXTENSION.fullmatch(plain) or _DASHED_EXTENSION.fullmatch(plain):
        plain, extension = match.groups()
    digits = _SEPARATORS.sub("", plain)
    national = next(
        (digits.removeprefix(code) for code in ("+86", "0086", "86") if digits.startswith(code)), ""
    )
    # From abroad the 0 of an area code is left out: +86 591 8712 3456.
    for candidate in (digits, national, f"0{national}"):
        if _MOBILE.fullmatch(candidate) and not extension:
            return "", candidate, ""
        if match := _LANDLINE.fullmatch(candidate):
            return match[1] or match[3], match[2] or match[4], extension
    return None
