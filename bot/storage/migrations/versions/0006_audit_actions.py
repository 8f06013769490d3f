"""audit actions"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An action and all that begin with it ("ticket", "ticket.move") by index, in every collation."""
    op.create_index(
        op.f("ix_audit_entries_action_id"),
        "audit_entries",
        ["action", "id"],
        unique=False,
        postgresql_ops={"action": "text_pattern_ops"},
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_entries_action_id"), table_name="audit_entries")
