"""Words of places."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

COMMA = _("、")  # between the parts of a list


class PlaceKind(models.TextChoices):
    """Kinds of crowd place (mission row A1; the three classes of SPG Order 29 article 3)."""

    BUILDING_SITE = "building_site", _("建筑工地")
    OFFICE_BUILDING = "office_building", _("商务楼宇")
    MALL = "mall", _("商场")
    CULTURE_SPORT = "culture_sport", _("文体娱乐场所")
    CATERING = "catering", _("餐饮场所")
    MARKET = "market", _("集贸市场")
    PARK = "park", _("公园绿地")
    EXHIBITION_CENTRE = "exhibition_centre", _("展览中心")
    RAIL_STATION = "rail_station", _("轨交站点")
    STATION_EXIT = "station_exit", _("轨交出入口")
    COACH_STATION = "coach_station", _("长途客运站")
    PIER = "pier", _("客运码头")
    HOSPITAL = "hospital", _("医院")
    SCHOOL = "school", _("学校")
    RELIGIOUS_PLACE = "religious_place", _("宗教活动场所")
    STREET_CROSSING = "street_crossing", _("道路路口")
    SQUARE = "square", _("广场")
    ROAD = "road", _("道路")
    AREA = "area", _("区域、商圈")


class EntranceForm(models.TextChoices):
    """How people pass."""

    DOOR = "door", _("门")
    STAIR = "stair", _("楼梯")
    ESCALATOR = "escalator", _("自动扶梯")
    GATE = "gate", _("闸机")
    PASSAGE = "passage", pgettext_lazy("entrance", "通道")


class EntranceState(models.TextChoices):
    """What an entrance lets through. No state closes a door to people leaving but works, with reason and end."""

    OPEN = "open", _("正常通行")
    EXIT_ONLY = "exit_only", _("只出不进")
    ENTRY_ONLY = "entry_only", _("只进不出")
    ENTRY_SUSPENDED = "entry_suspended", _("暂停进入，保持疏散")
    OUT_OF_USE = "out_of_use", _("停用（施工）")


class Grade(models.TextChoices):
    """The grade drives inspection frequency and watch level; A asks for the most attention."""

    A = "A", _("A 级（最高）")
    B = "B", _("B 级")
    C = "C", _("C 级")
    D = "D", _("D 级（最低）")


class CapacityKind(models.TextChoices):
    """Which capacity was determined, with its unit: people, people an hour in, people a minute out."""

    INSTANTANEOUS = "instantaneous", _("瞬时最大承载量（人）")
    HOLDING = "holding", _("容纳能力（人）")
    DAILY = "daily", _("日最大承载量（人次）")
    ENTRY = "entry", _("进入能力（人/小时）")
    EXIT = "exit", _("疏散能力（人/分钟）")
    EMERGENCY = "emergency", _("应急疏散能力（人）")


class CapacityState(models.TextChoices):
    """How a place stands towards its determined capacity."""

    DETERMINED = "determined", _("已核定")
    EXPIRED = "expired", _("核定已过期")
    UNDETERMINED = "undetermined", _("尚未核定")
    NOT_DUE = "not_due", _("无需核定")


class AssessmentState(models.TextChoices):
    """How a place stands towards its assessments 「排查、评估」."""

    OVERDUE = "overdue", _("评估逾期")
    DONE = "done", _("已评估")
    NEVER = "never", _("尚未评估")


class Decider(models.TextChoices):
    """In which part an organisation determines a capacity (mission: Who may decide what)."""

    OPERATOR = "operator", _("运营单位")
    AUTHORITY = "authority", _("主管部门")
    POLICE = "police", _("公安机关")
    DISTRICT = "district", _("区政府")


class CapacityMethod(models.TextChoices):
    """How a capacity was determined."""

    AREA = "area", _("有效面积法")
    PATH = "path", _("线路法")
    BOTTLENECK = "bottleneck", _("卡口法")
    TURNOVER = "turnover", _("周转率法（日承载量）")
    SEATS = "seats", _("座位法")
    HISTORY = "history", _("历史客流法")
    DOCUMENT = "document", _("依据文件直接核定")


INPUT_LABELS = {
    "parts": _("分区面积与人均面积"),
    "area_m2": _("有效面积（m²）"),
    "m2_per_person": _("人均面积（m²/人）"),
    "path_length_m": _("线路长度（m）"),
    "path_width_m": _("线路宽度（m）"),
    "clear_width_m": _("卡口净宽（m）"),
    "flow_per_m_min": _("通行能力（人/m·分钟）"),
    "stay_min": _("平均停留（分钟）"),
    "instantaneous_persons": _("瞬时承载量（人）"),
    "open_h": _("开放时间（小时）"),
    "stay_h": _("平均停留（小时）"),
    "seats": _("固定座位数"),
    "peak_persons": _("历史安全峰值（人）"),
    "share": _("取用比例（0–1）"),
}


class Datum(models.TextChoices):
    """The datum of coordinates in an import; WGS-84 is stored."""

    WGS84 = "wgs84", _("WGS-84（GPS、天地图）")
    GCJ02 = "gcj02", _("GCJ-02（高德、腾讯）")
    BD09 = "bd09", _("BD-09（百度）")


class Basis:
    """What the default table of deciders rests on."""

    OPERATOR = _("运营单位在其场所内负责")
    WITH_OPERATOR = _("运营单位、主管部门，或公安机关（许可时）")
    WITHOUT_OPERATOR = _("无运营单位的，由区政府会同公安机关")
    TOURISM_LAW_45 = _("《旅游法》第四十五条")


class ImportKind(models.TextChoices):
    """What the rows of an import are."""

    PLACES = "places", _("大人流场所")
    ZONES = "zones", pgettext_lazy("many", "区域")
    ENTRANCES = "entrances", pgettext_lazy("many", "出入口")
    CAPACITIES = "capacities", _("承载量核定")


class ImportState(models.TextChoices):
    """Where an import stands."""

    PREVIEW = "preview", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    UNDONE = "undone", _("已撤销")
    DISCARDED = "discarded", _("已放弃")


class Finding(models.TextChoices):
    """What will become of one row of an import."""

    ADD = "add", _("新增")
    CHANGE = "change", _("修改")
    SAME = "same", _("无变化")
    REFUSE = "refuse", _("不予导入")


class Refusal:
    """What a rule of this room says when it refuses; `Refusal.X % {...}` fills in the numbers."""

    CODE = _("编号“%(code)s”不合规：1–40 个字母、数字、点、横线或下划线，以字母或数字开头。")
    CODE_TAKEN = _("编号“%(code)s”已作页面地址，请另取。")
    NEEDS_REASON = _("请写明理由。")
    OUT_OF_USE_NEEDS_REASON = _("停用只限施工，须写明理由。")
    OUT_OF_USE_NEEDS_END = _("停用须写明截止时间，且晚于现在。")
    LAST_WAY_OUT = _("不能关闭最后一个可以离开的出入口：任何措施都不得阻断疏散。请先让另一个出入口可以出人。")
    STATE_UNKNOWN = _("出入口状态“%(state)s”未知。")
    GRADE_UNKNOWN = _("等级只能是 A、B、C、D。")
    REVIEW_NOT_LATER = _("下次复评日期须晚于今天。")
    INPUT_MISSING = _("请填写“%(name)s”。")
    INPUT_NOT_POSITIVE = _("“%(name)s”须大于 0。")
    SHARE_ABOVE_ONE = _("取用比例不能超过 1。")
    VALUE_ZERO = _("核定值须大于 0 人。")
    VALUE_HUGE = _("核定值 %(value)d 人超出可信范围（1,000 万人），请检查。")
    TOO_DENSE = _(
        "核定值 %(value)d 人 ÷ 有效面积 %(area).0f m² = %(density).1f 人/m²，超过 5 人/m²，已达踩踏危险密度，不予登记。请检查面积或数值。"
    )
    DENSE = _("核定值相当于 %(density).1f 人/m²，超过 3 人/m²，请复核。")
    AREA_UNKNOWN = _("区域的有效面积未登记，无法校核密度。")
    ABOVE_COMPUTED = _("核定值 %(value)d 高于计算值 %(computed)d，须写明理由。")
    DAILY_BELOW_INSTANTANEOUS = _("日承载量小于瞬时承载量 %(instantaneous)d，请复核。")
    PATH_OUT_OF_RANGE = _("线路法的人均面积一般为 5–10 m²（GB/T 50298-2018），请复核。")
    DETERMINED_LATER = _("核定日期不能晚于今天。")
    ENDS_BEFORE = _("有效期至须晚于核定日期。")
    DOCUMENT_NEEDED = _("“依据文件直接核定”须填写文号。")
    NOT_THE_DECIDER = _("%(kind)s的最大承载量一般由%(who)s核定（%(basis)s）。由其他单位核定的，须写明理由。")
    PUBLISHED_BEFORE = _("公布日期不能早于核定日期，也不能晚于今天。")
    PUBLISHED_WHERE = _("请写明在哪里公布。")
    WITHDRAWN = _("该核定已撤销。")
    DECIDED_AT_THE_TOP = _("核定权限表适用于全区，只能由顶级机构修改。")
    NO_DECIDERS = _("至少选择一种核定单位。")
    EXIT_NEEDS_STATION = _("轨交出入口须选择所属的轨交站点。")
    ASSESSED_LATER = _("评估日期不能晚于今天。")
    NEXT_NOT_LATER = _("下次评估日期须晚于本次评估日期。")
    ASSESSOR_ELSEWHERE = _("运营单位只能登记本单位所作的评估。由其他单位评估的，请主管部门登记。")
    DECIDER_ELSEWHERE = _("运营单位只能登记、公布和撤销本单位的核定。由其他单位核定的，请主管部门登记。")
    NOT_FOR_OPERATORS = _("%(kind)s的最大承载量不由运营单位核定（%(basis)s）。请主管部门登记。")
    OWN_PARENT = _("场所不能隶属于自己或自己的下级。")
    PARENT_RETIRED = _("所属场所已注销。")
    HAS_PARTS = _("还有 %(n)d 个下级场所在册，请先注销或改隶。")
    RETIRED = _("该场所已注销，请先恢复登记。")
    NOT_RETIRED = _("该场所在册，无需恢复。")
    HALF_POINT = _("经度和纬度须同时填写。")
    AREA_NOT_POSITIVE = _("有效面积须大于 0。")
    WIDTH_NOT_SOUND = _("净宽须大于 0 且不超过 100 m。")
    GATES_NOT_SOUND = _("闸机台数须为 1–500，且只用于形式为闸机的出入口。")
    COLOUR = _("标志色应写成 #RRGGBB。")
    ZONE_ELSEWHERE = _("所选区域不属于该场所。")
    ZONE_IN_USE = _("该区域仍被出入口、核定或客流设备使用，不能删除。")
    ENTRANCE_IN_USE = _("该出入口仍被客流设备使用，不能删除。")
    LINE_IN_USE = _("还有 %(n)d 个站点属于该线路，不能删除。")
    NOT_YOURS = _("您在“%(name)s”没有此项权限。")
    DATUM_MISSING = _("请选择文件中坐标所用的坐标系。")
    IMPORT_NOT_WAITING = _("该导入已确认或已放弃。")
    IMPORT_NOT_DONE = _("只能撤销已完成的导入。")
    TOUCHED = _("此后已被改动或使用。")
    UNDONE = _("撤销第 %(number)d 号导入")


class ColumnLabel:
    """Headings of an import file."""

    CODE = _("编号")
    NAME = _("名称")
    NAME_EN = _("英文名称")
    KIND = _("类型")
    ORGANISATION = _("主管部门编码")
    OPERATOR = _("运营单位编码")
    PARENT = _("所属场所编号")
    RAIL_LINES = _("轨交线路编号")
    RESPONSIBLE_PERSON = _("责任人")
    RESPONSIBLE_PHONE = _("责任人电话")
    ADDRESS = _("地址")
    SURROUNDINGS = _("周边情况")
    LON = _("经度")
    LAT = _("纬度")
    OUTLINE = _("范围")
    PLACE = _("场所编号")
    ZONE = _("区域编号")
    LEVEL = _("楼层")
    AREA = _("有效面积（m²）")
    FORM = _("形式")
    WIDTH = _("净宽（m）")
    GATES = _("闸机台数")
    CAPACITY_KIND = _("种类")
    METHOD = _("核定方法")
    VALUE = _("核定值（人）")
    DETERMINED_BY = _("核定单位编码")
    DETERMINED_ON = _("核定日期")
    DOCUMENT_NUMBER = _("文号")
    VALID_UNTIL = _("有效期至")
    REASON = _("说明")
    IS_CAPACITY_DUE = _("应核定最大承载量")
    HAS_SAFETY_SIGNS = _("已设安全提示设施")
    IS_PUBLIC = _("在公众页面显示")


class ColumnNote:
    """What each column of an import file expects."""

    CODE = _("必填，全区唯一；已有编号则修改该场所")
    NAME = _("必填")
    OPTIONAL = _("可空")
    KIND = _("必填，如 商场、广场、轨交站点")
    ORGANISATION = _("必填，机构编码")
    OPERATOR = _("机构编码；无运营单位则留空")
    PARENT = _("可空；同一文件中上级须排在前面")
    RAIL_LINES = _("可空，多条用逗号分隔")
    LON = _("度，坐标系在上传时选择")
    LAT = _("度，须与经度同时填写")
    OUTLINE = _("可空，GeoJSON 的 Polygon 或 MultiPolygon")
    YES_NO = _("是 或 否")
    GATES = _("形式为闸机时填写，1–500 的整数")
    PLACE = _("必填，已登记场所的编号")
    PART_CODE = _("必填，在该场所内唯一；已有编号则修改")
    ZONE_OF = _("可空，该场所已登记区域的编号")
    ZONE_OR_ALL = _("已登记区域的编号；整个场所则留空")
    LEVEL = _("可空，如 1F、B2、站台层")
    NUMBER = _("可空，大于 0 的数")
    FORM = _("必填，如 门、楼梯、闸机")
    CAPACITY_KIND = _("必填，如 瞬时最大承载量、日最大承载量")
    METHOD = _("可空，如 有效面积法；留空为依据文件直接核定")
    VALUE = _("必填，整数")
    DETERMINED_ON = _("必填，如 2026-01-31")
    DAY = _("可空，如 2026-01-31")
    DOCUMENT_NUMBER = _("依据文件直接核定的必填")
    REASON = _("高于计算值，或由权限表以外的单位核定时必填")
    INPUT = _("所选方法需要时必填")


class RowFault:
    """Why one row of an import is refused."""

    MISSING = _("必填")
    FORMULA = _("单元格是公式，请粘贴为数值")
    TOO_LONG = _("超过 %(most)d 个字")
    NOT_NUMBER = _("“%(text)s”不是数字")
    NOT_YES_NO = _("“%(text)s”应为 是 或 否")
    KIND_UNKNOWN = _("类型“%(text)s”未知，请用模板说明中的名称")
    WORD_UNKNOWN = _("“%(text)s”未知，请用模板说明中的名称")
    NOT_DAY = _("“%(text)s”不是日期，请写成 2026-01-31")
    NOT_WHOLE = _("“%(text)s”不是整数")
    PLACE_UNKNOWN = _("场所编号“%(text)s”未登记，或不在您的权限范围内")
    PLACE_RETIRED = _("场所“%(text)s”已注销")
    ZONE_UNKNOWN = _("区域编号“%(text)s”在该场所未登记")
    KNOWN_DETERMINATION = _("同日已登记同种核定 %(value)d 人，内容不同；有误请先撤销原核定")
    SAME_TWICE = _("与第 %(row)d 行重复")
    ORGANISATION_UNKNOWN = _("机构编码“%(text)s”不存在，或不在您的权限范围内")
    PARENT_UNKNOWN = _("所属场所编号“%(text)s”不存在（同一文件中上级须排在前面）")
    LINE_UNKNOWN = _("线路编号“%(text)s”不存在")
    CODE_TWICE = _("编号与第 %(row)d 行重复")
    RETIRED = _("该编号的场所已注销，请先恢复登记")
    NOT_YOURS = _("该编号的场所不归您管理")
