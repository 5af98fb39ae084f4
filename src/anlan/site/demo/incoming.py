"""示范数据: eight reports of the public and twelve cases of grid, hotline and one network, as they stand on a working day."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import actions
from anlan.domains.hazards import queries as hazards
from anlan.domains.hazards.terms import CaseChannel
from anlan.domains.places import queries as places
from anlan.kit.tables import TABLES, lines
from anlan.kit.tables.actions import reset_row, set_row
from anlan.site.demo.district import MARK

NUMBERS = "DEMO-"  # how the numbers of its cases begin
AREAS = {"S-YUNQI": "云栖、澜桥、澜汇", "S-JINGSHUI": "静水、南湖"}
REPORTS = [
    # what, kind, place, address, hours ago, oddities, what became of it
    ("地下一层货梯口堆满纸箱，人只能侧身过", "exits", "ML1", "云栖路一侧", 2, (), ""),
    ("广场喷泉边电箱门敞开，小孩会伸手", "electric", "SQ1", "澜桥东头", 4, (), ""),
    ("公园游船码头台阶缺一块，老人差点摔倒", "structure", "PK1", "南湖码头", 7, (), ""),
    ("加微信领优惠券 www.example.com", "other", None, "静水路", 9, ("links", "fast"), ""),
    ("菜场二楼消防栓前放了两台冰柜", "fire", "MK1", "静水市场二层", 26, (), "accept"),
    ("地铁站3号口扶梯有异响", "lift", "ST3", "静水寺站", 30, (), "accept"),
    ("有人在我家门口停车", "other", None, "静水路 40 弄", 50, (), "reject"),
    ("商场三楼安全出口指示灯不亮", "signs", "ML1", "云栖路 1 号三层", 55, (), "accept"),
]
CASES = [
    # channel, what, category, address, received hours ago, hours left, what becomes of it
    (CaseChannel.GRID, "沿街商铺占道堆物，行人绕行机动车道", "市容秩序", "静水路 18 号", 20, 30, ""),
    (CaseChannel.GRID, "小区北门燃气调压箱护栏破损", "公共设施", "南湖路 5 弄", 30, 12, ""),
    (CaseChannel.GRID, "棋牌室在安全出口加装铁栅门", "消防安全", "云栖路 60 号", 44, -3, ""),
    (CaseChannel.GRID, "路灯杆检修门缺失，电线外露", "公共设施", "澜桥路 7 号", 8, 60, ""),
    (
        CaseChannel.HOTLINE,
        "市民反映饭店夜间用明火烤炉，油烟道从不清洗",
        "消防安全",
        "静水路 33 号",
        28,
        20,
        "take",
    ),
    (CaseChannel.HOTLINE, "市民反映电梯一周内困人两次", "特种设备", "云栖路 1 号", 26, 22, "take"),
    (CaseChannel.HOTLINE, "市民反映工地塔吊转臂越过幼儿园上空", "建设工程", "澜桥路 90 号", 12, 40, ""),
    (CaseChannel.HOTLINE, "市民反映楼下装修噪声", "环境噪声", "静水路 40 弄", 22, 26, "return"),
    (CaseChannel.HOTLINE, "市民反映疏散楼梯被电动车占满", "消防安全", "南湖路 12 弄", 18, 6, ""),
    (CaseChannel.ONE_NETWORK, "视频巡查发现店招松脱下垂", "户外设施", "云栖路 22 号", 10, 38, "take"),
    (CaseChannel.ONE_NETWORK, "井盖移位报警", "公共设施", "静水路桥下", 5, 20, "return"),
    (CaseChannel.ONE_NETWORK, "水位监测超过阈值，下立交有积水风险", "防汛", "澜桥下立交", 1, 10, ""),
]


class Incoming:
    """Everything through the actions, at past moments, decided by the administrator who loads the demonstration."""

    def __init__(self, *, by, now):
        self.by, self.now = by, now

    def tell(self):
        """The areas of the two subdistricts, then reports and cases."""
        for code, words in AREAS.items():
            set_row(
                TABLES[hazards.AREAS], by=self.by, now=self.now, row_key=code, clause=MARK, why=MARK,
                values={"area": "", "words": words},
            )  # fmt: skip
        for number, line in enumerate(REPORTS, 1):
            self.report(number, *line)
        for number, line in enumerate(CASES, 1):
            self.hand_in(number, *line)

    def report(self, number, what, kind, code, address, hours, odd, fate):
        """One report; nobody knows its code."""
        at, place = self.now - timedelta(hours=hours), places.find_place(code, self.by) if code else None
        told = {"lon": None, "lat": None, "text": f"{address} {what}", "place": place}
        organisation = hazards.route(**told, on=timezone.localdate(self.now))
        report = actions.report_publicly(
            organisation, by=None, now=at, code=hazards.say_code(f"{MARK}/{number}/{at}".encode()), what=f"【{MARK}】{what}",
            kind=kind, place=place, address=address, suspicions=odd, language="zh-hans",
        ).subject  # fmt: skip
        later = at + timedelta(hours=1)
        if fate == "accept":
            actions.accept_hazard(report.hazard, by=self.by, now=later)
        elif fate == "reject":
            actions.reject_hazard(
                report.hazard, by=self.by, now=later, why="不属安全隐患，请拨打 110 或物业电话反映"
            )

    def hand_in(self, number, channel, what, sort, address, hours, left, fate):
        """One case, and what the office did with it."""
        at = self.now - timedelta(hours=hours)
        told = {"lon": None, "lat": None, "text": f"{address} {what}", "place": None}
        organisation = hazards.route(**told, on=timezone.localdate(self.now))
        case = actions.hand_in_case(
            organisation, by=None, now=at, channel=channel, number=f"{NUMBERS}{number:04d}", text=f"【{MARK}】{what}",
            sort=sort, address=address, received_at=at, due_at=self.now + timedelta(hours=left),
        ).subject  # fmt: skip
        later = at + timedelta(minutes=40)
        if fate == "take":
            actions.take_case(case, by=self.by, now=later, kind="other")
        elif fate == "return":
            actions.return_case(case, by=self.by, now=later, why="不属本街道职责，请派主管部门")


def add_incoming(*, by, now):
    """The demonstration's reports and cases, once."""
    is_there = hazards.visible_cases(by).filter(number__startswith=NUMBERS).exists()
    if not is_there and by.may(Right.HAZARDS_VERIFY):
        Incoming(by=by, now=now).tell()


def leave_incoming(*, by, now):
    """Take every sample case out of all counts, and the areas by which reports came to invented subdistricts; how many."""
    samples = Q(number__startswith=NUMBERS) | Q(text__startswith=f"【{MARK}】") | Q(place__is_demo=True)
    rows = list(hazards.visible_cases(by).filter(samples).distinct())
    for row in rows:
        actions.leave_sample_case(row, by=by, now=now, why=MARK)
    for line in lines(hazards.AREAS, on=timezone.localdate(now)):
        if line.basis == MARK:
            reset_row(TABLES[hazards.AREAS], by=by, now=now, row_key=line.key, why=MARK)
    return len(rows)
