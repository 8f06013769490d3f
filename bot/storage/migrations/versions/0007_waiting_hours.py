"""waiting hours"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who waits for ten o'clock is not offered half past eight; NULL, as in every row so far, is any hour."""
    op.add_column("hospital_waiting", sa.Column("from_time", sa.Time(), nullable=True))
    op.add_column("hospital_waiting", sa.Column("to_time", sa.Time(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("hospital_waiting", schema=None) as batch_op:
        batch_op.drop_column("to_time")
        batch_op.drop_column("from_time")
