"""A sighting has an observer; of the old ones nobody knows who it was

From v2 to v3
"""

import sqlalchemy as sa
from alembic import op

revision = "v3"
down_revision = "v2"

sightings = sa.table("sightings", sa.column("observer", sa.String()))


def upgrade() -> None:
    # Three steps, for the table is full: may be empty, is filled, must be there.
    op.add_column("sightings", sa.Column("observer", sa.String(40), nullable=True))
    op.execute(sightings.update().values(observer="unknown"))
    with op.batch_alter_table("sightings") as table:
        table.alter_column("observer", existing_type=sa.String(40), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("sightings") as table:
        table.drop_column("observer")
