"""callers"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "people",
    "dispute_tickets",
    "hospital_bookings",
    "school_enrolments",
    "alliance_members",
    "screening_signups",
    "callback_requests",
    "education_bookings",
    "plating_appointments",
)
"""Where a caller's phone is looked for."""


def upgrade() -> None:
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_phone"), table, ["phone"], unique=False)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_index(op.f(f"ix_{table}_phone"), table_name=table)
