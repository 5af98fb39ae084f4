"""Aliyun SMS: a registered template filled in, never free text; sending is not idempotent, so it is asked once only.

Every message carries our key as OutId. Where nothing was heard, `vendor_id` still says what to ask for: the day and
the OutId, so that `ask` may find out whether it went after all.
"""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlsplit

from anlan.channels import calling
from anlan.channels.aliyun_sms.render import params_of
from anlan.channels.aliyun_sms.signing import EMPTY, query, sign
from anlan.channels.sending import Answer, Kind, Means, Outcome, Outgoing, Setting

VERSION = "2017-05-25"
BEIJING = timezone(timedelta(hours=8))  # Aliyun's days
PHONE = re.compile(r"(?:\+?86)?(1[0-9]{10})|\+?([0-9]{7,15})")
BUSY = ("Throttling", "ServiceUnavailable")
# One number may not be called that often: it waits a minute or an hour; a day's limit is final.
LIMIT = "isv.BUSINESS_LIMIT_CONTROL"
RECEIPTS = {"1": Outcome.ACCEPTED, "2": Outcome.FAILED, "3": Outcome.DELIVERED}
UNSURE = ("isp.SYSTEM_ERROR", "InternalError")


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Send one short message by `words["template"]` (else the channel's) with `words["params"]` (else by their names).

    Where nothing is known of it afterwards, the answer's `vendor_id` names it all the same.
    """
    number = PHONE.fullmatch(re.sub(r"[\s-]", "", outgoing.to))
    template = outgoing.words.get("template") or settings["template_code"]
    if number is None:
        return calling.failed("手机号码不正确")
    if not template:
        return calling.failed("没有短信模板：请在渠道设置或消息中给出模板编号")
    told = {
        "PhoneNumbers": number[1] or number[2],
        "SignName": settings["sign_name"],
        "TemplateCode": template,
        "TemplateParam": json.dumps(params_of(settings, outgoing), ensure_ascii=False),
        "OutId": out_id(outgoing.key),
    }
    try:
        said = request(settings, "SendSms", told, means)
    except calling.Settled as known:
        if known.answer.outcome is Outcome.UNKNOWN:
            return replace(known.answer, vendor_id=recall(outgoing.key, means.now))
        raise
    answer = judge(said, f"{means.now.astimezone(BEIJING):%Y%m%d}")
    if answer.outcome is Outcome.UNKNOWN:
        return replace(answer, vendor_id=recall(outgoing.key, means.now))
    return answer


def judge(said: dict, day: str) -> Answer:
    """What `Code` means."""
    code, words = said.get("Code"), f"{said.get('Code')} {said.get('Message', '')}"
    if code == "OK":
        return Answer(Outcome.ACCEPTED, vendor_id=f"{day}:biz:{said.get('BizId', '')}", said=words)
    if not isinstance(code, str) or code.startswith(UNSURE):
        return Answer(Outcome.UNKNOWN, said=words)
    if code.startswith(BUSY):
        return Answer(Outcome.BUSY, said=words, retry_after_s=10)
    if code == LIMIT and "天" not in words:
        return Answer(Outcome.BUSY, said=words, retry_after_s=3600 if "小时" in words else 60)
    return calling.failed(words)


def ask(settings: dict, vendor_id: str, to: str, means: Means) -> Answer:
    """What became of a message. `unknown`: Aliyun has no such message (yet); `busy`: could not be asked now."""
    day, what, name = (*vendor_id.split(":", 2), "", "")[:3]
    number = PHONE.fullmatch(re.sub(r"[\s-]", "", to))
    if number is None or what not in ("biz", "out"):
        return Answer(Outcome.UNKNOWN, vendor_id=vendor_id, said="无法查询：缺少号码或回执编号")
    told = {"PhoneNumber": number[1] or number[2], "SendDate": day, "PageSize": "50", "CurrentPage": "1"}
    if what == "biz":
        told["BizId"] = name
    said = request(settings, "QuerySendDetails", told, means, is_harmless=True)
    if said.get("Code") != "OK":
        return Answer(Outcome.BUSY, said=f"查询未成：{said.get('Code')} {said.get('Message', '')}")
    rows = (said.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
    for row in rows:
        if what == "biz" or row.get("OutId") == name:
            return _receipt(row)
    return Answer(Outcome.UNKNOWN, vendor_id=vendor_id, said="未查到该短信")


def request(settings: dict, action: str, told: dict, means: Means, *, is_harmless: bool = False) -> dict:
    """One signed call. Raises Settled."""
    moment = means.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    url = settings["endpoint"].rstrip("/") + "/"
    headers = {
        "host": urlsplit(url).netloc,
        "x-acs-action": action,
        "x-acs-version": VERSION,
        "x-acs-date": moment,
        "x-acs-content-sha256": EMPTY,
        # Differs for every call and needs no dice: a call is told by what it says and when.
        "x-acs-signature-nonce": hashlib.sha256(f"{means.now.timestamp()} {sorted(told.items())}".encode()).hexdigest()[:32],
    }  # fmt: skip
    proof = sign(
        "POST", told, headers, key_id=settings["access_key_id"], key_secret=settings["access_key_secret"]
    )
    reply = calling.call(
        means,
        "POST",
        f"{url}?{query(told)}",
        headers=headers | {"authorization": proof},
        is_harmless=is_harmless,
    )
    return calling.read_json(reply, means.now, is_harmless=is_harmless)


def out_id(key: str) -> str:
    """Our key as an OutId: it holds no more than letters and digits, and is of one length."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _receipt(row: dict) -> Answer:
    words = f"{row.get('SendStatus')} {row.get('ErrCode', '')} {row.get('ReceiveDate', '')}"
    outcome = RECEIPTS.get(str(row.get("SendStatus")), Outcome.UNKNOWN)
    return Answer(outcome, said=words)


def recall(key: str, at: datetime) -> str:
    """What to ask for where no receipt number came back."""
    return f"{at.astimezone(BEIJING):%Y%m%d}:out:{out_id(key)}"


KIND = Kind(
    code="aliyun_sms",
    zh="阿里云短信",
    en="Aliyun SMS",
    settings=(
        Setting("access_key_id", "AccessKey ID", "AccessKey ID"),
        Setting("access_key_secret", "AccessKey Secret", "AccessKey Secret", is_secret=True),
        Setting("sign_name", "短信签名", "registered signature"),
        Setting("template_code", "默认模板编号", "template used where a text names none", is_required=False),
        Setting("template_params", "默认模板的变量（title、text，逗号分隔）", "variables of that template (title, text)", default="title"),
        Setting("endpoint", "接口地址", "API address", kind="url", default="https://dysmsapi.aliyuncs.com"),
    ),
    send=send,
    ask=ask,
    recall=recall,
    to_zh="手机号码",
    to_en="mobile number",
)  # fmt: skip
