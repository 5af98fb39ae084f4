"""`migrate`, which lays out an empty database in one go.

Django builds every past state of all models again for each step of each migration: for an empty database that takes
half a minute and ends where the models stand already. So there the tables are made from the models, and the
migrations are put on record as applied; a test proves that both ways leave the same database. A database that
holds a table is migrated step by step, as ever.
"""

from django.apps import apps
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from anlan.kit import guards

STEPWISE = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "prune")


def lay_out(connection):
    """Make all tables, indices and guards in an empty database and record all migrations as applied, or do nothing."""
    record = MigrationRecorder.Migration
    with connection.schema_editor() as editor:
        for model in (record, *(model for model in apps.get_models() if model._meta.can_migrate(connection))):
            editor.create_model(model)
        applied = sorted(MigrationLoader(None).disk_migrations)
        record.objects.using(connection.alias).bulk_create(
            record(app=app, name=name) for app, name in applied
        )
        guards.put_up(connection)


class Command(migrate.Command):
    """Django's own, after an empty database was laid out."""

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--stepwise", action="store_true", help="Apply every migration, even to an empty database."
        )

    def handle(self, *args, **options):
        connection = connections[options["database"]]
        stepwise = options.get("stepwise") or any(options.get(name) for name in STEPWISE)
        if not stepwise and not connection.introspection.table_names():
            lay_out(connection)
        super().handle(*args, **options)
