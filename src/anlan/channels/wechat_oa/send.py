"""WeChat Official Account: the text becomes a draft in the account's draft box; a person publishes it there."""

from anlan.channels import calling
from anlan.channels.sending import Answer, Kind, Means, Outcome, Outgoing, Setting
from anlan.channels.tokens import Token, keep_token
from anlan.channels.wechat_oa.render import article

BUSY_CODES = {-1: 10.0, 45009: 3600.0, 45011: 60.0}  # busy; the day's calls are used up; too often a minute
STALE = (40001, 40014, 42001)


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Put one article into the draft box. `accepted` says that the draft lies there, not that anybody read it."""
    told = {"articles": [article(outgoing, author=settings["author"], cover=settings["cover_media_id"])]}
    for is_last in (False, True):
        token = keep_token(
            means, [settings["app_id"], settings["app_secret"]], lambda: _token(settings, means)
        )
        url = settings["base_url"].rstrip("/") + "/cgi-bin/draft/add"
        said = calling.post_json(means, url, told, params={"access_token": token})
        if said.get("errcode") not in STALE or is_last:
            break
        means.kept.clear()
    return judge(said)


def judge(said: dict) -> Answer:
    """What the answer means. Success has no errcode, only the draft's media_id. 40007: wrong cover; 45003: title."""
    code, words = said.get("errcode", 0), f"{said.get('errcode', 0)} {said.get('errmsg', '')}"
    if code == 0 and isinstance(said.get("media_id"), str) and said["media_id"]:
        return Answer(Outcome.ACCEPTED, vendor_id=said["media_id"], said="已存入公众号草稿箱，待人工发布")
    if code in BUSY_CODES:
        return Answer(Outcome.BUSY, said=words, retry_after_s=BUSY_CODES[code])
    if isinstance(code, int) and code:
        return calling.failed(words)
    return Answer(Outcome.UNKNOWN, said=f"回应中没有 media_id：{words}")


def _token(settings: dict, means: Means) -> Token:
    """A stable token: asking for it does not take away the one that another system of the account holds."""
    told = {"grant_type": "client_credential", "appid": settings["app_id"], "secret": settings["app_secret"]}
    url = settings["base_url"].rstrip("/") + "/cgi-bin/stable_token"
    said = calling.post_json(means, url, told, is_harmless=True)
    if isinstance(said.get("access_token"), str) and not said.get("errcode"):
        return Token(said["access_token"], said.get("expires_in"))
    words = f"取令牌：{said.get('errcode')} {said.get('errmsg', '')}"
    if said.get("errcode") in BUSY_CODES:
        raise calling.Settled(Answer(Outcome.BUSY, said=words, retry_after_s=BUSY_CODES[said["errcode"]]))
    raise calling.Settled(calling.failed(words))


KIND = Kind(
    code="wechat_oa",
    zh="微信公众号（草稿）",
    en="WeChat Official Account (draft)",
    settings=(
        Setting("app_id", "AppID", "AppID"),
        Setting("app_secret", "AppSecret", "AppSecret", is_secret=True),
        Setting("cover_media_id", "封面图片素材编号（media_id）", "media id of the cover picture"),
        Setting("author", "作者", "author", is_required=False),
        Setting("base_url", "接口地址", "API address", kind="url", default="https://api.weixin.qq.com"),
    ),
    send=send,
    is_draft=True,
)
