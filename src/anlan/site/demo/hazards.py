"""示范数据: sixty hazards in every state of their life, with photos drawn by us; everything through the actions, at past moments."""

import io
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from PIL import Image, ImageDraw

from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts import queries as organisations
from anlan.domains.hazards import actions
from anlan.domains.hazards import queries as hazards
from anlan.domains.places import queries as register
from anlan.site.demo.district import MARK

PEOPLE = (("demo-hazards-1", "示范核查员甲"), ("demo-hazards-2", "示范安全员乙"))
FIVE = {
    "measures": "清理堆物，恢复通道，加装门磁",
    "responsibility": "管理处负责人负责",
    "funds": "自筹资金",
    "plan": "专人值守，备好应急照明",
}
LINES = [
    # place, kind, source, what was found, how far it has come (STEPS), days since its report
    ("ML1", "exits", "patrol", "地下一层2号安全出口前堆放周转货箱，净宽不足一半", "reported", 0),
    ("ML2", "signs", "patrol", "三层扶梯口疏散指示标志被促销展架遮挡", "reported", 1),
    ("SQ1", "crowd", "grid", "广场东侧临时摊位占用疏散方向的步道", "reported", 0),
    ("MK1", "electric", "12345", "水产区插座进水，市民反映有漏电", "reported", 1),
    ("PK1", "structure", "self_check", "湖心亭临时栏杆松动", "reported", 2),
    ("CR1", "other", "12345", "路口信号灯杆倾斜（经核实由市级部门负责）", "rejected", 6),
    ("ST3", "crowd", "grid", "站外广场夜间有人聚集唱歌，反映影响通行", "appealed", 9),
    ("ML1", "exits", "grid", "地下一层安全出口货箱堵塞（与已受理的重复）", "merged", 4),
    ("EX1", "works", "inspection", "展台搭建现场动火未设监护人", "accepted", 2),
    ("ML2", "gas", "self_check", "餐饮区一处燃气软管超过使用年限", "accepted", 1),
    ("ST2", "lift", "patrol", "2号口自动扶梯梳齿板缺齿", "accepted", 1),
    ("MK1", "fire", "inspection", "熟食区灭火器压力不足 6 具", "graded", 3),
    ("PK1", "signs", "patrol", "码头最大载客数标识褪色看不清", "graded", 2),
    ("BS1", "works", "inspection", "深基坑临边防护缺失约 40 米", "graded major", 2),
    ("SQ1", "structure", "inspection", "灯会大型灯组压重不足，抗风未经验算", "ordered", 5),
    ("EX1", "structure", "inspection", "临时看台未经验收即投入使用", "ordered stopped", 6),
    ("ML1", "fire", "self_check", "中庭防火卷帘下方设置柜台，不能降到底", "rectifying", 12),
    ("ML1", "electric", "self_check", "四层商铺私拉电线，配电箱无漏电保护", "rectifying", 10),
    ("ML2", "exits", "inspection", "后勤通道上锁，营业时间无人值守", "rectifying", 9),
    ("ML2", "fire", "patrol", "露台餐位使用明火取暖", "rectifying", 8),
    ("EX1", "exits", "inspection", "3号馆疏散门前搭建展台，通道被占", "rectifying", 7),
    ("MK1", "exits", "grid", "市场北门内侧停放三轮车，通道变窄", "rectifying", 9),
    ("PK1", "crowd", "patrol", "九曲桥节假日没有单向通行引导设施", "rectifying", 14),
    ("ST1", "crowd", "self_check", "站厅共享单车堆放影响出站", "rectifying", 6),
    ("ST4", "lift", "inspection", "无障碍电梯年检标志过期", "rectifying", 11),
    ("CR1", "signs", "patrol", "过街安全岛导向标志缺失", "rectifying", 5),
    ("MK1", "gas", "inspection", "液化气瓶与明火间距不足", "overdue", 40),
    ("ML2", "structure", "inspection", "外立面广告牌锚固件锈蚀", "overdue", 38),
    ("ST5", "signs", "self_check", "3号口地面导向贴纸破损", "overdue", 25),
    ("SQ1", "electric", "patrol", "广场地埋灯电缆裸露", "overdue", 33),
    ("BS1", "works", "inspection", "塔吊限位器失灵未停用", "listed", 70),
    ("MK1", "fire", "inspection", "市场二层违规分隔库房，无自动灭火设施", "listed published", 95),
    ("ML1", "structure", "inspection", "地下车库坡道顶板渗水，局部钢筋外露", "listed over", 120),
    ("EX1", "fire", "inspection", "序厅吊顶使用易燃材料装修", "major rectifying", 20),
    ("PK1", "lift", "inspection", "游船码头浮筒破损，承载能力下降", "major stopped", 30),
    ("ML1", "management", "self_check", "夜间值班人员未经培训上岗", "extending", 15),
    ("ST2", "structure", "inspection", "换乘通道吊顶检修口松脱", "extending", 18),
    ("EX1", "electric", "self_check", "登录厅临时配电箱未上锁", "verifying", 8),
    ("ML2", "crowd", "patrol", "中庭活动排队通道没有隔离设施", "verifying", 6),
    ("MK1", "chemicals", "inspection", "冷库制冷剂储存未设警示标志", "verifying", 12),
    ("SQ1", "exits", "grid", "广场西侧消防通道被机动车占用", "fixed", 3),
    ("ML1", "signs", "patrol", "二层安全出口指示灯不亮", "closed", 60),
    ("ML1", "exits", "patrol", "地下一层安全出口堆放货箱", "closed", 85),
    ("ML2", "fire", "inspection", "厨房排油烟管道未定期清洗", "closed", 130),
    ("ML2", "electric", "self_check", "配电间堆放杂物", "closed", 75),
    ("EX1", "works", "inspection", "布展作业人员未戴安全帽", "closed", 50),
    ("EX1", "crowd", "patrol", "入场口蛇形通道转角过窄", "closed", 110),
    ("MK1", "electric", "grid", "摊位私拉电线", "closed", 45),
    ("MK1", "exits", "12345", "市场南门夜间上锁", "closed", 100),
    ("PK1", "structure", "patrol", "临湖护栏焊缝开裂", "closed", 65),
    ("PK1", "crowd", "patrol", "花展入口没有限流围栏", "closed", 140),
    ("ST1", "lift", "self_check", "扶梯急停按钮罩缺失", "closed", 90),
    ("ST3", "exits", "inspection", "4号口卷帘门应急开关失灵", "closed", 55),
    ("ST5", "electric", "inspection", "站外广场灯杆检修门缺失", "closed", 150),
    ("SQ1", "crowd", "patrol", "大客流单向通行标识不清", "closed", 35),
    ("CR1", "crowd", "patrol", "安全岛等候区过小，绿灯时间不足", "looked back", 80),
    ("BS1", "works", "inspection", "脚手架连墙件缺失", "looked back", 160),
    ("ML2", "gas", "inspection", "燃气报警器未与切断阀联动", "major closed", 105),
    ("MK1", "exits", "grid", "北门通道再次被占用", "contested", 28),
    ("ML1", "fire", "patrol", "五层防火门闭门器损坏", "reopened", 48),
]  # fmt: skip


CRITERIA = {
    # what was found: the criterion of the sample checklists (site/demo/checklists.py) that it falls under
    "地下一层2号安全出口前堆放周转货箱，净宽不足一半": "check:demo-crowd/exits_open",
    "三层扶梯口疏散指示标志被促销展架遮挡": "check:demo-crowd/signs_lit",
    "餐饮区一处燃气软管超过使用年限": "check:demo-shop-fire/gas_hose",
    "熟食区灭火器压力不足 6 具": "check:demo-shop-fire/extinguisher",
    "灯会大型灯组压重不足，抗风未经验算": "check:demo-stage/ballast",
    "临时看台未经验收即投入使用": "check:demo-stage/inspected",
    "四层商铺私拉电线，配电箱无漏电保护": "check:demo-shop-fire/wires",
    "后勤通道上锁，营业时间无人值守": "check:demo-crowd/exits_open",
    "市场二层违规分隔库房，无自动灭火设施": "standard:fire",
    "中庭活动排队通道没有隔离设施": "check:demo-crowd/barriers",
    "二层安全出口指示灯不亮": "check:demo-crowd/signs_lit",
    "地下一层安全出口堆放货箱": "check:demo-crowd/exits_open",
    "摊位私拉电线": "check:demo-shop-fire/wires",
    "市场南门夜间上锁": "check:demo-shop-fire/door_unlocked",
    "花展入口没有限流围栏": "check:demo-crowd/barriers",
}


def sample_photo(stage, number):
    """A small green picture of ours: crates in a passage before, an empty one after."""
    picture = Image.new("RGB", (480, 320), (58, 140, 96) if stage == "before" else (112, 196, 148))
    pen = ImageDraw.Draw(picture)
    pen.polygon([(0, 320), (150, 150), (330, 150), (480, 320)], fill=(214, 226, 218))
    pen.rectangle([200, 70, 280, 150], fill=(240, 246, 242), outline=(40, 90, 64), width=4)
    if stage == "before":
        for place in range(3 + number % 3):
            left = 120 + 60 * place
            pen.rectangle(
                [left, 190 - 20 * (place % 2), left + 52, 262],
                fill=(150, 112, 64),
                outline=(90, 64, 32),
                width=3,
            )
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()


class Stories:
    """Sixty hazards, each brought by two invented people and the administrator to where its line says."""

    def __init__(self, root, *, by, now):
        self.root, self.by, self.now = root, by, now
        role = organisations.find_role("department")
        self.watcher, self.fixer = (
            accounts.add_person(root, by=by, now=now, username=username, name=name, role=role).subject
            for username, name in PEOPLE
        )

    def tell(self):
        """All of them, the oldest first, as their numbers run."""
        standing = None
        for number, line in enumerate(sorted(LINES, key=lambda line: -line[-1])):
            code, kind, source, what, path, days = line
            place = register.find_place(code, self.by)
            row = self.report(place, kind, source, what, number, days)
            self.walk(row, path.split(), self.now - timedelta(days=days), standing)
            standing = row if path == "rectifying" else standing

    def report(self, place, kind, source, what, number, days):
        at = self.now - timedelta(days=days, hours=2)
        photos = [(f"before-{number}.jpg", sample_photo("before", number))]
        outer = f"DEMO-{number:03d}" if source in ("grid", "12345") else ""
        return actions.report_hazard(
            place.organisation, by=self.fixer, now=at, what=f"【{MARK}】{what}", kind=kind, source=source, place=place,
            outer_number=outer, photos=photos, criterion=CRITERIA.get(what, ""),
        ).subject  # fmt: skip

    def walk(self, row, path, at, standing):
        """Take the steps that lead to where the path ends; `at`: when it was looked at first."""
        first, is_major = path[0], any(word in path for word in ("major", "ordered", "listed"))
        if first == "reported":
            return
        if first in ("rejected", "appealed"):
            actions.reject_hazard(row, by=self.watcher, now=at, why="不属于本区职责或不构成隐患")
            if first == "appealed":
                actions.appeal_hazard(
                    row, by=self.fixer, now=at + timedelta(hours=5), why="现场仍有风险，请再核实"
                )
            return
        if first == "merged" and standing:
            actions.merge_hazard(row, by=self.watcher, now=at, into=standing)
            return
        actions.accept_hazard(row, by=self.watcher, now=at)
        if first == "accepted":
            return
        grade = (
            {"grade": "major", "standard": "major"}
            if is_major
            else {"grade": "general", "standard": "general"}
        )
        actions.grade_hazard(row, by=self.watcher, now=at, **grade)
        if is_major:
            told = {"audience": "workers", "means": "meeting", "told_at": at + timedelta(hours=3)}
            if first != "graded":
                actions.record_telling(
                    row, by=self.fixer, now=at + timedelta(hours=4), **told, remark="安全生产例会"
                )
        if first == "graded":
            return
        if first == "fixed":
            self.show(row, at)
            actions.fix_hazard(row, by=self.fixer, now=at)
            return
        self.order(row, path, at, is_major=is_major)

    def order(self, row, path, at, *, is_major):
        """From the order on."""
        days = {"overdue": 14, "listed": 45}.get(
            path[0], 200 if {"closed", "looked", "contested", "reopened"} & set(path) else 30
        )
        due_on = timezone.localdate(at) + timedelta(days=days)
        actions.order_rectification(
            row, by=self.watcher, now=at, responsible=row.place.operator or row.organisation, responsible_post="安全员",
            due_on=due_on, funds_yuan=30000 if is_major else None, **(FIVE if is_major else {}),
        )  # fmt: skip
        if "stopped" in path:
            actions.order_stop(
                row, by=self.watcher, now=at, scope="part", what="隐患所在区域", decision_number=f"{MARK}停决〔2026〕{row.pk}号"
            )  # fmt: skip
        if "listed" in path:
            self.list_it(row, path, at)
        if path[0] == "ordered":
            return
        if is_major:
            actions.secure_hazard(
                row, by=self.fixer, now=at + timedelta(hours=6), why="现场围挡，专人看守，限制人数"
            )
        if path[0] == "extending":
            later = at + timedelta(days=2)
            actions.ask_extension(row, by=self.fixer, now=later, days=20, why="配件到货延迟")
        if {"verifying", "closed", "looked", "contested", "reopened"} & set(path):
            self.end(row, path, at + timedelta(days=5))

    def list_it(self, row, path, at):
        """Under listed supervision; one of them past its last day."""
        until = timezone.localdate(self.now) + timedelta(
            days=-6 if "over" in path else 24 if "published" in path else 80
        )
        actions.list_hazard(row, by=self.watcher, now=at + timedelta(days=1), listed_until=until)
        if "published" in path:
            actions.publish_listing(row, by=self.watcher, now=at + timedelta(days=2), is_published=True)

    def end(self, row, path, at):
        """Rectified and verified, and what came after that."""
        self.show(row, at)
        actions.ask_verification(row, by=self.fixer, now=at)
        if "verifying" in path:
            return
        later = at + timedelta(days=2)
        actions.close_hazard(row, by=self.watcher, now=later, why="现场复核，已整改到位")
        if "looked" in path:
            actions.look_back(row, by=self.watcher, now=later + timedelta(days=20), why="回访未见反弹")
        if "contested" in path:
            actions.contest_hazard(row, by=self.fixer, now=later + timedelta(days=3), why="周末又被占用")
        if "reopened" in path:
            actions.reopen_hazard(row, by=self.watcher, now=later + timedelta(days=9), why="回访发现再次损坏")

    def show(self, row, at):
        """A photo of after, by who rectified it."""
        actions.keep_evidence(
            row, by=self.fixer, now=at, stage="after", name="after.jpg", body=sample_photo("after", row.pk)
        )


def add_hazards(root, *, by, now):
    """The hazards of the demonstration district, once."""
    if not hazards.visible_hazards(by).filter(what__startswith=f"【{MARK}】").exists():
        Stories(root, by=by, now=now).tell()


def leave_hazards(*, by, now):
    """Take every sample hazard, and what was tried out at a demonstration place, out of all counts, on record; how many."""
    samples = Q(what__startswith=f"【{MARK}】") | Q(place__is_demo=True)
    rows = list(hazards.visible_hazards(by).filter(samples).distinct())
    for row in rows:
        actions.leave_sample(row, by=by, now=now, why=MARK)
    return len(rows)
