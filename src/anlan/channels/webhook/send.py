"""A webhook by Standard Webhooks: our key as webhook-id, the moment, HMAC-SHA256 over "id.seconds.body".

The body is a CloudEvents 1.0 envelope. Several secrets may stand in the setting while one is being replaced: each gives
a signature. Whoever receives drops an id that it has seen, so an answer 5xx may be tried again.
"""

import base64
import binascii
import hashlib
import hmac
import json
from urllib.parse import quote

from anlan.channels import calling
from anlan.channels.sending import Answer, Kind, Means, Outcome, Outgoing, Setting

PREFIX = "whsec_"
KIND_OF_NEWS = "anlan.message.v1"


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Post one text, signed."""
    try:
        secrets = [read_secret(word) for word in settings["secret"].replace(",", " ").split()]
    except ValueError:
        return calling.failed("签名密钥应为 whsec_ 加 Base64：请检查设置")
    name, at_s = quote(outgoing.key, safe="/:-_~"), int(means.now.timestamp())
    body = envelope(settings, outgoing, means)
    headers = {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": name,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(sign(secret, name, at_s, body) for secret in secrets),
    }
    reply = calling.call(means, "POST", settings["url"], content=body, headers=headers)
    if 200 <= reply.status < 300:
        return Answer(Outcome.ACCEPTED, said=f"HTTP {reply.status} {calling.visible(reply.body)}")
    answer = calling.judge_status(reply, means.now)
    if reply.status >= 500 and answer.outcome is Outcome.UNKNOWN:
        return Answer(Outcome.BUSY, said=f"HTTP {reply.status} {calling.visible(reply.body)}")
    return answer


def envelope(settings: dict, outgoing: Outgoing, means: Means) -> bytes:
    """The body: what the text is (type), its name for good (id), and the text itself (data)."""
    told = {
        "specversion": "1.0",
        "id": outgoing.key,
        "source": settings["source"],
        "type": KIND_OF_NEWS,
        "time": means.now.isoformat(timespec="seconds"),
        "datacontenttype": "application/json",
        "data": {
            "title": outgoing.title,
            "text": outgoing.text,
            "link": outgoing.link,
            "is_urgent": outgoing.is_urgent,
            "words": outgoing.words,
        },
    }
    return json.dumps(told, ensure_ascii=False).encode()


def sign(secret: bytes, name: str, at_s: int, body: bytes) -> str:
    """One signature, with its version before it."""
    digest = hmac.new(secret, f"{name}.{at_s}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def read_secret(word: str) -> bytes:
    """The key in a secret, with or without its prefix. Raises ValueError."""
    try:
        secret = base64.b64decode(word.removeprefix(PREFIX), validate=True)
    except binascii.Error as why:
        raise ValueError("not base64") from why
    if len(secret) < 16:
        raise ValueError("too short")
    return secret


KIND = Kind(
    code="webhook",
    zh="网络回调（Standard Webhooks）",
    en="webhook (Standard Webhooks)",
    settings=(
        Setting("url", "接收地址", "receiver's address", kind="url"),
        Setting("secret", "签名密钥（whsec_ 开头；更换期间可填多个，以空格分隔）", "signing secrets (whsec_…; several, with spaces, while one is replaced)", is_secret=True),
        Setting("source", "来源标识", "source", default="anlan"),
    ),
    send=send,
)  # fmt: skip
