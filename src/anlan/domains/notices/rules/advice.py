"""Safety advice 避险须知 by hazard, as the product brings it: general knowledge (mark K), for the district to make its own.

Not the text of a law. `{places}` stands for the names of the places; phone numbers are the public emergency ones.
"""

from collections.abc import Mapping
from typing import NamedTuple

from anlan.domains.notices.terms import Hazard

NAMES = ("name", "headline", "description", "instruction", "short", "dos", "donts", "routes", "phone")
TEXTS = tuple(f"{name}_{language}" for name in NAMES for language in ("zh", "en"))
MOST = {
    "headline_zh": 60,
    "headline_en": 160,
    "short_zh": 200,
    "short_en": 300,
}  # signs; the others MOST_LONG
MOST_LONG = 1000
PLACES = "{places}"
PHONE_ZH, PHONE_EN = "报警 110，火警 119，急救 120", "Police 110, fire 119, ambulance 120"


class Advice(NamedTuple):
    """One piece of advice: its code, its version (0: the product's), the hazard, and its texts by name."""

    code: str
    version: int
    hazard: str
    texts: Mapping[str, str]


def make(code: str, hazard: str, **both: tuple[str, str]) -> Advice:
    """An Advice of the product from pairs (Chinese, English)."""
    both = {"phone": (PHONE_ZH, PHONE_EN), "routes": ("", "")} | both
    texts = {
        f"{name}_{language}": pair[at]
        for name, pair in both.items()
        for at, language in enumerate(("zh", "en"))
    }
    return Advice(code, 0, hazard, texts)


DEFAULTS = (
    make(
        "crowd-busy", Hazard.CROWD,
        name=("人多提示", "Crowded place"),
        headline=("{places}人流较大，请错峰前往", "{places} is crowded: please come later"),
        description=("{places}目前人流较大，部分通道行走缓慢。", "{places} is crowded now; some passages are slow."),
        instruction=(
            "请改时间或改去别处。已在现场的请不要停留、不要逆行，看护好老人和孩子，听从工作人员指引。",
            ("Please come another time or go elsewhere. If you are there: keep moving, do not walk against the flow, keep "
            "children and elderly people close, follow the staff."),
        ),
        short=("人流较大 请勿停留 不要逆行", "Crowded. Keep moving, do not turn back"),
        dos=(
            "看清出口和疏散方向\n跟随人流方向走，靠边慢行\n双手抬到胸前，保持呼吸空间\n跌倒后尽快站起，站不起就侧身蜷缩护住头颈",
            ("Find the exits first\nWalk with the flow, slowly, along the side\nHold your arms before your chest to keep room to "
            "breathe\nIf you fall, get up at once; if you cannot, curl up on your side and cover head and neck"),
        ),
        donts=(
            "不要逆行、不要推挤\n不要弯腰捡东西、系鞋带\n不要在楼梯、坡道、桥面停留拍照",
            ("Do not walk against the flow or push\nDo not bend down for things or shoelaces\nDo not stop for photographs on "
            "stairs, ramps or bridges"),
        ),
        routes=("以现场指示牌和工作人员指引为准，优先走最近的开放出口。", "Follow the signs and the staff; take the nearest open exit."),
    ),
    make(
        "crowd-suspended", Hazard.CROWD,
        name=("暂停进入", "Entry suspended"),
        headline=("{places}暂停进入", "Entry to {places} is suspended"),
        description=(
            "{places}在场人数已接近最大承载量，现场已暂停进入，保持疏散。",
            "{places} is close to its greatest capacity. Entry is suspended; the ways out stay open.",
        ),
        instruction=(
            "请不要前往。已在现场的请按指引从开放的出口有序离开，不要推挤、不要逆行。",
            ("Please do not go there. If you are there, leave calmly by the open exits as the staff show you; do not push or turn "
            "back."),
        ),
        short=("暂停进入 请从开放出口有序离开", "Entry suspended. Leave by the open exits"),
        dos=("按指引方向慢行离开\n告诉身后的人不要再往前挤", "Leave slowly as you are shown\nTell those behind you not to push on"),
        donts=("不要绕过围栏\n不要在出口等人", "Do not go round barriers\nDo not wait for others at the exit"),
        routes=("从最近的开放出口离开，走向宽敞处。", "Leave by the nearest open exit towards open space."),
    ),
    make(
        "fire", Hazard.FIRE,
        name=("火灾避险", "Fire"),
        headline=("{places}发生火情，请勿靠近", "Fire at {places}: keep away"),
        description=("{places}发生火情，消防救援人员正在处置。", "There is a fire at {places}; the fire brigade is at work."),
        instruction=(
            "请勿靠近，让出消防通道。周边人员关闭门窗；在楼内的弯腰捂住口鼻，走楼梯撤离，不乘电梯。",
            ("Keep away and keep the fire lanes free. Nearby, close windows and doors; inside, cover mouth and nose, keep low, take "
            "the stairs and not the lift."),
        ),
        short=("发生火情 走楼梯撤离 不乘电梯", "Fire. Take the stairs, not the lift"),
        dos=(
            "拨打 119，说清地址和燃烧物\n湿毛巾捂口鼻，低姿前行\n门把手烫手时不要开门，用湿布堵住门缝等待救援",
            ("Call 119: say where and what burns\nCover mouth and nose with a wet cloth, keep low\nIf the door handle is hot, keep "
            "it shut, seal the gap with wet cloth and wait for rescue"),
        ),
        donts=("不乘电梯\n不返回取物\n不跳楼", "Do not take the lift\nDo not go back for things\nDo not jump"),
    ),
    make(
        "wind", Hazard.WIND,
        name=("大风避险", "Strong wind"),
        headline=("大风来袭，请远离高空悬挂物", "Strong wind: keep away from hanging objects"),
        description=("预计{places}一带将有大风。", "Strong wind is expected around {places}."),
        instruction=(
            "请减少外出，远离广告牌、围挡、脚手架和大树；关好门窗，收回阳台物品。",
            ("Stay indoors where you can; keep away from billboards, fences, scaffolding and large trees; close windows and bring "
            "in what stands on balconies."),
        ),
        short=("大风 远离广告牌和大树", "Strong wind. Keep away from billboards and trees"),
        dos=("收回阳台、窗台物品\n在坚固的建筑内躲避", "Bring in what stands on balconies\nShelter in a solid building"),
        donts=("不在广告牌、围挡下停留\n不搭乘露天游乐设施", "Do not stand under billboards or fences\nDo not use open-air rides"),
    ),
    make(
        "rain", Hazard.RAIN,
        name=("暴雨避险", "Heavy rain"),
        headline=("暴雨来袭，请避开低洼积水处", "Heavy rain: avoid low-lying ground"),
        description=("预计{places}一带将有强降雨，低洼处可能积水。", "Heavy rain is expected around {places}; low ground may flood."),
        instruction=(
            "请减少外出，不进入积水的下穿通道、地下空间；远离电线杆和落水电线。",
            "Stay indoors where you can; do not enter flooded underpasses or basements; keep away from poles and fallen wires.",
        ),
        short=("暴雨 勿入积水路段和地下空间", "Heavy rain. Keep out of flooded roads and basements"),
        dos=("向高处转移\n车辆熄火时立即离车", "Move to higher ground\nIf the car stalls in water, leave it at once"),
        donts=("不涉水过下穿通道\n不触碰落水电线", "Do not wade through underpasses\nDo not touch wires in water"),
    ),
    make(
        "heat", Hazard.HEAT,
        name=("高温避险", "Heat"),
        headline=("高温天气，请防暑降温", "Hot weather: protect yourself"),
        description=("预计{places}一带气温较高，长时间户外活动有中暑风险。", "High temperatures around {places}; long stays outdoors may cause heat stroke."),
        instruction=(
            "请避开中午前后户外活动，多饮水；老人、儿童和体弱者留在阴凉处。有头晕、恶心请移到阴凉处并拨打 120。",
            ("Avoid being outdoors around noon, drink water; elderly people and children stay in the shade. If you feel dizzy or "
            "sick, move into the shade and call 120."),
        ),
        short=("高温 多饮水 到阴凉处", "Heat. Drink water, stay in the shade"),
        dos=("多饮水，少量多次\n穿浅色宽松衣物", "Drink water, often and a little\nWear light, loose clothes"),
        donts=("不把儿童独自留在车内", "Never leave children alone in a car"),
    ),
    make(
        "cold", Hazard.COLD,
        name=("寒潮冰冻避险", "Cold and ice"),
        headline=("寒潮来袭，路面可能结冰", "Cold spell: roads may be icy"),
        description=("预计{places}一带气温骤降，路面、台阶可能结冰。", "Temperatures fall around {places}; roads and steps may be icy."),
        instruction=(
            "请慢行防滑，走有扶手的通道；室内取暖注意通风，谨防一氧化碳中毒。",
            "Walk slowly, use handrails; when heating indoors, keep the air moving: carbon monoxide kills.",
        ),
        short=("路面结冰 慢行防滑", "Ice. Walk slowly"),
        dos=("穿防滑鞋，走扶手一侧", "Wear shoes that grip, use the handrail"),
        donts=("不在密闭房间内用炭火取暖", "Do not burn charcoal in a closed room"),
    ),
    make(
        "metro", Hazard.METRO,
        name=("轨交大客流", "Crowded metro"),
        headline=("{places}大客流，请改乘其他线路", "{places} is very crowded: please take another line"),
        description=("{places}客流较大，车站采取限流措施。", "{places} is very crowded; entry is being limited."),
        instruction=(
            "请改乘公交或邻近车站；在站内的不要在站台、扶梯口停留，按指引排队。",
            ("Please take a bus or a neighbouring station; inside, do not stop on platforms or at escalators, queue as you are "
            "shown."),
        ),
        short=("本站大客流 请改乘公交或邻站", "Station crowded. Use a bus or another station"),
        dos=("按指引排队\n站稳扶好", "Queue as you are shown\nHold on"),
        donts=("不在扶梯口停留\n不抢上抢下", "Do not stop at escalators\nDo not rush the doors"),
    ),
    make(
        "traffic", Hazard.TRAFFIC,
        name=("交通管制", "Traffic control"),
        headline=("{places}周边交通管制，请绕行", "Traffic control around {places}: please go round"),
        description=("{places}周边道路实行临时交通管制。", "Roads around {places} are under temporary traffic control."),
        instruction=(
            "请绕行，优先乘坐轨道交通；现场服从交警指挥，让出应急通道。",
            "Please go round, preferably by metro; on the spot follow the traffic police and keep the emergency lane free.",
        ),
        short=("交通管制 请绕行", "Traffic control. Please go round"),
        dos=("提前规划路线", "Plan your way beforehand"),
        donts=("不占用应急通道", "Do not block the emergency lane"),
    ),
    make(
        "facility", Hazard.FACILITY,
        name=("设施故障", "Facility out of order"),
        headline=("{places}设施故障，请绕行", "{places}: facility out of order, please go round"),
        description=("{places}有设施发生故障，现场正在处置。", "A facility at {places} is out of order and being dealt with."),
        instruction=(
            "请避开围挡区域，按现场指引绕行；乘扶梯时站稳扶好，出现异常立即按下急停按钮。",
            ("Keep away from the fenced area and follow the signs; hold on to the escalator's handrail and press the emergency stop "
            "if something is wrong."),
        ),
        short=("设施故障 请绕行", "Out of order. Please go round"),
        dos=("按指引绕行", "Go round as shown"),
        donts=("不翻越围挡", "Do not climb barriers"),
    ),
    make(
        "gas", Hazard.GAS,
        name=("燃气泄漏避险", "Gas leak"),
        headline=("{places}疑似燃气泄漏，请立即撤离", "Suspected gas leak at {places}: leave at once"),
        description=("{places}疑似发生燃气泄漏，正在处置。", "A gas leak is suspected at {places} and being dealt with."),
        instruction=(
            "请立即向上风方向撤离，不开关电器、不用明火、不在现场打电话；到安全处再拨打 119。",
            ("Leave at once, upwind. Do not switch anything on or off, no open flame, no telephone on the spot; call 119 from a "
            "safe place."),
        ),
        short=("疑似燃气泄漏 勿动电器 立即撤离", "Gas leak. Touch no switches, leave at once"),
        dos=("关闭阀门，开窗通风\n向上风方向撤离", "Close the valve, open windows\nLeave upwind"),
        donts=("不开关电器、不用明火", "Do not touch switches, no open flame"),
    ),
)  # fmt: skip


def find_default(code: str) -> Advice | None:
    """The product's advice of this code, or None."""
    return next((one for one in DEFAULTS if one.code == code), None)


def fill(texts: Mapping[str, str], *, places_zh: str, places_en: str) -> dict[str, str]:
    """The texts with the names of the places put in; without any, the words for "this area"."""
    names = {"zh": places_zh or "本区域", "en": places_en or "this area"}
    filled = {name: text.replace(PLACES, names[name[-2:]]) for name, text in texts.items()}
    return {
        name: text[:1].upper() + text[1:] if name.endswith("_en") else text for name, text in filled.items()
    }


def say_dos(texts: Mapping[str, str], name: str, language: str) -> list[str]:
    """The lines of the do's or the don'ts."""
    return [line.strip() for line in texts.get(f"{name}_{language}", "").splitlines() if line.strip()]
