"""E-mail over SMTP. Until the text has been handed over nothing was taken; silence after it leaves it unknown."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from anlan.channels.bots import is_on
from anlan.channels.calling import failed
from anlan.channels.email.render import addresses, letter
from anlan.channels.sending import Answer, Kind, Means, Outcome, Outgoing, Setting

SILENCE_S = 10.0  # some ten steps, together under the two minutes after which the outbox gives a sender up
LATER_S = 300.0  # what a greylisting server wants
PORTS = {"starttls": 587, "ssl": 465, "none": 25}


def send(settings: dict, outgoing: Outgoing, means: Means) -> Answer:
    """Send one letter to the addresses in `to`. Who is refused is named; all refused is a failure."""
    to, sender = addresses(outgoing.to), settings["sender"]
    if not to or len(addresses(sender)) != 1:
        return failed("邮件地址不正确")
    if settings["security"] not in PORTS:
        return failed("加密方式应为 starttls、ssl 或 none")
    told = letter(sender, settings["sender_name"], to, outgoing, means.now)
    try:
        with _opened(settings) as server:
            refused = _address(server, sender, to)
            if len(refused) < len(to):
                return _hand_over(server, told, refused)
    except (OSError, smtplib.SMTPException) as why:
        return _before(why)
    except (ValueError, OverflowError):
        return failed("邮件服务器地址、端口、登录名或密码含有不能使用的内容")
    code, words = min(refused.values())  # a 4xx among them: later it may be taken
    return _refusal(code, words, f"收件人被拒 {'、'.join(refused)}")


@contextmanager
def _opened(settings: dict) -> Iterator[smtplib.SMTP]:
    """A server that knows us. Never speaks a password over an open line where encryption was asked for."""
    port = int(settings["port"] or PORTS[settings["security"]])
    context = ssl.create_default_context()
    if not is_on(settings, "verify_tls"):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    greeting = settings["sender"].rsplit("@", 1)[-1]
    if settings["security"] == "ssl":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings["host"], port, local_hostname=greeting, timeout=SILENCE_S, context=context
        )
    else:
        server = smtplib.SMTP(settings["host"], port, local_hostname=greeting, timeout=SILENCE_S)
    try:
        if settings["security"] == "starttls":
            server.starttls(context=context)
        if settings.get("username"):
            server.login(settings["username"], settings.get("password", ""))
        server.ehlo_or_helo_if_needed()
        yield server
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    finally:
        server.close()


def _address(server: smtplib.SMTP, sender: str, to: list[str]) -> dict[str, tuple[int, bytes]]:
    """Say from whom and to whom; the addresses that the server refuses."""
    code, words = server.mail(sender)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, words, sender)
    refused = {}
    for address in to:
        code, words = server.rcpt(address)
        if code == 421:
            raise smtplib.SMTPResponseException(code, words)
        if code not in (250, 251):
            refused[address] = (code, words)
    return refused


def _hand_over(server: smtplib.SMTP, told, refused: dict) -> Answer:
    """The text itself. `smtplib.data` would not tell a line cut before it from one cut after it."""
    code, words = server.docmd("data")
    if code != 354:
        return _refusal(code, words)
    text = re.sub(rb"(?m)^\.", b"..", told.as_bytes().rstrip(b"\r\n"))
    try:
        server.send(text + b"\r\n.\r\n")
        code, words = server.getreply()
    except (OSError, smtplib.SMTPException) as why:
        return Answer(
            Outcome.UNKNOWN, told["Message-ID"], said=f"正文已交出，没有回应（{type(why).__name__}）"
        )
    if code != 250:
        return _refusal(code, words)
    said = f"{code} {_plain(words)}" + (f"；收件人被拒 {'、'.join(refused)}" if refused else "")
    return Answer(Outcome.ACCEPTED, vendor_id=told["Message-ID"], said=said)


def _before(why: Exception) -> Answer:
    """What a fault means that came before the text was handed over: it was surely not taken."""
    if isinstance(why, smtplib.SMTPNotSupportedError):
        return failed("邮件服务器不支持所设的加密或登录方式")
    if isinstance(why, smtplib.SMTPResponseException):
        what = "登录被拒" if isinstance(why, smtplib.SMTPAuthenticationError) else ""
        return _refusal(why.smtp_code, why.smtp_error, what)
    if isinstance(why, smtplib.SMTPException) and not isinstance(why, smtplib.SMTPServerDisconnected):
        return failed(f"邮件服务器不支持所设的登录方式（{type(why).__name__}）")
    return Answer(
        Outcome.BUSY, said=f"连接不上邮件服务器：请检查地址、端口、加密方式和证书（{type(why).__name__}）"
    )


def _refusal(code: int, words: bytes | str, what: str = "") -> Answer:
    """A reply code: 4xx later, 5xx never."""
    said = f"{what} {code} {_plain(words)}".strip()
    if 500 <= code < 600:
        return failed(said)
    return Answer(Outcome.BUSY, said=said, retry_after_s=LATER_S)


def _plain(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


KIND = Kind(
    code="email",
    zh="电子邮件",
    en="e-mail",
    settings=(
        Setting("host", "SMTP 服务器", "SMTP server"),
        Setting("security", "加密方式（starttls、ssl、none）", "encryption (starttls, ssl, none)", default="starttls"),
        Setting("port", "端口（空为 587、465、25）", "port (empty: 587, 465, 25)", is_required=False, kind="whole"),
        Setting("username", "登录名", "user name", is_required=False),
        Setting("password", "密码或授权码", "password", is_secret=True, is_required=False),
        Setting("sender", "发件地址", "sender's address"),
        Setting("sender_name", "发件人名称", "sender's name", is_required=False),
        Setting("verify_tls", "校验服务器证书", "check the server's certificate", kind="yes_no", default="yes"),
    ),
    send=send,
    to_zh="电子邮件地址",
    to_en="e-mail address",
)  # fmt: skip
