"""knowledge"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_versions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("review", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=32), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=400), nullable=False),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.Column("live_key", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR state <> 'approved' OR decided_by_id <> author_id",
            name=op.f("ck_answer_versions_two_people"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'rejected', 'superseded')", name=op.f("ck_answer_versions_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_versions")),
        sa.UniqueConstraint("live_key", name=op.f("uq_answer_versions_live_key")),
        sa.UniqueConstraint("open_key", name=op.f("uq_answer_versions_open_key")),
        sa.UniqueConstraint("topic", "number", name=op.f("uq_answer_versions_topic_number")),
    )
    with op.batch_alter_table("answer_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_versions_state_created_at"), ["state", "created_at"], unique=False)

    op.create_table(
        "counted_hours",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_counted_hours")),
    )
    op.create_table(
        "guided_calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tree", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.Column("ended_in", sa.String(length=40), nullable=True),
        sa.Column("result_kind", sa.String(length=24), nullable=True),
        sa.Column("result_no", sa.String(length=40), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guided_calls")),
    )
    with op.batch_alter_table("guided_calls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_guided_calls_staff_id_started_at"), ["staff_id", "started_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_guided_calls_tree_started_at"), ["tree", "started_at"], unique=False)

    op.create_table(
        "guided_versions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tree", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guided_versions")),
        sa.UniqueConstraint("tree", "number", name=op.f("uq_guided_versions_tree_number")),
    )
    op.create_table(
        "latency_hours",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "bucket", name=op.f("pk_latency_hours")),
    )
    op.create_table(
        "turn_hours",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "topic", name=op.f("pk_turn_hours")),
    )
    op.create_table(
        "review_items",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("guess", sa.String(length=60), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("reviewed_by", sa.String(length=40), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('low_confidence', 'disliked', 'no_answer')", name=op.f("ck_review_items_reason_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'labelled', 'exported', 'dismissed')", name=op.f("ck_review_items_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["transcript.id"], name=op.f("fk_review_items_turn_id_transcript"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_items")),
        sa.UniqueConstraint("turn_id", name=op.f("uq_review_items_turn_id")),
    )
    with op.batch_alter_table("review_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_items_state_created_at"), ["state", "created_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("review_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_items_state_created_at"))

    op.drop_table("review_items")
    op.drop_table("turn_hours")
    op.drop_table("latency_hours")
    op.drop_table("guided_versions")
    with op.batch_alter_table("guided_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guided_calls_tree_started_at"))
        batch_op.drop_index(batch_op.f("ix_guided_calls_staff_id_started_at"))

    op.drop_table("guided_calls")
    op.drop_table("counted_hours")
    with op.batch_alter_table("answer_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_versions_state_created_at"))

    op.drop_table("answer_versions")
