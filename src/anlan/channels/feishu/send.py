"""Feishu group robot, signed: HMAC-SHA256 keyed with "seconds\\nsecret" over nothing, inside the body.

The other way round than DingTalk's, and in seconds: public code often gets it wrong.
"""

import base64
import hashlib
import hmac

from anlan.channels import calling
from anlan.channels.bots import ROBOT_SETTINGS, is_calling_all, token_in
from anlan.channels.sending import Answer, Kind, Means, Outgoing, Setting
from anlan.channels.texts import compose, in_bytes

MOST_BYTES = 18_000  # of 20 kB for the whole request
BUSY_CODES = {11232: 60.0, 99991400: 60.0, 1500: 10.0}  # frequency limits; internal fault
CALL_ALL = '<at user_id="all">所有人</at>\n'


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Put a text into the robot's group."""
    text = compose(outgoing.title, outgoing.text, outgoing.link, MOST_BYTES, in_bytes)
    # Feishu reads <at …> in texts: only ours may call people.
    text = text.replace("<at", "＜at").replace("</at", "＜/at")
    told: dict = {
        "msg_type": "text",
        "content": {"text": (CALL_ALL if is_calling_all(settings, outgoing) else "") + text},
    }
    if secret := settings.get("secret"):
        at_s = round(means.now.timestamp())
        told |= {"timestamp": str(at_s), "sign": sign(secret, at_s)}
    hook = token_in(settings["hook"], "/hook/")
    url = settings["base_url"].rstrip("/") + f"/open-apis/bot/v2/hook/{hook}"
    return judge(calling.post_json(means, url, told))


def sign(secret: str, at_s: int) -> str:
    """The signature of a moment. Refused by Feishu when an hour off its clock."""
    return base64.b64encode(hmac.new(f"{at_s}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def judge(said: dict) -> Answer:
    """What `code` means (`StatusCode` in old answers). 19021: signature or time; 19022: address; 19024: keyword."""
    words = said.get("msg", said.get("StatusMessage", ""))
    return calling.judge_code(said.get("code", said.get("StatusCode")), words, BUSY_CODES)


KIND = Kind(
    code="feishu",
    zh="飞书群机器人",
    en="Feishu group robot",
    settings=(
        Setting("hook", "机器人编号（或整条 Webhook 地址）", "robot id (or its whole webhook address)", is_secret=True),
        Setting("secret", "签名校验密钥", "signing secret", is_secret=True, is_required=False),
        *ROBOT_SETTINGS,
        Setting("base_url", "接口地址", "API address", kind="url", default="https://open.feishu.cn"),
    ),
    send=send,
)  # fmt: skip
