"""What the tables of people, families and service tell, and the headings that offices write over it.

The surest heading of a field comes first; it is also named where the column is missing. Words in front of a
heading that say whom it is about (职工姓名, 家属电话) need not be written out: they stand with the parties.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from songnuan.documents.header import ANY, Field, Layout, Party
from songnuan.people import looks


def _words(text: str) -> tuple[str, ...]:
    """Return what stands between the bars of a text."""
    return tuple(word.strip() for word in text.replace("\n", "|").split("|") if word.strip())


_NUMBER = Field(
    "number",
    _words(
        "序号|序列|序列号|序|顺序号|顺序|排序|行号|项次|编号|No.|No|Number|Serial number|Serial no|S/N|#|Item"
    ),
    party=ANY,
)
_NAMED = Field(
    "name",
    _words(
        """姓名|名字|真实姓名|中文姓名|人名|姓名全称|姓名中文|姓名汉字|Name|Full name|Chinese name
        |Surname and given name"""
    ),
    required=True,
    looks=looks.name,
    private=True,
)
_NAME = replace(
    _NAMED,
    headings=_NAMED.headings
    + _words(
        """人员名称|Name of employee|Name of staff|户名|账户名|账户名称|开户名|开户人|持卡人|收款人|慰问对象
        |被慰问人|受助人|补助对象|发放对象|申请人|领款人|职工|员工|教职工|职员|队员|医护人员|医务人员|人员"""
    ),
)
_ID_NUMBER = Field(
    "id_number",
    _words(
        """身份证号|身份证号码|居民身份证号|居民身份证号码|公民身份号码|公民身份证号|公民身份证号码|身份证
        |居民身份证|身份号码|18位身份证号|18位身份证号码|二代身份证号|二代身份证号码|身份证字号|身份证编号
        |身份证件号|身份证件号码|身份证证件号|身份证证件号码|有效身份证件号码|有效身份证件号|身份证明号码
        |证件号码|证件号|证件编号|有效证件号码|有效证件号|证号|证件|社会保障号码|社会保障号|公民身份证
        |护照号|护照号码|护照|通行证号|通行证号码|港澳台通行证号|港澳台居民居住证号|ID number|ID No|ID No.
        |ID|ID card|ID card number|ID card no|Identity number|Identity no|Identity card
        |Identity card number|Identity card no|Identification number|Identification no|Resident ID
        |Resident ID number|Resident identity card number|National ID|National ID number|Citizen ID
        |ID document number|Document number|Certificate number|Certificate no|Passport|Passport number
        |Passport no"""
    ),
    looks=looks.identity,
    private=True,
)
_ID_KIND = Field(
    "id_kind",
    _words(
        """证件类型|证件种类|证件类别|证件名称|身份证件类型|身份证件种类|有效证件类型|有效身份证件类型
        |身份证类型|证照类型|ID type|Type of ID|ID kind|Document type|Type of document|Certificate type
        |Identity type|Identity document type"""
    ),
    looks=looks.identity_kind,
)
_SEX = Field("sex", _words("性别|男女|性別|Sex|Gender|M/F"), looks=looks.sex)
_BIRTH_ON = Field(
    "birth_on",
    _words(
        """出生日期|出生年月日|生日|出生时间|出生年月|出生|公历生日|阳历生日|身份证出生日期|Date of birth
        |Birth date|Birthdate|DOB|Birthday|Born|Born on"""
    ),
    looks=looks.day,
    private=True,
)
_PHONE = Field(
    "phone",
    _words(
        """手机号|手机号码|手机|移动电话|移动电话号码|移动手机|联系手机|联系手机号|联系电话|联系电话号码
        |联系方式|联系号码|电话号码|电话|常用电话|常用手机号|手机电话|电话手机|流动电话|长号|Mobile
        |Mobile phone|Mobile number|Mobile no|Mobile phone number|Cell|Cell phone|Cellphone|Phone
        |Phone number|Phone no|Telephone|Telephone number|Telephone no|Tel|Tel no|Contact number
        |Contact phone|Contact no|Contact"""
    ),
    looks=looks.phone,
    private=True,
)
_ACCOUNT = Field(
    "account",
    _words(
        """银行卡号|银行账号|工资卡号|工资卡账号|工资账号|银行卡账号|银行账户|银行账户号|银行卡|工资卡
        |工资卡卡号|卡号|账号|账户|账户号|储蓄卡号|储蓄卡|借记卡号|存折账号|银行存折账号|收款账号|收款账户
        |收款卡号|开户账号|打卡账号|代发账号|代发卡号|发放账号|补贴账号|领款账号|社保卡银行账号
        |社保卡金融账号|社会保障卡银行账号|一卡通账号|惠农卡号|Bank account|Bank account number
        |Bank account no|Account number|Account no|Account|Bank card|Bank card number|Bank card no
        |Card number|Card no|Salary account|Salary card|IBAN"""
    ),
    looks=looks.account,
    private=True,
)
_BANK = Field(
    "bank",
    _words(
        """开户行|开户银行|开户行名称|开户银行名称|开户行全称|开户银行全称|开户网点|开户支行|开户机构
        |银行名称|所属银行|收款银行|发卡行|发卡银行|工资卡开户行|银行卡开户行|工资卡开户银行
        |银行卡开户银行|收款开户行|支行名称|开卡行|开卡银行|银行|银行类别|Bank|Bank name|Name of bank
        |Bank branch|Branch|Opening bank|Issuing bank|Account bank"""
    ),
    looks=looks.bank,
)
_ADDRESS = Field(
    "address",
    _words(
        """现住址|家庭住址|住址|家庭地址|现住地址|现家庭住址|现居住地址|现居住地|现居地|居住地址|居住地
        |实际居住地|实际居住地址|目前住址|常住地址|常住地|家庭详细住址|家庭详细地址|详细住址|详细地址
        |住宅地址|联系地址|通讯地址|通信地址|通讯住址|邮寄地址|收货地址|地址|身份证地址|身份证住址
        |户籍地址|户口地址|户籍住址|户口所在地|Address|Home address|Residential address|Current address
        |Present address|Residence|Mailing address|Postal address"""
    ),
    looks=looks.address,
    private=True,
)
_UNIT = Field(
    "unit",
    _words(
        """所在单位|工作单位|单位名称|单位|所属单位|单位全称|所在单位名称|所在单位全称|工作单位名称
        |工作单位全称|用人单位|任职单位|现工作单位|现单位|编制单位|编制所在单位|人事关系所在单位
        |关系所在单位|派出单位|选派单位|原单位|原工作单位|派遣单位|医院|医院名称|所在医院|医疗机构
        |医疗机构名称|医疗卫生机构|学校|学校名称|所在学校|公司|公司名称|企业|企业名称|机构|机构名称
        |所属机构|组织机构|工会|工会名称|所在工会|所属工会|工会组织|基层工会|基层工会名称|所在社区
        |所在街道|部门|所在部门|所属部门|工作部门|部门名称|单位部门|处室|所在处室|处室名称|科室|所在科室
        |所属科室|工作科室|科室名称|科别|科室病区|病区|车间|班组|所在班组|Unit|Unit name|Name of unit
        |Work unit|Organisation|Organization|Organisation name|Organization name|Company|Employer
        |Workplace|Hospital|Hospital name|Institution|School|Department|Department name|Dept|Dept.
        |Division|Office|Section|Ward"""
    ),
    looks=looks.unit,
)
_POST = Field(
    "post",
    _words(
        """岗位|工作岗位|岗位名称|现岗位|所在岗位|从事岗位|现工作岗位|现任岗位|岗位工种|岗位类别|岗位类型
        |岗位性质|岗位分类|工种|从事工作|从事专业|Post|Position|Job|Job position|Station"""
    ),
)
_RANK = Field(
    "rank",
    _words(
        """职务|职务职称|职务/职称|职务或职称|职务、职称|职称|职称职务|现任职务|现职务|行政职务|职务名称
        |职务级别|职务层次|职务职级|职位|职级|行政级别|专业技术职务|专业技术职称|技术职称|技术职务
        |职称名称|职称级别|职称等级|专业职称|级别|Rank|Title|Job title|Professional title|Grade|Level"""
    ),
    looks=looks.rank,
)
_CATEGORY = Field(
    "category",
    _words(
        """人员类别|编制类型|编制|编制性质|编制类别|编制情况|编制形式|人员编制|人员性质|人员类型|人员分类
        |人员属性|人员身份|身份类别|身份性质|用工性质|用工形式|用工类型|用工类别|用工方式|聘用形式
        |聘用性质|聘用类型|聘用方式|是否在编|是否编内|在编情况|编内编外|在编/非在编|职工类别|员工类别
        |职工类型|员工类型|职工性质|员工性质|合同类型|在职类型|类别|人员种类|Category|Staff category
        |Employee category|Employment type|Type of employment|Employment category|Staff type|Employee type"""
    ),
    looks=looks.category,
)
_EMPLOYEE_NUMBER = Field(
    "employee_number",
    _words(
        """工号|职工号|员工号|职工工号|员工工号|职工编号|员工编号|人员编号|教工号|教职工号|教师工号|人事编号
        |人员代码|职工代码|员工代码|职员编号|工作证号|胸牌号|人力编码|人员编码|员工编码|职工编码|警号
        |会员号|会员编号|会员证号|Employee number|Employee no|Employee no.|Employee ID|Employee code
        |Staff number|Staff no|Staff ID|Staff code|Job number|Work number|Personnel number|Personnel no
        |Badge number"""
    ),
    looks=looks.staff_number,
)
_NOTE = Field(
    "note",
    _words(
        """备注|备注说明|备注栏|备注信息|附注|说明|其他说明|情况说明|补充说明|备考|其他|其它|Note|Notes
        |Remark|Remarks|Comment|Comments|Memo"""
    ),
    party=ANY,
)
_RELATION = Field(
    "relation",
    _words(
        """与职工关系|关系|称谓|与本人关系|与员工关系|亲属关系|家属关系|家庭关系|成员关系|家庭成员关系
        |人物关系|关系类型|关系称谓|亲属称谓|家属称谓|家属类别|家属类型|亲属类别|亲属类型|成员称谓
        |成员类别|Relationship|Relation|Relationship to employee|Relationship with employee
        |Relationship to staff|Relation to employee|Relation with employee|Kinship|Family relationship"""
    ),
    required=True,
    looks=looks.relation,
    party="relative",
    pattern=r"(?:.{0,8}?)与.{1,10}?的?关系|.{0,4}(?:家属|亲属|家庭成员)与?.{0,6}关系",
)
_PLACE = Field(
    "place",
    _words(
        """支援地点|支援地|派驻地点|抗疫地点|服务单位|支援单位|支援医院|受援单位|受援医院|受援地|受援地区
        |支援地区|支援城市|支援省市|支援机构|驰援地|驰援地点|驰援单位|驰援医院|援助地|援助地点|援助单位
        |援助医院|援鄂地点|援鄂单位|援鄂医院|援派地点|派驻单位|派驻医院|派驻地|派驻机构|派往地点|派往单位
        |派往医院|派往地|派遣地|派遣地点|前往地点|前往单位|前往医院|接收单位|接收医院|抗疫单位|抗疫医院
        |抗疫一线地点|防控地点|防疫地点|服务地点|服务地|服务机构|服务场所|服务医院|参与地点|值守地点
        |执勤地点|驻点|驻点单位|驻点医院|驻守地点|进驻单位|进驻医院|进驻地点|隔离点|所在隔离点|隔离点名称
        |下沉社区|下沉地点|下沉单位|工作地点|工作地|工作场所|任务地点|一线地点|一线单位|目的地|卡口|社区
        |点位|地点|Place|Place of service|Service place|Service location|Location|Site|Posted to|Posting
        |Deployed to|Deployment|Destination|Receiving unit|Receiving hospital|Host unit|Host hospital
        |Where"""
    ),
    required=True,
)
_SERVICE_POST = Field(
    "service_post",
    _words(
        """承担工作|服务岗位|抗疫岗位|支援岗位|一线岗位|防疫岗位|防控岗位|值守岗位|派驻岗位|岗位|工作岗位
        |岗位名称|从事岗位|所在岗位|现岗位|承担任务|担任工作|担任职务|从事工作|具体工作|工作内容|工作任务
        |主要工作|承担工作内容|承担的工作|任务|任务内容|分工|岗位职责|工作职责|岗位类别|岗位类型|工种|Post
        |Duty|Duties|Role|Work|Work done|Task|Tasks|Position|Assignment|Job"""
    ),
)
_DIRECT_CONTACT = Field(
    "direct_contact",
    _words(
        """是否直接接触|直接接触|是否直接接触患者|是否直接接触病例|是否接触患者|是否接触病例|接触情况
        |接触患者情况|是否一线直接接触|Direct contact|Directly in contact|Contact with patients
        |Patient contact|Direct contact with patients"""
    ),
    looks=looks.yes_no,
    pattern=r"(?:是否|有无)?.{0,6}(?:直接|密切)接触.{0,20}|(?:是否|有无).{0,8}接触.{0,20}",
)
_SERVING = "(?:支援|服务|抗疫|援鄂|派驻|任务|值守|执勤|防控|防疫|参与|参加|下沉|驻点|进驻|驰援|一线|工作)"
_WHEN = "(?:时间|日期|年月日)"
_STARTS_ON = Field(
    "starts_on",
    _words(
        """开始时间|开始日期|出征日期|出征时间|到岗日期|到岗时间|起始时间|起始日期|起始|开始|起|自|出发时间
        |出发日期|抵达时间|抵达日期|到达时间|到达日期|派驻时间|派驻日期|进驻时间|进驻日期|入驻时间
        |入驻日期|上岗时间|上岗日期|支援时间|支援日期|参加时间|参加日期|参与时间|参与日期|派出时间
        |派出日期|报到时间|报到日期|启程时间|启程日期|援鄂时间|援鄂日期|服务时间|服务日期|Start|Start date
        |Starts on|Started|Started on|Starting date|Start time|Begin|Begin date|Beginning|From|From date
        |Date from|Since|Departure|Departure date|Arrival|Arrival date|Service start|Service from"""
    ),
    required=True,
    looks=looks.day,
    pattern=rf"{_SERVING}.{{0,4}}(?:开始|起始|出发|进入|到岗|上岗){_WHEN}|{_SERVING}.{{0,4}}起"
    rf"|进入.{{0,8}}(?:一线|隔离区|岗位|医院|病区).{{0,2}}{_WHEN}",
)
_ENDS_ON = Field(
    "ends_on",
    _words(
        """结束时间|结束日期|返回时间|返回日期|截止时间|截止日期|截至时间|截至日期|终止时间|终止日期|返程时间
        |返程日期|撤离时间|撤离日期|撤回时间|撤回日期|离岗时间|离岗日期|下岗时间|凯旋时间|凯旋日期
        |归来时间|归来日期|返岗时间|返岗日期|离开时间|离开日期|完成时间|完成日期|结束|返回|截止|止|至|End
        |End date|Ends on|Ended|Ended on|Finish|Finish date|Until|To|To date|Date to|Return|Return date
        |Returned|Returned on|Service end|Service to"""
    ),
    looks=looks.day,
    pattern=rf"{_SERVING}.{{0,4}}(?:结束|终止|截止|返回|离岗|撤离|完成){_WHEN}?|{_SERVING}.{{0,4}}止",
)
_HOURS = Field(
    "hours",
    _words(
        """工时|小时|工时数|小时数|总工时|累计工时|工作小时|工作小时数|服务小时|服务小时数|累计小时
        |累计小时数|工作时长|服务时长|累计时长|累计工作时长|值班时长|时长|工作工时|总时长|Hours|Work hours
        |Working hours|Hours worked|Hours of work|Service hours|Total hours|Duration"""
    ),
    looks=looks.hours,
)

_OWN = Party(
    "",
    _words(
        """职工|员工|教职工|教职员工|职员|本人|个人|人员|人员基本|医护人员|医务人员|医护|医护工作者|队员
        |医疗队员|会员|干部|教师|教职员|民警|干警|党员|志愿者|一线职工|一线人员|一线员工|一线医护人员
        |一线医务人员|抗疫人员|防疫人员|援鄂人员|援鄂医护人员|支援人员|派驻人员|参战人员|工作人员|在职职工
        |在职人员|从业人员|被慰问人|被慰问人员|被慰问职工|慰问对象|受助人|受助职工|补助对象|发放对象
        |申请人|收款人|领款人|持卡人|employee|employees|staff|staff member|worker|member|person|personal
        |own"""
    ),
)
_RELATIVE_WORDS = _words(
    """家属|亲属|亲人|家人|家庭成员|主要家庭成员|家庭主要成员|直系亲属|直系家属|职工家属|员工家属|医护家属
    |配偶|爱人|子女|孩子|父母|父亲|母亲|老人|被监护人|relative|relatives|family member|family members
    |family|dependant|dependants|dependent|dependents|spouse|child|children|parent|parents|next of kin"""
)
_A_RELATIVE = _words("家属|亲属|家人|家庭成员|Relative|Family member")
_RELATIVE = Party("relative", _RELATIVE_WORDS)
_OTHER_WORDS = _words(
    """联系人|紧急联系人|紧急联系|应急联系人|第二联系人|单位联系人|监护人|介绍人|推荐人|担保人|证明人|代领人
    |领取人|签收人|填表人|填报人|制表人|审核人|经办人|经办|负责人|部门负责人|单位负责人|分管领导|带队领导
    |领导|领队|队长|组长|结对人|帮扶人|帮扶责任人|责任人|联络员|联系员|emergency contact|contact person
    |guardian|supervisor|manager|team leader|leader"""
)
_OTHER = Party("other", _OTHER_WORDS)
_OTHER_OR_RELATIVE = Party("other", _OTHER_WORDS + _RELATIVE_WORDS)

# Columns that such tables often have and of which nothing is read.
_NOT_READ = _words(
    """民族|籍贯|国籍|政治面貌|政治身份|党派|学历|学位|最高学历|文化程度|毕业院校|毕业学校|毕业时间|专业
    |所学专业|婚姻状况|婚否|婚姻|年龄|周岁|岁数|健康状况|身体状况|血型|办公电话|办公室电话|单位电话
    |固定电话|座机|短号|邮箱|电子邮箱|电子邮件|邮编|邮政编码|微信|微信号|QQ|QQ号|钉钉号|传真|照片|头像
    |户籍|户籍性质|户口性质|户口类型|入职时间|入职日期|参加工作时间|工作年限|工龄|司龄|入党时间|入党日期
    |入会时间|任职时间|任现职时间|退休时间|离职时间|合同起始日期|合同到期日期|合同开始时间|合同结束时间
    |标准|补助标准|慰问标准|天数|人次|次数|金额|补助金额|慰问金额|慰问金|发放金额|应发金额|实发金额|工资
    |月收入|收入|家庭收入|家庭年收入|人均收入|家庭人口|子女数|子女人数|家庭人数|签字|签名|签收|领取人签字
    |领取人签名|本人签字|本人签名|职工签字|领取日期|领取时间|领取方式|慰问品|慰问类别|慰问形式|致困原因
    |困难类型|困难程度|诉求|需求|帮扶措施|是否党员|是否在职|在职状态|状态|人员状态|院区|包联院区|单位性质
    |单位类型|单位类别|单位级别|省份|城市|省|市|区县|起止时间|起止日期|劳动关系|人事关系|社会关系|社保卡号
    |社会保障卡号|银行联行号|联行号|行号代码|Nationality|Ethnicity|Ethnic group|Education|Degree|Major
    |Marital status|Age|Email|E-mail|Fax|WeChat|Hire date|Signature|Amount|Days|Status|Photo"""
)
_NOT_READ_IN_SERVICE = _words(
    "工号|职务|职称|职务/职称|性别|年龄|出生日期|人员类别|编制|编制类型|专业|科别|职工号|Rank|Title|Sex|Gender|Age"
)


def _relative(field: Field, heading: str) -> Field:
    """Return the field of a relative that is like one of the employee, `heading` its own first heading."""
    return replace(
        field, name=f"relative_{field.name}", headings=(heading, *field.headings), party="relative"
    )


PEOPLE: Final = Layout(
    "people",
    (
        *(_NUMBER, _NAME, _ID_NUMBER, _ID_KIND, _SEX, _BIRTH_ON, _PHONE, _ACCOUNT, _BANK, _ADDRESS),
        *(_UNIT, _POST, _RANK, _CATEGORY, _EMPLOYEE_NUMBER, _NOTE),
    ),
    parties=(_OWN, _OTHER_OR_RELATIVE),
    others=_NOT_READ,
)
FAMILIES: Final = Layout(
    "families",
    (
        _NUMBER,
        replace(_NAME, headings=("职工姓名", *_NAME.headings)),
        _ID_NUMBER,
        _UNIT,
        _relative(replace(_NAMED, headings=_NAMED.headings + _A_RELATIVE), "家属姓名"),
        _RELATION,
        _relative(_ID_NUMBER, "家属身份证号"),
        _relative(_SEX, "家属性别"),
        _relative(_BIRTH_ON, "家属出生日期"),
        _relative(_PHONE, "家属联系电话"),
        _relative(_UNIT, "家属工作单位"),
        _NOTE,
    ),
    parties=(_OWN, _RELATIVE, _OTHER),
    others=_NOT_READ,
)
SERVICE: Final = Layout(
    "service",
    (
        *(_NUMBER, _NAME, _ID_NUMBER, _PHONE, _UNIT, _PLACE, _SERVICE_POST, _DIRECT_CONTACT),
        *(_STARTS_ON, _ENDS_ON, _HOURS, _NOTE),
    ),
    parties=(_OWN, _OTHER_OR_RELATIVE),
    others=(*_NOT_READ, *_NOT_READ_IN_SERVICE),
)
LAYOUTS: Final[Mapping[str, Layout]] = MappingProxyType(
    {layout.name: layout for layout in (PEOPLE, FAMILIES, SERVICE)}
)
