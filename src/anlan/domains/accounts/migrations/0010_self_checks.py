"""The right to write checklists and to give links to responsible units, for the first roles of earlier installations."""

from django.db import migrations, models

CHECKS = "checks.edit"
ROLES = ("administrator", "department")


def give(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=ROLES):
        if CHECKS not in role.rights:
            role.rights = [*role.rights, CHECKS]
            role.save(update_fields=["rights"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_hazards_sign_right")]
    operations = [
        migrations.AlterField(
            model_name="role",
            name="rights",
            field=models.JSONField(
                choices=[
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
                    ("patrols.walk", "巡逻和现场观测"),
                    ("patrols.plan", "编排巡逻"),
                    ("alarms.answer", "签收和处置预警处置单"),
                    ("alarms.judge", "研判和解除预警处置单"),
                    ("incidents.run", "办理突发事件"),
                    ("incidents.sign", "签发信息报告"),
                    ("duty.edit", "编排值班"),
                    ("duty.stand", "值班和交接班"),
                    ("notices.draft", "拟写信息发布"),
                    ("notices.sign", "签发信息发布"),
                    ("followups.run", "办理跟踪事项"),
                    ("enterprises.edit", "登记和修改企业"),
                    ("hazards.report", "上报隐患"),
                    ("hazards.rectify", "整改隐患"),
                    ("hazards.verify", "核实和复查隐患"),
                    ("hazards.supervise", "督办和挂牌隐患"),
                    ("hazards.sign", "签发隐患统计表"),
                    ("checks.edit", "编制自查清单和发放责任单位链接"),
                    ("riskmap.edit", "登记和评估风险点"),
                    ("riskmap.check", "核对风险点和分表"),
                ],
                default=list,
                verbose_name="权限",
            ),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
