"""WeCom group robot: one POST, whose answer carries its verdict in `errcode` even where HTTP says 200."""

from anlan.channels import calling
from anlan.channels.bots import ROBOT_SETTINGS, is_calling_all, token_in
from anlan.channels.sending import Answer, Kind, Means, Outgoing, Setting
from anlan.channels.texts import compose, in_bytes

MOST_BYTES = 2048  # of a text message
BUSY_CODES = {-1: 10.0, 45009: 60.0}  # system busy; more than about 20 a minute


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Put a text into the robot's group."""
    text: dict = {"content": compose(outgoing.title, outgoing.text, outgoing.link, MOST_BYTES, in_bytes)}
    if is_calling_all(settings, outgoing):
        text |= {"mentioned_list": ["@all"]}
    if mobiles := outgoing.words.get("mobiles"):
        text |= {"mentioned_mobile_list": list(mobiles)}
    url = settings["base_url"].rstrip("/") + "/cgi-bin/webhook/send"
    said = calling.post_json(
        means, url, {"msgtype": "text", "text": text}, params={"key": token_in(settings["key"], "key=")}
    )
    return judge(said)


def judge(said: dict) -> Answer:
    """What `errcode` means. 45009: limit of the robot; 93000: wrong key, or the robot was taken out of the group."""
    return calling.judge_code(said.get("errcode"), said.get("errmsg", ""), BUSY_CODES)


KIND = Kind(
    code="wecom_bot",
    zh="企业微信群机器人",
    en="WeCom group robot",
    settings=(
        Setting("key", "机器人密钥（或整条 Webhook 地址）", "robot key (or its whole webhook address)", is_secret=True),
        *ROBOT_SETTINGS,
        Setting("base_url", "接口地址", "API address", kind="url", default="https://qyapi.weixin.qq.com"),
    ),
    send=send,
)  # fmt: skip
