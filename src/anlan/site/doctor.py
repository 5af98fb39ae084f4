"""Looks the installation over and says what is wrong and what to do; the same for terminal and page."""

import shutil
import socket
import sys
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.kit import guards
from anlan.kit.outbox import failing_channels
from anlan.kit.queries import chain_head, count_overdue_seals, count_waiting_records, unfinished_uploads
from anlan.site import translations
from anlan.site.trust.authority import RENEW_WITHIN, Authority, names_of
from anlan.site.trust.serving import FOLDER
from anlan.stream.scene import SCENES

LEAST_FREE_GB = 5.0
OLD_UPLOAD_DAYS = 90  # from when on `anlan field unfinished` may drop them
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` ok, care or bad; what was found; what to do about it."""

    state: str
    what: str
    found: str
    todo: str = ""


def examine():
    """All findings, in the order of what depends on what."""
    return [look() for look in LOOKS]


def look_at_python():
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Finding("bad", "Python", found, _("请安装 Python 3.11 或更高版本。"))
    return Finding("ok", "Python", found)


def look_at_folder():
    what = _("数据目录")
    try:
        probe = settings.DATA / ".probe"
        probe.write_bytes(b"ok")
        probe.unlink()
    except OSError as why:
        return Finding("bad", what, f"{settings.DATA}: {why.strerror}", _("请检查目录权限。"))
    return Finding("ok", what, str(settings.DATA))


def look_at_address():
    """Links in messages need an address that phones reach."""
    what = _("消息链接的地址")
    if settings.ADDRESS:
        return Finding("ok", what, settings.ADDRESS)
    todo = _("请把 ANLAN_ADDRESS 设为值班人员手机能打开的地址，如 https://anlan.example.gov.cn。")
    return Finding("care", what, _("未设置，按服务器监听的地址发送"), todo)


def look_at_certificate():
    """The certificate of `anlan serve --tls`, where there is one: renewed at a start in its last month."""
    what, own = _("加密证书"), Authority(settings.DATA / FOLDER)
    try:
        server = own.read_server()
    except ValueError as why:
        todo = _("请删除数据目录中的 trust/server.crt，重新运行 anlan serve --tls。")
        return Finding("bad", what, str(why), todo)
    if server is None:
        return Finding("ok", what, _("未使用自建证书（可选：anlan serve --tls）"))
    left = server.not_valid_after_utc - timezone.now()
    found = _("还有 %(days)d 天到期：%(names)s") % {
        "days": left.days,
        "names": _("、").join(names_of(server)),
    }
    todo = _("请重新启动 anlan serve --tls，证书将自动更新，手机无需重新信任。")
    if own.key.stat().st_mode & 0o077:
        return Finding("bad", what, str(own.key), _("证书私钥可被他人读取，请改为仅服务账户可读（600）。"))
    if left < timedelta():
        return Finding("bad", what, found, todo)
    return Finding("care" if left < RENEW_WITHIN else "ok", what, found, todo if left < RENEW_WITHIN else "")


def look_at_disk():
    what, free_gb = _("磁盘空间"), shutil.disk_usage(settings.DATA).free / 2**30
    found = _("剩余 %(free).1f GB") % {"free": free_gb}
    if free_gb < LEAST_FREE_GB:
        return Finding("care", what, found, _("请清理磁盘或扩容：磁盘写满后读数将被退回，由设备重发。"))
    return Finding("ok", what, found)


def look_at_database():
    what = _("数据库")
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception as why:
        return Finding("bad", what, f"{connection.vendor}: {why}", _("请检查 DATABASE_URL 与数据库服务。"))
    if waiting:
        return Finding(
            "bad",
            what,
            _("有 %(n)d 项结构更新未执行") % {"n": len(waiting)},
            _("请运行 anlan manage migrate。"),
        )
    return Finding("ok", what, connection.vendor)


def look_at_chain():
    """Whether every change is sealed soon and the database refuses to alter what is on record."""
    what = _("变更记录链")
    try:
        gone, late, head = guards.missing(connection), count_overdue_seals(timezone.now()), chain_head()
    except DatabaseError as why:
        return Finding("bad", what, str(why), _("请运行 anlan manage migrate。"))
    if gone:
        found = _("数据库中防止篡改的触发器缺失：%(names)s") % {"names": ", ".join(gone)}
        return Finding(
            "bad", what, found, _("请重新启动服务以恢复，并查明原因：用 anlan verify-log 对照抄录的校验值。")
        )
    if late:
        return Finding(
            "care", what, _("有 %(n)d 条变更记录尚未入链") % {"n": late}, _("请运行 anlan serve。")
        )
    return Finding("ok", what, _("已入链 %(n)d 条") % {"n": head.position})


def look_at_front_end():
    what = _("前端资源")
    if not (settings.PACKAGE / "dist" / ".vite" / "manifest.json").exists():
        return Finding("bad", what, _("尚未构建"), _("请运行 python3 dev.py setup。"))
    return Finding("ok", what, _("已构建"))


def look_at_translations():
    what = _("英文界面")
    sources = list(translations.LOCALE.rglob("*.po"))
    missing = [path for path in sources if not path.with_suffix(".mo").exists()]
    if missing:
        return Finding("care", what, _("译文未编译"), _("请运行 python3 dev.py setup。"))
    return Finding("ok", what, _("已编译"))


def look_at_engine():
    what, scene = _("客流引擎"), SCENES.get("live")
    if scene is not None:
        return look_at_scene(what, scene)
    if (settings.DATA / "control.token").exists():
        return Finding("ok", what, _("由服务进程运行（本命令看不到其内部）"))
    return Finding("care", what, _("未运行"), _("请运行 anlan serve。"))


def look_at_scene(what, scene):
    """The engine of this process: full disk, damaged frames, faults in judging."""
    if scene.state_of_engine == "disk_full":
        return Finding(
            "bad", what, _("磁盘已满，暂停接收"), _("请立即清理磁盘：设备会自动重发未被接收的读数。")
        )
    damages = list(scene.journal.damages)
    if damages:
        found = _("读数日志有 %(n)d 处损坏，已跳过：%(last)s") % {"n": len(damages), "last": damages[-1]}
        return Finding("care", what, found, _("请检查磁盘，必要时从备份恢复。"))
    if scene.core.faults:
        return Finding("care", what, str(scene.core.faults[-1]), _("请查看服务日志并反馈给维护人员。"))
    return Finding("ok", what, _("运行中"))


def look_at_broker():
    if not settings.MQTT_URL:
        return Finding("ok", "MQTT", _("未配置（可选）"))
    parts = urlsplit(settings.MQTT_URL)
    try:
        socket.create_connection((parts.hostname, parts.port or 1883), timeout=2).close()
    except OSError as why:
        return Finding("bad", "MQTT", f"{parts.hostname}: {why}", _("请检查 ANLAN_MQTT_URL 与消息服务器。"))
    return Finding("ok", "MQTT", f"{parts.hostname}:{parts.port or 1883}")


def look_at_channels():
    """Whether each channel in use could send when it was last used."""
    what = _("发送渠道")
    try:
        failing = failing_channels()
    except DatabaseError as why:
        return Finding("bad", what, str(why), _("请运行 anlan manage migrate。"))
    if failing:
        found = _("；").join(f"{one.name}（{one.code}）：{one.last_said}" for one in failing)
        return Finding("care", what, found, _("请在“发送渠道”页面查看原因，修改后点“测试”。"))
    return Finding("ok", what, _("没有渠道发送失败"))


def look_at_field():
    """Uploads of phones that were begun long ago and never finished, and records that nobody has dealt with."""
    what, now = _("移动巡查"), timezone.now()
    try:
        old = unfinished_uploads(before=now - timedelta(days=OLD_UPLOAD_DAYS))
        waiting = count_waiting_records()
    except DatabaseError as why:
        return Finding("bad", what, str(why), _("请运行 anlan manage migrate。"))
    if waiting:
        found = _("有 %(n)d 条记录未能办理") % {"n": waiting}
        return Finding("care", what, found, _("请在“移动巡查记录”中查看原因并处理。"))
    if old:
        mb = sum(row.bytes_here for row in old) / 2**20
        found = _("有 %(n)d 次上传超过 %(days)d 天未完成，占用 %(mb).1f MB") % {
            "n": len(old),
            "days": OLD_UPLOAD_DAYS,
            "mb": mb,
        }
        return Finding(
            "care", what, found, _("确认手机已重新上传后，可用 anlan field unfinished 查看并清理。")
        )
    return Finding("ok", what, _("没有待处理的记录"))


LOOKS = [
    look_at_python,
    look_at_folder,
    look_at_disk,
    look_at_database,
    look_at_chain,
    look_at_front_end,
    look_at_translations,
    look_at_engine,
    look_at_broker,
    look_at_channels,
    look_at_field,
    look_at_address,
    look_at_certificate,
]
