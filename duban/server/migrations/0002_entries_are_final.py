"""The database refuses to change, delete or replace entries. There is no switch in the product.

A later migration that makes SQLite rebuild the table of entries must create these triggers again; a test and
``duban verify`` look whether they are there.
"""

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER duban_entry_no_update BEFORE UPDATE ON duban_entry
    BEGIN SELECT RAISE(ABORT, 'entries are final: no UPDATE'); END
    """,
    """
    CREATE TRIGGER duban_entry_no_delete BEFORE DELETE ON duban_entry
    BEGIN SELECT RAISE(ABORT, 'entries are final: no DELETE'); END
    """,
    # INSERT OR REPLACE deletes the row in its way without asking the trigger on DELETE.
    """
    CREATE TRIGGER duban_entry_no_replace BEFORE INSERT ON duban_entry
    WHEN EXISTS (
        SELECT 1 FROM duban_entry
        WHERE id = NEW.id OR (stream_id = NEW.stream_id AND position = NEW.position)
    )
    BEGIN SELECT RAISE(ABORT, 'entries are final: this position is taken'); END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION duban_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'entries are final: no %', TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER duban_entry_no_change BEFORE UPDATE OR DELETE ON duban_entry
    FOR EACH ROW EXECUTE FUNCTION duban_entry_is_final()
    """,
    """
    CREATE TRIGGER duban_entry_no_truncate BEFORE TRUNCATE ON duban_entry
    FOR EACH STATEMENT EXECUTE FUNCTION duban_entry_is_final()
    """,
]

UNDO = {
    "sqlite": [f"DROP TRIGGER duban_entry_no_{act}" for act in ("update", "delete", "replace")],
    "postgresql": [
        "DROP TRIGGER duban_entry_no_change ON duban_entry",
        "DROP TRIGGER duban_entry_no_truncate ON duban_entry",
        "DROP FUNCTION duban_entry_is_final()",
    ],
}


def create(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("duban", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
