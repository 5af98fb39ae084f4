"""Every kind of channel, in one explicit table; each is called through the same guard.

VNNOX (Novastar displays) is not among them: how its check sum is made stood in nothing that we could read, and its
players fetch a picture from a public address, which the display page `/display/<token>` does without. A webhook may drive its gateway.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from anlan.channels.aliyun_sms import send as aliyun_sms
from anlan.channels.calling import MOST_SAID, Settled, failed
from anlan.channels.dingtalk import send as dingtalk
from anlan.channels.email import send as email
from anlan.channels.feishu import send as feishu
from anlan.channels.sending import Answer, Kind, Means, Outcome, Outgoing
from anlan.channels.voice import send as voice
from anlan.channels.webhook import send as webhook
from anlan.channels.wechat_oa import send as wechat_oa
from anlan.channels.wecom_app import send as wecom_app
from anlan.channels.wecom_bot import send as wecom_bot
from anlan.channels.weibo import send as weibo

_MODULES = (wecom_bot, wecom_app, dingtalk, feishu, aliyun_sms, voice, email, webhook, wechat_oa, weibo)
SHORTEST_SECRET = 4  # anything shorter would also be found in plain words
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


def guarded(kind: Kind) -> Kind:
    """The kind with its defaults filled in, what is missing refused, nothing raised and no secret in what is said.

    Whatever a kind raises beyond `Settled` came at a moment nobody knows: `unknown`.
    """

    def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
        given = filled(kind, settings)
        if lacking := [
            setting.zh for setting in kind.settings if setting.is_required and not given[setting.name]
        ]:
            return failed(f"渠道缺少设置：{'、'.join(lacking)}")
        if wrong := [
            setting.zh
            for setting in kind.settings
            if setting.kind == "url" and not is_address(given[setting.name])
        ]:
            return failed(f"不是有效的 http(s) 地址：{'、'.join(wrong)}")
        if wrong := [
            setting.zh
            for setting in kind.settings
            if setting.kind == "whole" and not is_whole(given[setting.name])
        ]:
            return failed(f"应为整数：{'、'.join(wrong)}")
        if kind.to_zh and not outgoing.to.strip():
            return failed(f"没有收件地址（{kind.to_zh}）")
        return _settled(kind, given, means, lambda: kind.send(given, outgoing, means))

    def ask(settings: dict, vendor_id: str, to: str, means: Means) -> Answer:
        given = filled(kind, settings)
        return _settled(kind, given, means, lambda: asking(given, vendor_id, to, means))

    asking = kind.ask or _cannot_be_asked
    return replace(kind, send=send, ask=ask if kind.ask else None)


def filled(kind: Kind, settings: dict) -> dict:
    """The settings of a channel, defaults where nothing was given."""
    given = {one.name: settings.get(one.name) for one in kind.settings}
    told = {name: "" if value is None else str(value).strip() for name, value in given.items()}
    return settings | {one.name: told[one.name] or one.default for one in kind.settings}


def is_address(told: str) -> bool:
    """Whether this is an http(s) address that can be called; an empty one is judged by `is_required`."""
    try:
        address = urlsplit(told)
        return not told or (
            address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
        )
    except ValueError:
        return False


def is_whole(told: str) -> bool:
    """Whether this is a whole number, or empty."""
    return not told or (told.isascii() and told.isdigit())


def _cannot_be_asked(settings: dict, vendor_id: str, to: str, means: Means) -> Answer:
    return Answer(Outcome.UNKNOWN, vendor_id=vendor_id)


def _settled(kind: Kind, settings: dict, means: Means, send) -> Answer:
    try:
        answer = send()
    except Settled as known:
        answer = known.answer
    except Exception as why:
        answer = Answer(Outcome.UNKNOWN, said=f"渠道程序出错（{type(why).__name__}）")
    return replace(answer, said=masked(answer.said, secrets_of(kind, settings, means.kept)))


def secrets_of(kind: Kind, settings: dict, kept: dict) -> set[str]:
    """Every text that must not be seen: secret settings, the parts of pasted addresses, kept tokens."""
    whole = [str(settings.get(setting.name) or "") for setting in kind.settings if setting.is_secret]
    whole.append(str(kept.get("token") or ""))
    parts = [part for value in whole for part in re.split(r"[\s=&?#/]+", value) if len(part) >= 12]
    return {value for value in [*whole, *parts] if len(value) >= SHORTEST_SECRET}


def masked(said: str, secrets: Iterable[str]) -> str:
    """What was said on one line of at most 300 signs, secrets blotted out."""
    for secret in sorted(secrets, key=len, reverse=True):
        said = said.replace(secret, "***")
    return " ".join(_INVISIBLE.sub(" ", said).split())[:MOST_SAID]


KINDS: dict[str, Kind] = {module.KIND.code: guarded(module.KIND) for module in _MODULES}
