"""E-mail against a real SMTP server, and against one that breaks off at every step."""

import email
import email.policy
import socket
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from anlan.channels.email import send as sending
from anlan.channels.email.render import addresses, letter
from anlan.channels.sending import Outcome
from anlan.channels.tests.mock_service import KINDS, means, outgoing

KIND = KINDS["email"]
SENDER = {"sender": "anlan@district.example", "sender_name": "安澜值守"}
PASSWORD = "mail word of ours"


class Box:
    """Keeps letters; refuses whoever is told."""

    def __init__(self):
        self.letters, self.refused = [], {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 queued as 4F1"


def admit(server, session, envelope, mechanism, given):
    fine = (given.login, given.password) == (b"anlan", PASSWORD.encode())
    return (
        AuthResult(success=fine, handled=False)
        if fine
        else AuthResult(success=False, handled=False, message="535 5.7.8 no")
    )


@contextmanager
def mail_server(**options):
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=0, **options)
    # aiosmtpd's own start-up check cannot know port 0.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    box.settings = SENDER | {"host": "127.0.0.1", "port": str(controller.port), "security": "none"}
    try:
        yield box
    finally:
        controller.stop()


def send(settings, to="duty@district.example", **words):
    return KIND.send(settings, outgoing(to=to, **words), means())


def test_a_letter_arrives_as_it_was_meant():
    with mail_server() as box:
        answer = send(box.settings, text="第一行。\n.\n..两点\n请立即答复。", is_urgent=True)
    assert answer.outcome is Outcome.ACCEPTED
    assert answer.said == "250 2.0.0 queued as 4F1"
    ((sender, to, content),) = box.letters
    assert (sender, to) == ("anlan@district.example", ["duty@district.example"])
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert letter["Subject"] == "黄色预警：示范广场"
    assert letter["From"] == "安澜值守 <anlan@district.example>"
    assert (letter["Auto-Submitted"], letter["Importance"]) == ("auto-generated", "high")
    assert letter["Message-ID"] == answer.vendor_id
    assert letter["Date"].datetime == means().now
    assert (
        letter.get_content().replace("\r\n", "\n")
        == "第一行。\n.\n..两点\n请立即答复。\n\nhttps://anlan.example/a/7\n"
    )


def test_the_recorded_letter():
    told = letter("anlan@district.example", "安澜值守", ["duty@district.example"], outgoing(), means().now)
    sample = (Path(__file__).parent / "samples/letter.eml").read_bytes()
    assert told.as_bytes().splitlines() == sample.splitlines()


def test_one_key_is_one_message_id():
    with mail_server() as box:
        first, again = send(box.settings), send(box.settings)
        other = send(box.settings, key="alarm/7/2")
    assert first.vendor_id == again.vendor_id != other.vendor_id


def test_hostile_words_make_no_head():
    with mail_server() as box:
        send(box.settings, title="x\r\nBcc: all@district.example\r\n\r\n<script>", text="y")
    ((_, to, content),) = box.letters
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert to == ["duty@district.example"] and letter["Bcc"] is None
    assert letter["Subject"] == "x Bcc: all@district.example <script>"


@pytest.mark.parametrize(
    "to", ["", "duty", "a@b\r\nRCPT TO:<x@y>", "a b@c.cn <", "值守@district.example", "a@b..cn", "a@b.cn>"]
)
def test_what_is_no_address_is_refused(to):
    assert send(SENDER | {"host": "127.0.0.1"}, to=to).outcome is Outcome.FAILED


def test_addresses():
    assert addresses("a@b.cn, c@d.cn；e@localhost") == ["a@b.cn", "c@d.cn", "e@localhost"]
    assert addresses("a@b.cn, nobody") == []


@pytest.mark.parametrize(
    ("reply", "outcome", "wait_s"),
    [("550 5.1.1 no such user", Outcome.FAILED, None), ("451 4.7.1 greylisted", Outcome.BUSY, 300)],
)
def test_a_refused_recipient(reply, outcome, wait_s):
    with mail_server() as box:
        box.refused["duty@district.example"] = reply
        answer = send(box.settings)
    assert (answer.outcome, answer.retry_after_s) == (outcome, wait_s)
    assert "duty@district.example" in answer.said and reply[:3] in answer.said
    assert not box.letters


def test_of_several_those_refused_are_named():
    with mail_server() as box:
        box.refused["gone@district.example"] = "550 5.1.1 no such user"
        answer = send(box.settings, to="duty@district.example, gone@district.example")
    assert answer.outcome is Outcome.ACCEPTED
    assert answer.said.endswith("收件人被拒 gone@district.example")
    assert box.letters[0][1] == ["duty@district.example"]


def test_without_encryption_on_offer_no_password_is_spoken():
    with mail_server(authenticator=admit, auth_require_tls=False) as box:
        answer = send(box.settings | {"security": "starttls", "username": "anlan", "password": PASSWORD})
    assert answer.outcome is Outcome.FAILED
    assert "加密" in answer.said and not box.letters


def test_the_login():
    with mail_server(authenticator=admit, auth_require_tls=False, auth_required=True) as box:
        login = {"username": "anlan", "password": PASSWORD}
        assert send(box.settings | login).outcome is Outcome.ACCEPTED
        wrong = send(box.settings | login | {"password": "wrong word"})
        without = send(box.settings)
    assert wrong.outcome is Outcome.FAILED and "登录被拒 535" in wrong.said
    assert without.outcome is Outcome.FAILED and "530" in without.said


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_encrypted(certificate, security, monkeypatch):
    context, file = certificate
    options = (
        {"tls_context": context}
        if security == "starttls"
        else {"ssl_context": context, "auth_require_tls": False}
    )
    login = {"username": "anlan", "password": PASSWORD, "security": security}
    with mail_server(authenticator=admit, **options) as box:
        stranger = send(box.settings | login)
        assert stranger.outcome is Outcome.BUSY and "证书" in stranger.said
        assert send(box.settings | login | {"verify_tls": "no"}).outcome is Outcome.ACCEPTED
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert send(box.settings | login).outcome is Outcome.ACCEPTED
    assert len(box.letters) == 2


# ── servers that break off ──────────────────────────────────────────────────────────────────────

GREETING = "220 mail.example ESMTP\r\n"
TALK = ["250 mail.example\r\n", "250 ok\r\n", "250 ok\r\n", "354 go on\r\n"]  # EHLO, MAIL, RCPT, DATA


@contextmanager
def script(*replies, at_the_end="cut"):
    """A server that says its replies one after another, then cuts the line or says nothing more."""
    listener, heard, done = socket.create_server(("127.0.0.1", 0)), [], threading.Event()

    def serve():
        line, _ = listener.accept()
        with line:
            told = line.makefile("rb")
            for number, reply in enumerate(replies):
                if number == 5:  # the text, up to its dot
                    while (heard_line := told.readline()) not in (b".\r\n", b""):
                        heard.append(heard_line)
                elif number:
                    heard.append(told.readline())
                line.sendall(reply.encode())
            if at_the_end == "read":
                while told.readline() not in (b".\r\n", b""):
                    pass
            elif at_the_end == "silence":
                done.wait(5)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield SENDER | {"host": "127.0.0.1", "port": str(listener.getsockname()[1]), "security": "none"}
    finally:
        done.set()
        listener.close()
        thread.join(5)


@pytest.mark.parametrize("n_replies", [0, 1, 2, 3, 4])
def test_a_line_cut_before_the_text_took_nothing(n_replies):
    with script(*[GREETING, *TALK][:n_replies]) as settings:
        assert send(settings).outcome is Outcome.BUSY


@pytest.mark.parametrize("at_the_end", ["read", "silence"])
def test_silence_after_the_text_is_unknown(at_the_end, monkeypatch):
    monkeypatch.setattr(sending, "SILENCE_S", 0.5)
    with script(GREETING, *TALK, at_the_end=at_the_end) as settings:
        answer = send(settings)
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.vendor_id.endswith("@district.example>")


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        (["554 5.7.1 blocked\r\n"], Outcome.FAILED),
        (["421 4.3.2 shutting down\r\n"], Outcome.BUSY),
        ([GREETING, TALK[0], "553 5.7.1 sender rejected\r\n"], Outcome.FAILED),
        ([GREETING, TALK[0], "452 4.3.1 no room\r\n"], Outcome.BUSY),
        ([GREETING, *TALK[:2], "421 4.7.0 too many\r\n"], Outcome.BUSY),
        ([GREETING, *TALK[:3], "451 4.3.0 later\r\n"], Outcome.BUSY),
        ([GREETING, *TALK, "554 5.7.1 spam\r\n"], Outcome.FAILED),
        ([GREETING, *TALK, "452 4.3.1 no room\r\n"], Outcome.BUSY),
        ([GREETING, *TALK, "250 ok\r\n"], Outcome.ACCEPTED),
    ],
)
def test_reply_codes(replies, outcome):
    with script(*replies) as settings:
        assert send(settings).outcome is outcome


def test_nobody_there():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = SENDER | {"host": "127.0.0.1", "port": str(probe.getsockname()[1]), "security": "none"}
        assert send(settings).outcome is Outcome.BUSY


@pytest.mark.parametrize(
    "words",
    [
        {"password": "密码", "username": "anlan"},
        {"port": "99999"},
        {"host": "a" * 70 + ".example"},
        {"host": "bad\x00host"},
    ],
)
def test_settings_that_cannot_be_used_never_leave_it_unknown(words):
    with mail_server(authenticator=admit, auth_require_tls=False) as box:
        answer = send(box.settings | words)
    assert answer.outcome in (Outcome.FAILED, Outcome.BUSY) and not box.letters
