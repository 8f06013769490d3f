"""seats"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_kept",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_users.id"], name=op.f("fk_staff_kept_user_id_staff_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_kept")),
        sa.UniqueConstraint("user_id", "kind", "name", name=op.f("uq_staff_kept_user_id_kind_name")),
    )
    op.add_column("transcript", sa.Column("decision", sa.String(length=12), nullable=True))
    op.create_index(op.f("ix_dispute_tickets_finish_due_id"), "dispute_tickets", ["finish_due", "id"], unique=False)
    op.create_index(
        op.f("ix_dispute_tickets_assigned_to_finish_due"),
        "dispute_tickets",
        ["assigned_to", "finish_due"],
        unique=False,
    )
    op.create_index(op.f("ix_hospital_bookings_changed_at"), "hospital_bookings", ["changed_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_hospital_bookings_changed_at"), table_name="hospital_bookings")
    op.drop_index(op.f("ix_dispute_tickets_assigned_to_finish_due"), table_name="dispute_tickets")
    op.drop_index(op.f("ix_dispute_tickets_finish_due_id"), table_name="dispute_tickets")
    op.drop_column("transcript", "decision")
    op.drop_table("staff_kept")
