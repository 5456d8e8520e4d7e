"""A sighting knows its observer; code of release 1 may go on writing without"""

import sqlalchemy as sa
from alembic import op

revision = "s2"
down_revision = "s1"


def upgrade() -> None:
    op.add_column(
        "sightings",
        # A default in the database: the old release still inserts rows without it.
        sa.Column(
            "observer", sa.String(length=40), nullable=False, server_default="unknown"
        ),
    )


def downgrade() -> None:
    op.drop_column("sightings", "observer")
