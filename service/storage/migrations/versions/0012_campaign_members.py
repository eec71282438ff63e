"""Remember whose membership of a campaign it was: once it is gone the org tells its id alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("share_pulled", sa.Column("of_record", sa.String(18)))
