"""A voice call through a gateway of the district's own (a PBX with a text-to-speech door): a small JSON contract.

POST <url>                {"key", "to", "title", "text", "is_urgent"}, headers Authorization: Bearer, Idempotency-Key
  → 200/201/202           {"call_id": "…", "state": "queued"}
  → 4xx                   {"error": "…"}  refused for good;   429 or 503, Retry-After: not taken, again later
GET  <url>/<call_id>      {"call_id": "…", "state": queued|ringing|answered|confirmed|no_answer|line_busy|failed}
GET  <url>?key=<key>      the same, found by our key; 404: no such call
"""

import json
from datetime import datetime
from urllib.parse import quote

from anlan.channels import calling
from anlan.channels.sending import Answer, Kind, Means, Outcome, Outgoing, Setting
from anlan.channels.texts import shorten

MOST_SIGNS = 200  # about a minute when read aloud
STATES = {
    "queued": Outcome.ACCEPTED,
    "ringing": Outcome.ACCEPTED,
    "answered": Outcome.DELIVERED,
    "confirmed": Outcome.READ,  # a key was pressed
    "no_answer": Outcome.FAILED,
    "line_busy": Outcome.FAILED,
    "failed": Outcome.FAILED,
}


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Ask for one call. Where nothing is heard, `vendor_id` names it by our key, so that it may be asked for."""
    told = {
        "key": outgoing.key,
        "to": outgoing.to,
        "title": outgoing.title,
        "text": shorten(outgoing.text, MOST_SIGNS),
        "is_urgent": outgoing.is_urgent,
    }
    headers = _headers(settings) | {
        "content-type": "application/json",
        "idempotency-key": quote(outgoing.key),
    }
    by_key = recall(outgoing.key, means.now)
    try:
        content = json.dumps(told, ensure_ascii=False).encode()
        reply = calling.call(means, "POST", settings["url"], content=content, headers=headers)
        said = calling.read_json(reply, means.now)
    except calling.Settled as known:
        if known.answer.outcome is Outcome.UNKNOWN:
            return Answer(Outcome.UNKNOWN, vendor_id=by_key, said=known.answer.said)
        raise
    if 400 <= reply.status < 500:
        return calling.failed(f"HTTP {reply.status} {said.get('error', '')}")
    call_id = said.get("call_id")
    if reply.status in (200, 201, 202) and isinstance(call_id, str | int) and call_id != "":
        state = said.get("state", "queued")
        return Answer(
            STATES.get(state, Outcome.ACCEPTED), vendor_id=f"call:{call_id}", said=f"{call_id} {state}"
        )
    return Answer(Outcome.UNKNOWN, vendor_id=by_key, said=f"HTTP {reply.status}：回应中没有 call_id")


def ask(settings: dict, vendor_id: str, to: str, means: Means) -> Answer:
    """What became of a call. `unknown`: the gateway knows none; `busy`: could not be asked now."""
    what, _, name = vendor_id.partition(":")
    url = settings["url"].rstrip("/")
    if what == "call":
        reply = calling.call(
            means, "GET", f"{url}/{quote(name, safe='')}", headers=_headers(settings), is_harmless=True
        )
    else:
        reply = calling.call(
            means, "GET", url, params={"key": name}, headers=_headers(settings), is_harmless=True
        )
    if reply.status == 404:
        return Answer(Outcome.UNKNOWN, vendor_id=vendor_id, said="网关没有这次呼叫")
    said = calling.read_json(reply, means.now, is_harmless=True)
    if reply.status != 200 or said.get("state") not in STATES:
        return Answer(Outcome.BUSY, vendor_id=vendor_id, said=f"HTTP {reply.status}：查询未成")
    found = f"call:{said['call_id']}" if said.get("call_id") else vendor_id
    return Answer(STATES[said["state"]], vendor_id=found, said=str(said["state"]))


def recall(key: str, at: datetime) -> str:
    """What to ask for where no call id came back."""
    return f"key:{key}"


def _headers(settings: dict) -> dict:
    return {"authorization": f"Bearer {settings['token']}", "accept": "application/json"}


KIND = Kind(
    code="voice",
    zh="语音外呼（网关）",
    en="voice call (gateway)",
    settings=(
        Setting("url", "网关地址", "gateway address", kind="url"),
        Setting("token", "访问令牌", "access token", is_secret=True),
    ),
    send=send,
    ask=ask,
    recall=recall,
    to_zh="电话号码",
    to_en="telephone number",
    most_signs=MOST_SIGNS,
)
