"""Migrating the schema with Alembic, in the transaction of a connection."""

from __future__ import annotations

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from models.database import SchemaTooNew, revision


def upgrade(connection: Connection) -> None:
    """Bring the schema behind ``connection`` to the newest revision.

    Raises:
        SchemaTooNew: if it has a revision that this code does not know.
    """
    with as_file(files("models.migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        scripts = ScriptDirectory.from_config(config)
        found = revision(connection)
        if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
            raise SchemaTooNew(
                f"the database has schema {found}, this version of microcred knows up to "
                f"{scripts.get_current_head()}: update microcred"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
