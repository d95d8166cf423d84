import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel import names
from songnuan.kernel.refusal import Refusal

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from("𠮷𬎆𫖯㐂")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳修", "欧阳*"),
        ("司馬光", "司馬*"),
        ("诸葛", "诸*"),
        ("张王小三", "张***"),
        ("阿依古丽·买买提", "阿***·***"),
        ("𠮷田", "𠮷*"),
        ("张𠮷三", "张*三"),
        ("张小𠮷", "张*𠮷"),
        ("葛\U000e0101小三", "葛\U000e0101*三"),
        ("张\ue863三", "张*三"),  # a private character of older systems
        ("李", "*"),
        ("𠮷", "*"),
        ("", ""),
        ("John Smith", "J*** *****"),
        ("Anne-Marie O'Neil", "A***-***** *'****"),
        ("Bob", "B**"),
        ("E\u0301mile", "E\u0301****"),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert names.mask_name(name) == masked


@given(st.text(HAN, min_size=2, max_size=4))
def test_a_masked_name_has_as_many_characters_and_hides_the_second_or_all_but_the_surname(name: str) -> None:
    masked = names.mask_name(name)
    assert len(masked) == len(name)
    assert masked[0] == name[0]
    assert masked.count("*") >= len(name) // 2
    assert all(shown in {"*", real} for shown, real in zip(masked, name, strict=True))


@given(st.from_regex(r"\A[A-Za-z]{2,20}\Z"))
def test_of_a_name_in_other_letters_the_first_is_left(name: str) -> None:
    assert names.mask_name(name) == name[0] + "*" * (len(name) - 1)


@given(TEXT)
def test_of_any_text_in_place_of_a_number_at_least_three_characters_are_hidden(text: str) -> None:
    assert names.mask_phone(text).count("*") >= min(len(text), 3)
    dense = "".join(text.split()).replace("-", "")
    assert names.mask_account(text).count("*") >= min(len(dense), 3)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13800138000", "138****8000"),
        ("+86 138-0013-8000", "138****8000"),
        ("0591-87123456", "0591-****3456"),
        ("0591-7123456", "0591-***3456"),
        ("010 87123456", "010-****3456"),
        ("010-87123456-801", "010-****3456-***"),
        ("4001234567", "******4567"),
        ("87123456", "****3456"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_phones_are_masked(number: str, masked: str) -> None:
    assert names.mask_phone(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("6222021402001234567", "***************4567"),
        ("6222 0214 0200 1234 567", "***************4567"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_accounts_show_their_last_four(number: str, masked: str) -> None:
    assert names.mask_account(number) == masked


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800138000", "13800138000"),
        (" 138 0013 8000 ", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("＋８６１３８００１３８０００", "13800138000"),
        ("0086 13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("0591-87123456", "0591-87123456"),
        ("0591—87123456", "0591-87123456"),
        ("059187123456", "0591-87123456"),
        ("（0591）8712 3456", "0591-87123456"),
        ("0591-7123456", "0591-7123456"),
        ("010-87123456", "010-87123456"),
        ("02187123456", "021-87123456"),
        ("+86 591 8712 3456", "0591-87123456"),
        ("+86 (0)591 8712 3456", "0591-87123456"),
        ("+86 10 8712 3456", "010-87123456"),
        ("0591-87123456转801", "0591-87123456-801"),
        ("0591-87123456 ext. 801", "0591-87123456-801"),
        ("0591-87123456-801", "0591-87123456-801"),
        ("(0591)87123456-801", "0591-87123456-801"),
    ],
)
def test_phones_are_read_as_people_write_them(text: str, phone: str) -> None:
    assert names.valid_phone(text) == phone
    assert names.valid_phone(phone) == phone


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "12800138000",
        "1380013800",
        "138001380000",
        "87123456",  # no area code
        "010-8712345",  # one digit short in Beijing
        "0591-187123456",
        "0591-17123456",
        "0191-87123456",
        "13800138000转5",
        "13800138000/13900139000",
        "1380013800٠",
        "+1 212 555 0100",
        "1" * 500,
    ],
)
@pytest.mark.usefixtures("in_english")
def test_what_is_no_phone_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        names.valid_phone(text)
    assert refused.value.code == "phone_invalid"
    assert "11 digits" in refused.value.sentence
    assert len(refused.value.sentence) < 250


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"))
def test_every_mobile_is_taken_and_its_mask_hides_four_digits(phone: str) -> None:
    assert names.valid_phone(phone) == phone
    assert names.mask_phone(phone) == f"{phone[:3]}****{phone[-4:]}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张三", "张三"),
        (" 张　三 ", "张三"),
        ("张 小 三", "张小三"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("阿依古丽 • 买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽･买买提", "阿依古丽·买买提"),
        ("Ｊｏｈｎ　  Smith", "John Smith"),
        ("J. R. Smith", "J. R. Smith"),
        ("张三\u200b", "张三"),
        ("\ufeff张三", "张三"),
        ("⼀医院", "一医院"),  # a radical, as copied from some PDF files
        ("福州医院 (东院)", "福州医院（东院）"),
        ("福州医院（东院）", "福州医院（东院）"),
        ("第 1 医院", "第1医院"),
        ("张𠮷 三", "张𠮷三"),
        ("葛\U000e0101 三", "葛\U000e0101三"),
        ("", ""),
        (" \u3000 ", ""),
    ],
)
def test_names_are_tidied(text: str, name: str) -> None:
    assert names.tidy_name(text) == name


@given(TEXT | st.text(st.sampled_from("张三 \u3000·•.．()（）ab\u200b\u0301"), max_size=12))
def test_a_tidy_name_stays_as_it_is(text: str) -> None:
    once = names.tidy_name(text)
    assert names.tidy_name(once) == once
