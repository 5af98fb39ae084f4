"""`anlan serve`: prepare the data folder and start everything with one command."""

import socket
import sys

import click
import segno
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts import queries as organisations
from anlan.kit import guards
from anlan.site import server, translations
from anlan.site.demo import load as demo
from anlan.site.demo.crowds import is_wanted
from anlan.site.demo.district import read_district
from anlan.site.trust.authority import NotPermitted
from anlan.site.trust.serving import FOLDER, Secured
from anlan.stream.journal import JournalLocked


@click.command("serve")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--mqtt", "mqtt_url", default=None, metavar="URL",
              help="A broker to listen to, mqtt://host:port (default: $ANLAN_MQTT_URL; none).")  # fmt: skip
@click.option("--demo/--no-demo", default=True, show_default=True,
              help="Load the demonstration district into an empty data folder.")  # fmt: skip
@click.option("--tls", is_flag=True,
              help="Encrypt, with a certificate authority of this installation's own (phones must trust it once).")  # fmt: skip
@click.option("--name", "names", multiple=True, metavar="NAME",
              help="With --tls: a host name or address by which people reach the machine; may be repeated.")  # fmt: skip
@click.option("--trust-port", default=0, type=click.IntRange(0, 65535), metavar="PORT",
              help="With --tls: the plain port that leads to https and tells how to trust (default: --port + 1; 80 for 443).")  # fmt: skip
def command(host, port, mqtt_url, demo, tls, names, trust_port):
    """Start the platform: pages, doors for people counters, the watch, long work."""
    refuse_taken_port(host, port)
    settings.DATA.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    if gone := guards.put_up(connection):
        click.echo(f"put up again, somebody had taken them down: {', '.join(gone)}", err=True)
    translations.compile_all()
    secured = secure(host, port, trust_port, names) if tls else None
    password = found(with_demo=demo)
    try:
        running = server.Server(
            host=host, port=port, mqtt_url=mqtt_url or settings.MQTT_URL, with_demo=is_wanted(settings.DATA),
            secured=secured,
        )  # fmt: skip
    except JournalLocked as why:
        raise click.ClickException(str(why)) from None
    greet(host, port, password, secured)
    running.run()


def secure(host, port, trust_port, names):
    """The certificates for this machine, made or renewed; says plainly what the authority may not speak for."""
    try:
        secured = Secured.prepare(
            host=host, port=port, plain_port=trust_port, names=names, now=timezone.now()
        )
    except NotPermitted as name:
        raise click.ClickException(
            f"the certificate authority was not made for {name}: leave it out, or remove {settings.DATA / FOLDER} "
            "to make a new authority, which every phone must then trust anew"
        ) from None
    refuse_taken_port(host, secured.plain_port)
    return secured


def refuse_taken_port(host, port):
    """Say at once, and plainly, when the port is in use."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as why:
            raise click.ClickException(
                f"cannot listen on {host}:{port} ({why.strerror}): choose another --port"
            ) from why


def found(*, with_demo):
    """In an empty installation: the district, its first administrator and the demonstration.

    Returns the administrator's one-time password, or None where the installation stands already.
    """
    if organisations.root() is not None:
        return None
    now = timezone.now()
    name = settings.DISTRICT or (read_district().name if with_demo else "本区")
    change = accounts.found(name, by=None, now=now, administrator="系统管理员")
    if with_demo:
        with click.progressbar(length=100, label="示范数据 demonstration district", file=sys.stderr) as bar:

            def report(done, total, note=""):
                bar.update(max(0, done * 100 // total - bar.pos))

            demo.load(by=change.subject, now=now, report=report)
    return change.subject.one_time_password


def greet(host, port, password, secured=None):
    """Print where to go and, the first time, how to sign in; with `secured` how phones come to trust it."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host
    click.echo(f"\n  安澜 Anlan   {secured.address if secured else f'http://{shown}:{port}'}/")
    if secured:
        click.echo(f"  how a phone comes to trust it 手机首次使用: {secured.trust_address}")
        segno.make(secured.trust_address, error="m").terminal(compact=True)
        click.echo(f"  SHA-256 {secured.own.fingerprint()}")
    if password:
        click.echo(f"  first administrator 首任管理员: admin   one-time password 一次性密码: {password}")
    click.echo("  Ctrl-C stops. 按 Ctrl-C 停止。\n")
    sys.stdout.flush()
