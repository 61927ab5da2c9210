"""How a migration runs: on the open connection of ``models.database.migrate``, in its transaction, views apart."""

from __future__ import annotations

from alembic import context

from models.database import VERSION_TABLE
from models.schema import METADATA
from models.views import create_views, drop_views

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=True,
)
drop_views(connection)
with context.begin_transaction():
    context.run_migrations()
create_views(connection)
