"""The rights of emergency, notices, channels and documents for the first roles of installations founded earlier."""

from django.db import migrations, models

NEW = {
    "administrator": [
        "channels.edit",
        "documents.edit",
        "alarms.answer",
        "alarms.judge",
        "incidents.run",
        "incidents.sign",
        "duty.edit",
        "duty.stand",
        "notices.draft",
        "notices.sign",
    ],
    "duty_officer": ["alarms.answer", "incidents.run", "duty.stand", "notices.draft"],
    "department": [
        "channels.edit",
        "documents.edit",
        "alarms.answer",
        "alarms.judge",
        "incidents.run",
        "incidents.sign",
        "duty.edit",
        "duty.stand",
        "notices.draft",
    ],
    "operator": ["alarms.answer"],
}
FRESH = {
    "duty_leader": (
        "带班领导",
        [
            "view",
            "alarms.answer",
            "alarms.judge",
            "incidents.run",
            "incidents.sign",
            "duty.stand",
            "notices.draft",
        ],
    ),
    "publicity": ("宣传部门", ["view", "notices.draft", "notices.sign"]),
}
RIGHTS = [
    ("view", "查看"),
    ("accounts.manage", "管理机构、人员与凭证"),
    ("places.edit", "登记和修改场所"),
    ("places.determine", "登记最大承载量核定结果"),
    ("sensors.edit", "配置客流设备"),
    ("thresholds.edit", "修改预警阈值"),
    ("counts.correct", "校正在场人数"),
    ("arrivals.plan", "登记活动预计到达"),
    ("tables.edit", "修改本区规则表"),
    ("channels.edit", "配置发送渠道和电子屏"),
    ("documents.edit", "管理文书模板"),
    ("alarms.answer", "签收和处置预警处置单"),
    ("alarms.judge", "研判和解除预警处置单"),
    ("incidents.run", "办理突发事件"),
    ("incidents.sign", "签发信息报告"),
    ("duty.edit", "编排值班"),
    ("duty.stand", "值班和交接班"),
    ("notices.draft", "拟写信息发布"),
    ("notices.sign", "签发信息发布"),
]


def give(apps, schema_editor):
    roles = apps.get_model("accounts", "Role").objects
    if not roles.exists():
        return  # founding makes the first roles with all their rights
    for role in roles.filter(code__in=NEW):
        role.rights = [*role.rights, *(right for right in NEW[role.code] if right not in role.rights)]
        role.save(update_fields=["rights"])
    for code, (name, rights) in FRESH.items():
        roles.get_or_create(code=code, defaults={"name": name, "rights": rights})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_new_rights")]
    operations = [
        migrations.AlterField(
            model_name="role",
            name="rights",
            field=models.JSONField(choices=RIGHTS, default=list, verbose_name="权限"),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
