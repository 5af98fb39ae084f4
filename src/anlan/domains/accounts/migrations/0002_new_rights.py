"""The first roles of installations founded earlier get the rights that came later: nobody could give them otherwise."""

from django.db import migrations, models

NEW = {
    "administrator": ["arrivals.plan", "tables.edit"],
    "duty_officer": ["arrivals.plan"],
    "department": ["arrivals.plan"],
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
]


def give(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=NEW):
        role.rights = [*role.rights, *(right for right in NEW[role.code] if right not in role.rights)]
        role.save(update_fields=["rights"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="role",
            name="rights",
            field=models.JSONField(choices=RIGHTS, default=list, verbose_name="权限"),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
