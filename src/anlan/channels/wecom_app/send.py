"""WeCom application: a text to members by their ids, with a token that is kept while it lasts."""

from anlan.channels import calling
from anlan.channels.sending import Answer, Kind, Means, Outcome, Outgoing, Setting
from anlan.channels.texts import compose, in_bytes
from anlan.channels.tokens import Token, keep_token

MOST_BYTES = 2048
BUSY_CODES = {-1: 10.0, 45009: 60.0}
STALE = (40014, 42001)  # the token is invalid; the token has expired


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Send to the members in `to`, several of them with | between."""
    told = {
        "touser": outgoing.to,
        "msgtype": "text",
        "agentid": int(settings["agent_id"]),
        # WeCom makes links of <a href=…> in texts: foreign words may not.
        "text": {
            "content": compose(outgoing.title, outgoing.text, outgoing.link, MOST_BYTES, in_bytes).replace(
                "<a", "< a"
            )
        },
        # The same text to the same members within half an hour arrives once, should a key be sent twice after all.
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }
    for is_last in (False, True):
        token = keep_token(means, [settings["corp_id"], settings["secret"]], lambda: _token(settings, means))
        url = _base(settings) + "/cgi-bin/message/send"
        said = calling.post_json(means, url, told, params={"access_token": token})
        if said.get("errcode") not in STALE or is_last:
            break
        means.kept.clear()
    return judge(said, outgoing.to)


def judge(said: dict, to: str) -> Answer:
    """What the answer means: it may be 0 and yet name members that were not reached."""
    answer = calling.judge_code(said.get("errcode"), said.get("errmsg", ""), BUSY_CODES)
    if answer.outcome != Outcome.ACCEPTED:
        return answer
    words = answer.said
    left_out = {name.lower() for name in str(said.get("invaliduser") or "").split("|") if name}
    left_out |= {name.lower() for name in str(said.get("unlicenseduser") or "").split("|") if name}
    if left_out >= {name.lower() for name in to.split("|")}:
        return calling.failed(f"{words}：成员不在应用可见范围或不存在")
    if left_out:
        words = f"{words}：未送达 {'、'.join(sorted(left_out))}"
    return Answer(Outcome.ACCEPTED, vendor_id=str(said.get("msgid") or ""), said=words)


def _token(settings: dict, means: Means) -> Token:
    params = {"corpid": settings["corp_id"], "corpsecret": settings["secret"]}
    reply = calling.call(means, "GET", _base(settings) + "/cgi-bin/gettoken", params=params, is_harmless=True)
    said = calling.read_json(reply, means.now, is_harmless=True)
    if said.get("errcode") == 0 and isinstance(said.get("access_token"), str):
        return Token(said["access_token"], said.get("expires_in"))
    words = f"取令牌：{said.get('errcode')} {said.get('errmsg', '')}"
    if said.get("errcode") in BUSY_CODES:
        raise calling.Settled(Answer(Outcome.BUSY, said=words, retry_after_s=BUSY_CODES[said["errcode"]]))
    raise calling.Settled(calling.failed(words))


def _base(settings: dict) -> str:
    return settings["base_url"].rstrip("/")


KIND = Kind(
    code="wecom_app",
    zh="企业微信应用",
    en="WeCom application",
    settings=(
        Setting("corp_id", "企业 ID（corpid）", "corporation id (corpid)"),
        Setting("agent_id", "应用编号（agentid）", "application number (agentid)", kind="whole"),
        Setting("secret", "应用密钥（secret）", "application secret", is_secret=True),
        Setting("base_url", "接口地址", "API address", kind="url", default="https://qyapi.weixin.qq.com"),
    ),
    send=send,
    to_zh="成员账号（userid）",
    to_en="member id (userid)",
)
