"""Fails between its two steps, as a typing error would make it"""

import sqlalchemy as sa
from alembic import op

revision = "s3"
down_revision = "s2"


def upgrade() -> None:
    op.add_column("sightings", sa.Column("note", sa.Text(), nullable=True))
    op.execute("UPDATE sightings SET note = remarks")  # there are no remarks
