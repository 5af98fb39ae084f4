"""示范数据: three checklists in our own words. Clauses are the district's to fill in: none is claimed here that was not read."""

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.terms.checklists import ChecklistAudience
from anlan.domains.places.terms import PlaceKind

YES_NO = [("yes", "是"), ("no", "否")]
RECORD = "《安全生产法》第四十一条：如实记录隐患排查治理情况"
NOTE = "示范清单，依据条款请本区核定后填写。发现“否”的，拍照并马上处理。"
CROWD = [
    # type, name, label, hazard kind of a "no", the other columns
    ("note", "about", NOTE, "", {}),
    ("begin group", "exits", "出口和通道", "", {}),
    ("select_one yes_no", "exits_open", "所有安全出口没有上锁、没有堵塞", "exits", {"photo": "yes"}),
    ("select_one yes_no", "signs_lit", "疏散指示标志和应急照明完好", "signs", {}),
    ("select_one yes_no", "two_ways", "楼梯、扶梯口没有排队和摊位挡路", "exits", {"photo": "yes"}),
    ("end group", "", "", "", {}),
    ("begin group", "people", "人数控制", "", {}),
    ("integer", "capacity", "本场所最大承载量（人）", "", {"constraint": ". > 0", "constraint_message": "应大于 0。"}),
    ("integer", "peak", "最近一周最多时的人数（人）", "", {"constraint": ". >= 0", "constraint_message": "不能小于 0。"}),
    ("calculate", "share", "", "", {"calculation": "${peak} div ${capacity} * 100"}),
    ("text", "peak_why", "最多时超过承载量的八成，采取了哪些措施", "", {"relevant": "${share} > 80"}),
    ("select_one yes_no", "staff_posted", "高峰时段出入口有人值守", "crowd", {}),
    ("select_one yes_no", "barriers", "限流隔离栏、扩音喇叭可用", "crowd", {}),
    ("end group", "", "", "", {}),
    ("select_one yes_no", "plan_known", "员工知道“人太多了”时该做什么", "management", {}),
    ("select_one yes_no", "record_kept", "上次发现的隐患已整改并如实记录", "management", {"clause": RECORD}),
    ("date", "drill_on", "最近一次疏散演练日期", "", {"required": ""}),
]  # fmt: skip
FIRE = [
    ("note", "about", NOTE, "", {}),
    ("select_one yes_no", "door_unlocked", "营业时后门和安全出口没有上锁", "exits", {"photo": "yes"}),
    ("select_one yes_no", "path_clear", "疏散通道没有堆放货物", "exits", {"photo": "yes"}),
    ("select_one yes_no", "extinguisher", "灭火器在位、压力正常", "fire", {"photo": "yes"}),
    ("select_one yes_no", "wires", "没有私拉电线、插座没有过载", "electric", {}),
    ("select_one yes_no", "has_gas", "使用燃气", "", {}),
    ("select_one yes_no", "gas_hose", "燃气软管、报警器完好，打烊关阀", "gas", {"relevant": "${has_gas} = 'yes'"}),
    ("select_one yes_no", "no_sleeping", "店内没有住人", "management", {}),
    ("select_multiple goods", "goods", "店内存放的易燃物品", "", {"required": ""}),
    ("text", "goods_where", "易燃物品放在哪里、怎样看管", "", {"relevant": "not(selected(${goods}, 'none')) and ${goods} != ''"}),
    ("begin repeat", "extras", "其他问题", "", {}),
    ("text", "extra_what", "哪里、什么问题", "", {"required": ""}),
    ("image", "extra_photo", "照片", "", {"required": ""}),
    ("end repeat", "", "", "", {}),
]  # fmt: skip
STAGE = [
    ("note", "about", NOTE, "", {}),
    ("text", "what", "搭建物名称和位置", "", {}),
    ("decimal", "height_m", "高度（米）", "", {"constraint": ". > 0 and . <= 60", "constraint_message": "应在 0 至 60 米之间。"}),
    ("geopoint", "where", "位置", "", {"required": ""}),
    ("select_one yes_no", "inspected", "搭建后经验收，验收记录在现场", "structure", {"photo": "yes"}),
    ("select_one yes_no", "ballast", "压重、拉索齐全牢固", "structure", {"photo": "yes"}),
    ("select_one yes_no", "wind_plan", "有大风停用的规定和专人看风", "management", {"relevant": "${height_m} > 2"}),
    ("select_one yes_no", "power", "临时用电有漏电保护，电缆不横穿人行处", "electric", {}),
    ("select_one yes_no", "clear_sides", "台前和两侧留出通道，观众不贴台", "crowd", {"photo": "yes"}),
]  # fmt: skip
GOODS = [
    ("none", "没有"),
    ("alcohol", "酒精"),
    ("paint", "油漆、稀料"),
    ("gas_can", "瓶装气"),
    ("paper", "大量纸箱布料"),
]
LISTS = [
    # code, name, audience, kinds of place (none: all), rows
    ("demo-crowd", "人员密集场所自查（示范）", ChecklistAudience.PLACE, [], CROWD),
    ("demo-shop-fire", "店铺消防通道自查（示范）", ChecklistAudience.ANY, [PlaceKind.MALL, PlaceKind.MARKET, PlaceKind.CATERING, PlaceKind.OFFICE_BUILDING], FIRE),
    ("demo-stage", "舞台和临时搭建自查（示范）", ChecklistAudience.PLACE, [PlaceKind.SQUARE, PlaceKind.PARK, PlaceKind.EXHIBITION_CENTRE, PlaceKind.CULTURE_SPORT], STAGE),
]  # fmt: skip
UNASKED = ("note", "calculate", "begin", "end")  # nothing is required there


def rows_of(rows):
    """The rows of the survey sheet: required unless said otherwise, a "no" opens the hazard."""
    found = []
    for number, (kind, name, label, hazard, more) in enumerate(rows, 2):
        required = "" if kind.split()[0] in UNASKED else "yes"
        cells = {
            "type": kind,
            "name": name,
            "label": label,
            "hazard_kind": hazard,
            "required": required,
        } | more
        found.append((number, {column: value for column, value in cells.items() if value}))
    return found


def choice_rows():
    """The rows of the sheet of choices."""
    lists = [("yes_no", YES_NO), ("goods", GOODS)]
    rows = [
        {"list_name": of, "name": name, "label": label} for of, choices in lists for name, label in choices
    ]
    return list(enumerate(rows, 2))


def add_checklists(organisation, *, by, now):
    """The three checklists, published."""
    for code, name, audience, kinds, rows in LISTS:
        made = actions.add_checklist(
            organisation,
            by=by,
            now=now,
            code=code,
            name=name,
            audience=audience,
            place_kinds=kinds,
            is_demo=True,
        ).subject
        questions, faults = queries.read_form_rows(rows_of(rows), choice_rows(), now=now)
        version = actions.import_version(made, by=by, now=now, questions=questions, faults=faults).subject
        actions.publish_version(version, by=by, now=now)
