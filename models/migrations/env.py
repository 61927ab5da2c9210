"""How a migration runs: on the open connection of ``models.database.migrate``, in its transaction.

Views, the full-text index, the rows of what is listed now and the log of changes are apart: they are made anew after it
by today's code.
"""

from __future__ import annotations

from alembic import context

from models.change_log import drop_change_log, make_change_log
from models.database import VERSION_TABLE
from models.load_listed import rebuild_listed
from models.load_search import rebuild_words
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
drop_change_log(connection)
with context.begin_transaction():
    context.run_migrations()
create_views(connection)
rebuild_words(connection)
rebuild_listed(connection)
make_change_log(connection)
