"""What a document says before it is drawn: its text as data, its title broken by meaning, its fonts."""

from datetime import date

import pytest

from documents.notice_sample import NOTICE
from songnuan.documents import geometry
from songnuan.documents.fonts import BODY, FIGURES, TITLE, Missing, choose
from songnuan.documents.official import chinese_day, from_json, printable, to_json
from songnuan.documents.titles import mark_lines, title_lines, width_of
from songnuan.kernel.refusal import Refusal
from songnuan.records.rules import code_of, document_code, highest_serial, printed_number


def test_a_document_survives_as_text() -> None:
    assert from_json(to_json(NOTICE)) == NOTICE
    assert to_json(from_json(to_json(NOTICE))) == to_json(NOTICE)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        (NOTICE.title, ("澄江省水运管理局关于印发", "《走访慰问防疫一线工作方案》的通知")),
        ("关于放假的通知", ("关于放假的通知",)),
        ("一" * 50, ("一" * 17, "一" * 17, "一" * 16)),
        ("A" * 50, ("A" * 50,)),
        (
            "澄江省水运管理局关于印发《关于进一步加强疫情防控期间一线干部职工及其家属关心关爱和走访慰问工作的若干措施》的通知",
            (
                "澄江省水运管理局关于印发《关于进一步",
                "加强疫情防控期间一线干部职工及其家属",
                "关心关爱和走访慰问工作的若干措施》的通知",
            ),
        ),
        ("", ("",)),
    ],
)
def test_a_title_is_broken_where_its_meaning_allows(title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(title, NOTICE.signer) == lines


def test_no_line_of_a_title_begins_with_what_belongs_to_the_one_before() -> None:
    title = "澄江省水运管理局关于转发《" + "关心" * 8 + "》的通知"
    assert not any(line.startswith(("的", "》")) for line in title_lines(title, NOTICE.signer))


@pytest.mark.parametrize(
    "organ", [NOTICE.signer, "澄江省水运管理局新型冠状病毒感染肺炎疫情联防联控工作领导小组办公室"]
)
@pytest.mark.parametrize(
    "plan", ["走访慰问防疫一线工作方案", "2020年春节期间一线职工慰问金发放办法（试行）", "案" * 200]
)
def test_lines_of_a_title_fit_hold_it_all_and_cut_no_word(organ: str, plan: str) -> None:
    title = f"{organ}关于印发《{plan}》的通知"
    lines = title_lines(title, organ)
    assert "".join(lines) == title
    assert all(width_of(line) <= 20 for line in lines)
    assert not any(line.endswith(("《", "（")) or line.startswith(("》", "）", "的", "年")) for line in lines)
    for word in ("慰问", "方案", "管理局", "领导", "小组", "办公室", "疫情", "2020年"):
        assert title.count(word) == sum(line.count(word) for line in lines)


def test_nothing_is_taken_out_of_a_text_that_paper_can_hold() -> None:
    for text in ("王𠮷（龘）〔2020〕3号", "邉󠄀", "\ue000", "A-b_c #$@"):
        assert printable(text) == text
    assert printable(NOTICE) == NOTICE


def test_a_day_has_its_year_in_full_and_no_zeros_in_front() -> None:
    assert chinese_day(date(2020, 4, 8)) == "2020年4月8日"


def test_numbers_are_printed_and_read_back() -> None:
    assert printed_number("澄水运防", 2020, 3) == "澄水运防〔2020〕3号"
    assert code_of("澄水运防〔2020〕3号") == "澄水运防"
    assert code_of("会议纪要7") == ""
    numbers = ["澄水运防〔2020〕3号", "澄水运防〔2019〕30号", "澄水运人〔2020〕11号", "澄水运防[2020]9号"]
    assert highest_serial(numbers, "澄水运防", 2020) == 3
    assert highest_serial([], "澄水运防", 2020) == 0


@pytest.mark.parametrize("code", ["", "防", "ABC", "澄水运防〔", "澄水 运防", "长" * 21])
def test_a_code_is_chinese_characters_alone(code: str) -> None:
    with pytest.raises(Refusal) as refused:
        document_code(code)
    assert (refused.value.code, refused.value.field) == ("code_invalid", "code")


def test_a_font_is_known_by_its_other_name_and_missed_by_none() -> None:
    found = choose(["FangSong_GB2312", "SimHei", "KaiTi_GB2312", "simsun", "FZXiaoBiaoSong-B05S"])
    assert found.missing == ()
    assert found.families[BODY] == "FangSong_GB2312"
    assert found.families[FIGURES] == "simsun"


def test_a_font_that_is_not_there_is_said_to_be_missing_with_what_stands_in() -> None:
    found = choose(["Noto Serif CJK SC", "黑体", "楷体_GB2312", "宋体", BODY])
    assert found.missing == (Missing(TITLE, "Noto Serif CJK SC"),)
    assert [one.instead for one in choose([]).missing] == [""] * 5


def test_the_text_area_is_that_of_the_standard() -> None:
    assert (geometry.TEXT_WIDTH, geometry.TEXT_HEIGHT) == (156, 225)
    assert geometry.points(225) >= geometry.LINES_ON_PAGE * geometry.LINE
    assert geometry.points(225) < (geometry.LINES_ON_PAGE + 1) * geometry.LINE
    assert geometry.centre_over(8, 6, 4) == 3
    assert geometry.centre_over(40, 6, 4) == 0
    assert geometry.mark_size(["短"]) == geometry.MARK_LARGEST
    assert mark_lines("澄江省水运管理局文件") == ("澄江省水运管理局文件",)
