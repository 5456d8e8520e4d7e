"""Call a sighting's number its count, and keep what was counted

From v1 to v2
"""

from alembic import op

revision = "v2"
down_revision = "v1"


def upgrade() -> None:
    with op.batch_alter_table("sightings") as sightings:
        sightings.alter_column("number", new_column_name="count")


def downgrade() -> None:
    with op.batch_alter_table("sightings") as sightings:
        sightings.alter_column("count", new_column_name="number")
