"""A notice with everything a notice can have, for the tests of its papers."""

from datetime import date

from songnuan.documents.official import Annex, Column, Head, Imprint, Line, OfficialDocument, Table

TEXT = (
    Line("一、走访安排", 1),
    Line("为落实疫情联防联控部署，开展集中走访慰问。"),
    Line("（一）结对牵头", 2),
    Line("每个单位明确一个牵头处室（单位）。"),
    Line("1.走访单位", 3),
    Line("（1）走访时限", 4),
)
TABLE = Table(
    columns=(
        Column("序号", 1, is_figure=True),
        Column("慰问单位", 4),
        Column("联系电话", 3, is_figure=True),
    ),
    rows=(("1", "东港船闸管理所", "199****0001"), ("2", "=1+1", "020-****1234")),
    note="注：联系电话已隐去部分内容。",
)
NOTICE = OfficialDocument(
    head=Head("澄江省水运管理局文件", "澄水运防〔2020〕4号", copy_number="000001", urgency="特急"),
    title="澄江省水运管理局关于印发《走访慰问防疫一线工作方案》的通知",
    addressees="局机关各处室，局属各单位",
    body=(Line("现将《走访慰问防疫一线工作方案》印发给你们，请结合实际，认真组织实施。"),),
    signer="澄江省水运管理局",
    dated_on=date(2020, 4, 8),
    imprint=Imprint("澄江省水运管理局办公室", date(2020, 4, 8), ("局疫情防控办公室",)),
    annexes=(Annex("走访慰问防疫一线工作方案", TEXT), Annex("慰问单位一览表", table=TABLE)),
    note="此件公开发布",
)
