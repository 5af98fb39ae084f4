"""What a message of reporting up says, in the language of whom it is for."""

from dataclasses import dataclass

from django.utils.translation import gettext, override

from anlan.domains.crowd.terms import WarningLevel
from anlan.kit.templatetags.look import LEVELS, spoken

CHINESE = "zh-hans"
PLACE_SIGNS, REASON_SIGNS = 20, 35  # of one parameter of an SMS template, as the carriers allow


@dataclass(frozen=True)
class Wording:
    """Title and text of a message, and the parameters for kinds that fill a template (SMS, voice)."""

    title: str
    text: str
    words: dict


def word_alarm(alarm, *, language="", round_count=1, repeat=0):
    """The Wording of an alarm: level, place, reason; that it is told again, and for the how manieth round."""
    with override(language or CHINESE):
        level, reason = str(WarningLevel(alarm.level).label), spoken(alarm.reason) or gettext("原因见处置单")
        again = [gettext("再次提醒。")] if repeat else []
        again += [gettext("第 %(n)d 轮上报，尚无人处置。") % {"n": round_count}] if round_count > 1 else []
        text = gettext("%(reason)s。%(again)s请签收并写明措施（处置单 %(number)s）。") % {
            "reason": reason.rstrip("。."), "again": "".join(again), "number": alarm.number,
        }  # fmt: skip
        title = gettext("【%(level)s】%(place)s") % {"level": level, "place": alarm.title}
        return Wording(
            title, text, parameters(str(LEVELS[alarm.level].word), alarm.title, reason, alarm.number)
        )


def word_look(alarm, *, language=""):
    """The Wording of a promised look that is due."""
    with override(language or CHINESE):
        level, reason = str(LEVELS[alarm.level].word), gettext("到时未反馈将重新逐级上报")
        title = gettext("【请反馈】%(place)s") % {"place": alarm.title}
        text = gettext("您承诺的查看时间已到。请反馈现场情况和下次查看时间，否则将重新逐级上报（处置单 %(number)s）。") % {
            "number": alarm.number
        }  # fmt: skip
        return Wording(title, text, parameters(level, alarm.title, reason, alarm.number))


def word_test(*, language=""):
    """The Wording of a test that rings only oneself."""
    with override(language or CHINESE):
        title = gettext("【测试】只响您一人")
        text = gettext("这是您自己发起的提醒测试，没有真实情况。打开链接，按“我收到了”。")
        return Wording(
            title, text, parameters(gettext("测试"), gettext("只响您一人"), gettext("没有真实情况"), "")
        )


def parameters(level, place, reason, number):
    """What fills the template of an SMS or a voice call."""
    return {"level": level, "place": place[:PLACE_SIGNS], "reason": reason[:REASON_SIGNS], "number": number}
