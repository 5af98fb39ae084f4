"""What all channels share of HTTP: one request, its answer read within limits, and what a fault says of it.

The question after every fault is whether the service may have taken the text. No connection: surely not (`busy`).
Nothing heard after the request was written: perhaps (`unknown`), and then it is never sent blindly again.
Every request has a connection of its own: one kept open may be closed by the service just as it is used again, and
nobody could tell that from a text that was taken.
"""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from anlan.channels.sending import Answer, Means, Outcome

CONNECT_S = 5
# A kind asks four times at most (token, text, token anew, text anew): together under the two minutes after which the
# outbox gives a sender up.
SILENCE_S = 10
WHOLE_S = 12  # a service that drips its answer is left
MAX_REPLY_BYTES = 256 * 1024
MOST_SAID = 300
VERDICTS = (
    "errcode",
    "code",
    "Code",
    "StatusCode",
    "error",
    "call_id",
)  # what tells a service from a gateway before it
MOST_WAIT_S = 3600.0
TIMES = httpx.Timeout(SILENCE_S, connect=CONNECT_S)


class Settled(Exception):
    """What came of it is known (or will never be) before the service's own words could be read."""

    def __init__(self, answer: Answer):
        super().__init__(answer.outcome)
        self.answer = answer


@dataclass(frozen=True)
class Reply:
    """A service's answer to a request, as far as it was read."""

    status: int
    headers: httpx.Headers
    body: bytes


def open_client() -> httpx.Client:
    """A client for services: no redirects (they would carry keys elsewhere), no proxies of this machine's."""
    return httpx.Client(timeout=TIMES, follow_redirects=False, trust_env=False)


def call(
    means: Means,
    method: str,
    url: str,
    *,
    params: dict | None = None,
    content: bytes | None = None,
    headers: dict | None = None,
    is_harmless: bool = False,
    most_bytes: int = MAX_REPLY_BYTES,
) -> Reply:
    """Ask once. `is_harmless`: the request sends nothing to anybody (a token, a state), so every fault is `busy`.

    Raises Settled. Its words never hold the address: keys stand in it.
    """
    lost = Outcome.BUSY if is_harmless else Outcome.UNKNOWN
    given = {"connection": "close", "accept-encoding": "identity"} | (headers or {})
    client: Any = means.client
    try:
        request = client.build_request(
            method, url, params=params, content=content, headers=given, timeout=TIMES
        )
    except (httpx.InvalidURL, ValueError, TypeError):
        raise Settled(failed("渠道地址或密钥含有不能使用的字符，请检查设置")) from None
    try:
        response = client.send(request, stream=True, follow_redirects=False)
        try:
            return Reply(response.status_code, response.headers, _body(response, lost, most_bytes))
        finally:
            response.close()
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError):
        raise Settled(failed("渠道地址或密钥含有不能使用的字符，请检查设置")) from None
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError):
        raise Settled(Answer(Outcome.BUSY, said="连接不上：请检查地址、网络和证书")) from None
    except httpx.TimeoutException:
        raise Settled(Answer(lost, said="已发出请求，在时限内没有回应")) from None
    except httpx.HTTPError as why:
        raise Settled(Answer(lost, said=f"已发出请求，连接中断（{type(why).__name__}）")) from None


def _body(response: httpx.Response, lost: Outcome, most_bytes: int) -> bytes:
    stop_watch, body = time.monotonic(), b""
    for piece in response.iter_raw():  # as they arrive: gathered to a size, a dripping answer would never end
        body += piece
        if len(body) > most_bytes or time.monotonic() - stop_watch > WHOLE_S:
            raise Settled(Answer(lost, said="回应过长或过慢，没有读完"))
    return body


def post_json(
    means: Means, url: str, told: dict, *, params: dict | None = None, is_harmless: bool = False
) -> dict:
    """Post a JSON document and read the JSON object that comes back. Raises Settled."""
    # Not escaped: some of these services show \uXXXX to people as it stands.
    content = json.dumps(told, ensure_ascii=False).encode()
    headers = {"content-type": "application/json; charset=utf-8"}
    reply = call(means, "POST", url, params=params, content=content, headers=headers, is_harmless=is_harmless)
    return read_json(reply, means.now, is_harmless=is_harmless)


def read_json(reply: Reply, now: datetime, *, is_harmless: bool = False) -> dict:
    """The JSON object of an answer: services put their verdicts there, whatever the status. Raises Settled."""
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        said = None
    is_a_verdict = isinstance(said, dict) and (reply.status < 300 or any(name in said for name in VERDICTS))
    if is_a_verdict and reply.status not in (429, 503) and not 300 <= reply.status < 400:
        return said
    raise Settled(judge_status(reply, now, is_harmless=is_harmless))


def judge_status(reply: Reply, now: datetime, *, is_harmless: bool = False) -> Answer:
    """What a status means where the body says nothing that can be read."""
    status, words = reply.status, visible(reply.body)
    said = f"HTTP {status} {words}"
    if status in (425, 429, 503):
        return Answer(Outcome.BUSY, said=said, retry_after_s=wait_s(reply.headers, now))
    if 300 <= status < 400:
        return failed(f"HTTP {status}：服务要求转到别处，未跟随，请检查渠道地址")
    if 400 <= status < 500 and status != 408:
        return failed(said)
    lost = Outcome.BUSY if is_harmless else Outcome.UNKNOWN
    return Answer(lost, said=f"回应无法识别：{said}")


def wait_s(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds a service asks to wait (Retry-After, or Feishu's own header), within an hour."""
    told = headers.get("retry-after") or headers.get("x-ogw-ratelimit-reset") or ""
    try:
        seconds = (
            float(told) if told.strip().isdigit() else (parsedate_to_datetime(told) - now).total_seconds()
        )
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 1.0), MOST_WAIT_S)


def failed(said: str) -> Answer:
    """Refused for good."""
    return Answer(Outcome.FAILED, said=said[:MOST_SAID])


def judge_code(code: object, words: str, busy: dict[int, float]) -> Answer:
    """The verdict of a service that says 0 for taken, and numbers else; `busy` {number: seconds to wait}."""
    said = f"{code} {words}"
    if code == 0:
        return Answer(Outcome.ACCEPTED, said=said)
    if not isinstance(code, int):
        return Answer(Outcome.UNKNOWN, said=f"回应中没有结果代码：{said}")
    if code in busy:
        return Answer(Outcome.BUSY, said=said, retry_after_s=busy[code])
    return failed(said)


def visible(body: bytes, most: int = 120) -> str:
    """The beginning of a body as one line of visible signs."""
    text = body[: most * 8].decode("utf-8", "replace")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:most]
