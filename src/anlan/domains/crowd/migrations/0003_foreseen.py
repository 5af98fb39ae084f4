from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crowd", "0002_gate_flow")]

    operations = [
        migrations.AlterField(
            model_name="warning",
            name="rule",
            field=models.CharField(
                choices=[
                    ("share", "占承载量比例"),
                    ("density", "密度"),
                    ("share_and_time", "比例与到达时间"),
                    ("time_to_capacity", "预计到达承载量时间"),
                    ("net_inflow", "净流入超过疏散能力"),
                    ("outflow", "瓶颈流出不畅"),
                    ("gate_flow", "闸机通过能力"),
                    ("expected", "预报将达承载量"),
                    ("surge", "人流激增"),
                    ("lowered", "持续回落"),
                    ("unwatched", "停止监测"),
                ],
                max_length=40,
                verbose_name="规则",
            ),
        ),
    ]
