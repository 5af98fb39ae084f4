"""DingTalk group robot, signed: HMAC-SHA256 keyed with the secret over "milliseconds\\nsecret", in the address."""

import base64
import hashlib
import hmac

from anlan.channels import calling
from anlan.channels.bots import ROBOT_SETTINGS, is_calling_all, token_in
from anlan.channels.sending import Answer, Kind, Means, Outgoing, Setting
from anlan.channels.texts import compose, in_bytes

MOST_BYTES = 20_000
BUSY_CODES = {-1: 10.0, 130101: 600.0, 410100: 600.0}  # busy; over 20 a minute: shut for ten minutes


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Put a text into the robot's group."""
    told: dict = {
        "msgtype": "text",
        "text": {"content": compose(outgoing.title, outgoing.text, outgoing.link, MOST_BYTES, in_bytes)},
        "at": {"isAtAll": is_calling_all(settings, outgoing)},
    }
    if mobiles := outgoing.words.get("mobiles"):
        told["at"]["atMobiles"] = list(mobiles)
    params = {"access_token": token_in(settings["access_token"], "access_token=")}
    if secret := settings.get("secret"):
        at_ms = round(means.now.timestamp() * 1000)
        params |= {"timestamp": str(at_ms), "sign": sign(secret, at_ms)}
    url = settings["base_url"].rstrip("/") + "/robot/send"
    return judge(calling.post_json(means, url, told, params=params))


def sign(secret: str, at_ms: int) -> str:
    """The signature, before it is escaped for the address. Refused by DingTalk when an hour off its clock."""
    digest = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def judge(said: dict) -> Answer:
    """What `errcode` means. 310000: signature, keyword or address not allowed; 300001: no such token."""
    return calling.judge_code(said.get("errcode"), said.get("errmsg", ""), BUSY_CODES)


KIND = Kind(
    code="dingtalk",
    zh="钉钉群机器人",
    en="DingTalk group robot",
    settings=(
        Setting("access_token", "access_token（或整条 Webhook 地址）", "access_token (or the whole webhook address)", is_secret=True),
        Setting("secret", "加签密钥（SEC 开头）", "signing secret (begins with SEC)", is_secret=True, is_required=False),
        *ROBOT_SETTINGS,
        Setting("base_url", "接口地址", "API address", kind="url", default="https://oapi.dingtalk.com"),
    ),
    send=send,
)  # fmt: skip
