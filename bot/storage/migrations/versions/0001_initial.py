"""initial"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_outlets",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("hours", sa.String(length=200), nullable=True),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint("(lng IS NULL) = (lat IS NULL)", name=op.f("ck_bank_outlets_point_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_outlets")),
        sa.UniqueConstraint("code", name=op.f("uq_bank_outlets_code")),
    )
    op.create_table(
        "berths",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("length_m", sa.Float(), nullable=True),
        sa.Column("width_m", sa.Float(), nullable=True),
        sa.Column("vehicle_classes", sa.JSON(), nullable=False),
        sa.Column("days", sa.String(length=20), nullable=True),
        sa.Column("start", sa.String(length=5), nullable=True),
        sa.Column("end", sa.String(length=5), nullable=True),
        sa.Column("max_minutes", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint("(lng IS NULL) = (lat IS NULL)", name=op.f("ck_berths_point_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_berths")),
        sa.UniqueConstraint("code", name=op.f("uq_berths_code")),
    )
    op.create_table(
        "data_versions",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_data_versions")),
    )
    op.create_table(
        "dialogue_sessions",
        sa.Column("sender", sa.String(length=160), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_dialogue_sessions")),
    )
    op.create_table(
        "discounts",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("merchants", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discounts")),
        sa.UniqueConstraint("code", name=op.f("uq_discounts_code")),
    )
    op.create_table(
        "dispute_windows",
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("hours", sa.String(length=200), nullable=True),
        sa.Column("hotline", sa.String(length=20), nullable=True),
        sa.Column("accepts", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('city', 'district')", name=op.f("ck_dispute_windows_level_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_windows")),
        sa.UniqueConstraint("code", name=op.f("uq_dispute_windows_code")),
    )
    with op.batch_alter_table("dispute_windows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_windows_district"), ["district"], unique=False)

    op.create_table(
        "education_sites",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_education_sites")),
        sa.UniqueConstraint("code", name=op.f("uq_education_sites_code")),
    )
    op.create_table(
        "hospital_channels",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("hospital", sa.String(length=80), nullable=False),
        sa.Column("workdays_only", sa.Boolean(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("yearly_quota", sa.Integer(), nullable=True),
        sa.Column("days_ahead", sa.Integer(), nullable=False),
        sa.Column("opened_until", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_channels")),
        sa.UniqueConstraint("code", name=op.f("uq_hospital_channels_code")),
    )
    op.create_table(
        "library_stations",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("hours", sa.String(length=120), nullable=True),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_stations")),
        sa.UniqueConstraint("code", name=op.f("uq_library_stations_code")),
    )
    op.create_table(
        "mediators",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start", sa.String(length=5), nullable=False),
        sa.Column("end", sa.String(length=5), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediators")),
        sa.UniqueConstraint("code", name=op.f("uq_mediators_code")),
    )
    op.create_table(
        "micro_homes",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("station_code", sa.String(length=32), nullable=True),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("hours", sa.String(length=120), nullable=True),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_micro_homes")),
        sa.UniqueConstraint("code", name=op.f("uq_micro_homes_code")),
    )
    op.create_table(
        "passage_rules",
        sa.Column("vehicle_class", sa.JSON(), nullable=False),
        sa.Column("energy", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("road", sa.String(length=40), nullable=True),
        sa.Column("days", sa.String(length=20), nullable=True),
        sa.Column("start", sa.String(length=5), nullable=True),
        sa.Column("end", sa.String(length=5), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage_rules")),
        sa.UniqueConstraint("code", name=op.f("uq_passage_rules_code")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.String(length=160), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_lng", sa.Float(), nullable=True),
        sa.Column("last_lat", sa.Float(), nullable=True),
        sa.Column("last_place", sa.String(length=120), nullable=True),
        sa.Column("last_located_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("work_no", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_people_channel_external_id")),
    )
    op.create_table(
        "plating_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.String(length=5), nullable=False),
        sa.Column("end", sa.String(length=5), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_plating_slots_not_oversold")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plating_slots")),
        sa.UniqueConstraint("day", "start", name=op.f("uq_plating_slots_day_start")),
    )
    op.create_table(
        "plating_windows",
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start", sa.String(length=5), nullable=False),
        sa.Column("end", sa.String(length=5), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plating_windows")),
        sa.UniqueConstraint("code", name=op.f("uq_plating_windows_code")),
    )
    op.create_table(
        "safety_accidents",
        sa.Column("severity", sa.String(length=12), nullable=False),
        sa.Column("fault", sa.String(length=12), nullable=False),
        sa.Column("record_no", sa.String(length=40), nullable=False),
        sa.Column("work_no", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record_no", name=op.f("pk_safety_accidents")),
    )
    with op.batch_alter_table("safety_accidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_safety_accidents_company"), ["company"], unique=False)
        batch_op.create_index(batch_op.f("ix_safety_accidents_occurred_at"), ["occurred_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_safety_accidents_work_no"), ["work_no"], unique=False)

    op.create_table(
        "safety_companies",
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("riders", sa.Integer(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company", name=op.f("pk_safety_companies")),
    )
    op.create_table(
        "safety_violations",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("record_no", sa.String(length=40), nullable=False),
        sa.Column("work_no", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record_no", name=op.f("pk_safety_violations")),
    )
    with op.batch_alter_table("safety_violations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_safety_violations_company"), ["company"], unique=False)
        batch_op.create_index(batch_op.f("ix_safety_violations_occurred_at"), ["occurred_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_safety_violations_work_no"), ["work_no"], unique=False)

    op.create_table(
        "station_services",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("category_name", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_services")),
        sa.UniqueConstraint("code", name=op.f("uq_station_services_code")),
    )
    op.create_table(
        "stations",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("hours", sa.String(length=200), nullable=True),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("demo_site", sa.Boolean(), nullable=False),
        sa.Column("site_kind", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint("(lng IS NULL) = (lat IS NULL)", name=op.f("ck_stations_point_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stations")),
        sa.UniqueConstraint("code", name=op.f("uq_stations_code")),
    )
    op.create_table(
        "tour_card_metrics",
        sa.Column("work_no", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("tenure_months", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("satisfaction", sa.Float(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("work_no", name=op.f("pk_tour_card_metrics")),
    )
    with op.batch_alter_table("tour_card_metrics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tour_card_metrics_company"), ["company"], unique=False)

    op.create_table(
        "tour_card_rounds",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("tenure_weight", sa.Integer(), nullable=False),
        sa.Column("orders_weight", sa.Integer(), nullable=False),
        sa.Column("satisfaction_weight", sa.Integer(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "tenure_weight + orders_weight + satisfaction_weight = 100",
            name=op.f("ck_tour_card_rounds_weights_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tour_card_rounds")),
        sa.UniqueConstraint("code", name=op.f("uq_tour_card_rounds_code")),
    )
    op.create_table(
        "work_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_no", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_codes")),
    )
    with op.batch_alter_table("work_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_codes_work_no"), ["work_no"], unique=False)

    op.create_table(
        "alliance_members",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("one_key", sa.String(length=40), nullable=True),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('new', 'contacted', 'member', 'left')", name=op.f("ck_alliance_members_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_alliance_members_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alliance_members")),
        sa.UniqueConstraint("number", name=op.f("uq_alliance_members_number")),
        sa.UniqueConstraint("one_key", name=op.f("uq_alliance_members_one_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_alliance_members_source_key")),
    )
    with op.batch_alter_table("alliance_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alliance_members_district"), ["district"], unique=False)
        batch_op.create_index(batch_op.f("ix_alliance_members_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alliance_members_status"), ["status"], unique=False)

    op.create_table(
        "callback_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("wish", sa.String(length=120), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("open_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_callback_requests_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_callback_requests_number")),
        sa.UniqueConstraint("open_key", name=op.f("uq_callback_requests_open_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_callback_requests_source_key")),
    )
    with op.batch_alter_table("callback_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callback_requests_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_callback_requests_person_id"), ["person_id"], unique=False)

    op.create_table(
        "carrier_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("seen_at", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("image_url", sa.String(length=1000), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_carrier_reports_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_reports")),
        sa.UniqueConstraint("number", name=op.f("uq_carrier_reports_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_carrier_reports_source_key")),
    )
    with op.batch_alter_table("carrier_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carrier_reports_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_carrier_reports_person_id"), ["person_id"], unique=False)

    op.create_table(
        "dispute_tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("dispute_type", sa.String(length=24), nullable=False),
        sa.Column("employer", sa.String(length=120), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("since_text", sa.String(length=120), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("still_employed", sa.Boolean(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("district", sa.String(length=20), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("routes", sa.JSON(), nullable=False),
        sa.Column("worker_class", sa.String(length=20), nullable=True),
        sa.Column("group_size", sa.Integer(), nullable=False),
        sa.Column("window_code", sa.String(length=32), nullable=False),
        sa.Column("window_name", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("assigned_to", sa.String(length=60), nullable=True),
        sa.Column("contact_due", sa.Date(), nullable=False),
        sa.Column("finish_due", sa.Date(), nullable=False),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('received', 'assigned', 'in_progress', 'waiting', 'resolved', 'closed', 'withdrawn')",
            name=op.f("ck_dispute_tickets_state_known"),
        ),
        sa.CheckConstraint(
            "amount_fen IS NULL OR amount_fen >= 0", name=op.f("ck_dispute_tickets_amount_not_negative")
        ),
        sa.CheckConstraint("group_size >= 1", name=op.f("ck_dispute_tickets_group_counts")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_dispute_tickets_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_dispute_tickets_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_dispute_tickets_source_key")),
    )
    with op.batch_alter_table("dispute_tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_tickets_created_at"), ["created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_dispute_tickets_person_id_created_at"), ["person_id", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_dispute_tickets_state_finish_due"), ["state", "finish_due"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_dispute_tickets_window_code_state"), ["window_code", "state"], unique=False
        )

    op.create_table(
        "drink_machines",
        sa.Column("station_code", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("drinks", sa.JSON(), nullable=False),
        sa.Column("season", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint("(lng IS NULL) = (lat IS NULL)", name=op.f("ck_drink_machines_point_whole")),
        sa.ForeignKeyConstraint(
            ["station_code"],
            ["stations.code"],
            name=op.f("fk_drink_machines_station_code_stations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drink_machines")),
        sa.UniqueConstraint("code", name=op.f("uq_drink_machines_code")),
    )
    op.create_table(
        "education_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_education_sessions_not_oversold")),
        sa.ForeignKeyConstraint(
            ["site_code"],
            ["education_sites.code"],
            name=op.f("fk_education_sessions_site_code_education_sites"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_education_sessions")),
        sa.UniqueConstraint(
            "site_code", "form", "starts_at", name=op.f("uq_education_sessions_site_code_form_starts_at")
        ),
    )
    with op.batch_alter_table("education_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_education_sessions_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "education_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start", sa.String(length=5), nullable=False),
        sa.Column("end", sa.String(length=5), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_code"],
            ["education_sites.code"],
            name=op.f("fk_education_slots_site_code_education_sites"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_education_slots")),
        sa.UniqueConstraint(
            "site_code",
            "form",
            "weekday",
            "start",
            name=op.f("uq_education_slots_site_code_form_weekday_start"),
        ),
    )
    op.create_table(
        "handoffs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("staff", sa.String(length=80), nullable=True),
        sa.Column("one_key", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'closed')", name=op.f("ck_handoffs_state")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_handoffs_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
        sa.UniqueConstraint("one_key", name=op.f("uq_handoffs_one_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_handoffs_source_key")),
    )
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handoffs_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handoffs_state_urgent_id"), ["state", "urgent", "id"], unique=False)

    op.create_table(
        "hospital_closures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel"],
            ["hospital_channels.code"],
            name=op.f("fk_hospital_closures_channel_hospital_channels"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_closures")),
    )
    with op.batch_alter_table("hospital_closures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hospital_closures_day"), ["day"], unique=False)

    op.create_table(
        "hospital_quotas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= quota", name=op.f("ck_hospital_quotas_not_oversold")),
        sa.ForeignKeyConstraint(
            ["channel"],
            ["hospital_channels.code"],
            name=op.f("fk_hospital_quotas_channel_hospital_channels"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_quotas")),
        sa.UniqueConstraint("channel", "year", name=op.f("uq_hospital_quotas_channel_year")),
    )
    op.create_table(
        "hospital_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_hospital_slots_not_oversold")),
        sa.ForeignKeyConstraint(
            ["channel"],
            ["hospital_channels.code"],
            name=op.f("fk_hospital_slots_channel_hospital_channels"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_slots")),
        sa.UniqueConstraint("channel", "starts_at", name=op.f("uq_hospital_slots_channel_starts_at")),
    )
    op.create_table(
        "inbox",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('in_work', 'done')", name=op.f("ck_inbox_state")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_inbox_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbox_person_id"), ["person_id"], unique=False)

    op.create_table(
        "mediation_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_mediation_slots_taken")),
        sa.ForeignKeyConstraint(
            ["mediator_id"],
            ["mediators.id"],
            name=op.f("fk_mediation_slots_mediator_id_mediators"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_slots")),
        sa.UniqueConstraint("mediator_id", "starts_at", name=op.f("uq_mediation_slots_mediator_id_starts_at")),
    )
    with op.batch_alter_table("mediation_slots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mediation_slots_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_outbox_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_person_id_state"), ["person_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_state_due"), ["state", "due"], unique=False)

    op.create_table(
        "plating_appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("company", sa.String(length=80), nullable=False),
        sa.Column("vehicles", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("active_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.CheckConstraint("vehicles >= 1", name=op.f("ck_plating_appointments_some_vehicles")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_plating_appointments_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["plating_slots.id"],
            name=op.f("fk_plating_appointments_slot_id_plating_slots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plating_appointments")),
        sa.UniqueConstraint("active_key", name=op.f("uq_plating_appointments_active_key")),
        sa.UniqueConstraint("number", name=op.f("uq_plating_appointments_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_plating_appointments_source_key")),
    )
    with op.batch_alter_table("plating_appointments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plating_appointments_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plating_appointments_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "quiz_attempts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("correct", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_quiz_attempts_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempts")),
    )
    with op.batch_alter_table("quiz_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_attempts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("assignee", sa.String(length=80), nullable=True),
        sa.Column("open_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "status IN ('received', 'handling', 'arranged', 'done', 'declined', 'withdrawn')",
            name=op.f("ck_requests_status"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_requests_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_requests_number")),
        sa.UniqueConstraint("open_key", name=op.f("uq_requests_open_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_requests_source_key")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requests_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_requests_kind_status"), ["kind", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_requests_person_id"), ["person_id"], unique=False)

    op.create_table(
        "school_claims",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("tuition_fen", sa.BigInteger(), nullable=True),
        sa.Column("union_member", sa.Boolean(), nullable=True),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("one_key", sa.String(length=80), nullable=True),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('junior_college', 'bachelor')", name=op.f("ck_school_claims_level_known")),
        sa.CheckConstraint(
            "status IN ('preparing', 'submitted', 'returned', 'approved', 'paid')",
            name=op.f("ck_school_claims_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_school_claims_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_claims")),
        sa.UniqueConstraint("number", name=op.f("uq_school_claims_number")),
        sa.UniqueConstraint("one_key", name=op.f("uq_school_claims_one_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_school_claims_source_key")),
    )
    with op.batch_alter_table("school_claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_claims_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_claims_status"), ["status"], unique=False)

    op.create_table(
        "school_enrolments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("major", sa.String(length=80), nullable=True),
        sa.Column("schooling", sa.String(length=20), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("one_key", sa.String(length=40), nullable=True),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('junior_college', 'bachelor')", name=op.f("ck_school_enrolments_level_known")),
        sa.CheckConstraint(
            "status IN ('new', 'contacted', 'enrolled', 'declined', 'withdrawn')",
            name=op.f("ck_school_enrolments_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_school_enrolments_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_enrolments")),
        sa.UniqueConstraint("number", name=op.f("uq_school_enrolments_number")),
        sa.UniqueConstraint("one_key", name=op.f("uq_school_enrolments_one_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_school_enrolments_source_key")),
    )
    with op.batch_alter_table("school_enrolments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_enrolments_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_enrolments_status"), ["status"], unique=False)

    op.create_table(
        "screening_signups",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("for_whom", sa.String(length=12), nullable=False),
        sa.Column("age_band", sa.String(length=12), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("wish", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("one_key", sa.String(length=40), nullable=True),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "age_band IN ('under_35', '35_64', 'over_64')", name=op.f("ck_screening_signups_age_band_known")
        ),
        sa.CheckConstraint("for_whom IN ('self', 'relative')", name=op.f("ck_screening_signups_for_whom_known")),
        sa.CheckConstraint(
            "status IN ('new', 'contacted', 'scheduled', 'done', 'cancelled')",
            name=op.f("ck_screening_signups_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_screening_signups_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_signups")),
        sa.UniqueConstraint("number", name=op.f("uq_screening_signups_number")),
        sa.UniqueConstraint("one_key", name=op.f("uq_screening_signups_one_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_screening_signups_source_key")),
    )
    with op.batch_alter_table("screening_signups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screening_signups_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_screening_signups_status"), ["status"], unique=False)

    op.create_table(
        "signed_pledges",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("work_no", sa.String(length=40), nullable=True),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_signed_pledges_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_pledges")),
        sa.UniqueConstraint("number", name=op.f("uq_signed_pledges_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_signed_pledges_source_key")),
    )
    with op.batch_alter_table("signed_pledges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_pledges_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signed_pledges_work_no"), ["work_no"], unique=False)

    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("station_code", sa.String(length=32), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("image_url", sa.String(length=1000), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_suggestions_person_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["station_code"],
            ["stations.code"],
            name=op.f("fk_suggestions_station_code_stations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
        sa.UniqueConstraint("number", name=op.f("uq_suggestions_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_suggestions_source_key")),
    )
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestions_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "transcript",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_transcript_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript")),
    )
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transcript_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcript_person_id_id"), ["person_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcript_topic_at"), ["topic", "at"], unique=False)

    op.create_table(
        "wechat_chats",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("message_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_pushes", sa.Integer(), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_pushes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_wechat_chats_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_wechat_chats")),
    )
    op.create_table(
        "wechat_owed_replies",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_wechat_owed_replies_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_wechat_owed_replies")),
    )
    with op.batch_alter_table("wechat_owed_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wechat_owed_replies_lease_until"), ["lease_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_wechat_owed_replies_person_id"), ["person_id"], unique=False)

    op.create_table(
        "work_bind_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_work_bind_attempts_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_bind_attempts")),
    )
    with op.batch_alter_table("work_bind_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_bind_attempts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "work_bindings",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("work_no", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_work_bindings_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_work_bindings")),
        sa.UniqueConstraint("work_no", name=op.f("uq_work_bindings_work_no")),
    )
    op.create_table(
        "dispute_attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("image_url", sa.String(length=1000), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("text IS NOT NULL OR image_url IS NOT NULL", name=op.f("ck_dispute_attachments_not_empty")),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["dispute_tickets.id"],
            name=op.f("fk_dispute_attachments_ticket_id_dispute_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_attachments")),
        sa.UniqueConstraint("source_key", name=op.f("uq_dispute_attachments_source_key")),
    )
    with op.batch_alter_table("dispute_attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_attachments_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "dispute_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["dispute_tickets.id"],
            name=op.f("fk_dispute_events_ticket_id_dispute_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_events")),
        sa.UniqueConstraint("source_key", name=op.f("uq_dispute_events_source_key")),
    )
    with op.batch_alter_table("dispute_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_events_ticket_id_id"), ["ticket_id", "id"], unique=False)

    op.create_table(
        "education_bookings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("work_no", sa.String(length=40), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("one_key", sa.String(length=40), nullable=True),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('booked', 'attended', 'no_show', 'cancelled')",
            name=op.f("ck_education_bookings_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_education_bookings_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["education_sessions.id"],
            name=op.f("fk_education_bookings_session_id_education_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_education_bookings")),
        sa.UniqueConstraint("number", name=op.f("uq_education_bookings_number")),
        sa.UniqueConstraint("one_key", name=op.f("uq_education_bookings_one_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_education_bookings_source_key")),
    )
    with op.batch_alter_table("education_bookings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_education_bookings_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_education_bookings_session_id"), ["session_id"], unique=False)
        batch_op.create_index("ix_education_bookings_work_no_status", ["work_no", "status"], unique=False)

    op.create_table(
        "handoff_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["handoff_id"],
            ["handoffs.id"],
            name=op.f("fk_handoff_messages_handoff_id_handoffs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_messages")),
        sa.UniqueConstraint("source_key", name=op.f("uq_handoff_messages_source_key")),
    )
    with op.batch_alter_table("handoff_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handoff_messages_handoff_id"), ["handoff_id"], unique=False)

    op.create_table(
        "hospital_bookings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("one_key", sa.String(length=80), nullable=True),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('booked', 'attended', 'no_show', 'cancelled')",
            name=op.f("ck_hospital_bookings_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["channel"],
            ["hospital_channels.code"],
            name=op.f("fk_hospital_bookings_channel_hospital_channels"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_hospital_bookings_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["hospital_slots.id"], name=op.f("fk_hospital_bookings_slot_id_hospital_slots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_bookings")),
        sa.UniqueConstraint("number", name=op.f("uq_hospital_bookings_number")),
        sa.UniqueConstraint("one_key", name=op.f("uq_hospital_bookings_one_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_hospital_bookings_source_key")),
    )
    with op.batch_alter_table("hospital_bookings", schema=None) as batch_op:
        batch_op.create_index("ix_hospital_bookings_person_id_status", ["person_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_hospital_bookings_slot_id"), ["slot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hospital_bookings_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "hospital_waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("one_key", sa.String(length=80), nullable=True),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'taken', 'expired', 'left')",
            name=op.f("ck_hospital_waiting_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["channel"],
            ["hospital_channels.code"],
            name=op.f("fk_hospital_waiting_channel_hospital_channels"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_hospital_waiting_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["hospital_slots.id"], name=op.f("fk_hospital_waiting_slot_id_hospital_slots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_waiting")),
        sa.UniqueConstraint("one_key", name=op.f("uq_hospital_waiting_one_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_hospital_waiting_source_key")),
    )
    with op.batch_alter_table("hospital_waiting", schema=None) as batch_op:
        batch_op.create_index("ix_hospital_waiting_channel_status", ["channel", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_hospital_waiting_person_id"), ["person_id"], unique=False)

    op.create_table(
        "machine_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("machine_code", sa.String(length=32), nullable=False),
        sa.Column("fault", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("image_url", sa.String(length=1000), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("open_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["machine_code"],
            ["drink_machines.code"],
            name=op.f("fk_machine_reports_machine_code_drink_machines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_machine_reports_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_reports")),
        sa.UniqueConstraint("number", name=op.f("uq_machine_reports_number")),
        sa.UniqueConstraint("open_key", name=op.f("uq_machine_reports_open_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_machine_reports_source_key")),
    )
    with op.batch_alter_table("machine_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_machine_reports_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_machine_reports_person_id"), ["person_id"], unique=False)

    op.create_table(
        "mediation_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=True),
        sa.Column("one_key", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_mediation_sessions_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["mediation_slots.id"], name=op.f("fk_mediation_sessions_slot_id_mediation_slots")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["dispute_tickets.id"],
            name=op.f("fk_mediation_sessions_ticket_id_dispute_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_sessions")),
        sa.UniqueConstraint("number", name=op.f("uq_mediation_sessions_number")),
        sa.UniqueConstraint("one_key", name=op.f("uq_mediation_sessions_one_key")),
        sa.UniqueConstraint("source_key", name=op.f("uq_mediation_sessions_source_key")),
    )
    with op.batch_alter_table("mediation_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mediation_sessions_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediation_sessions_ticket_id"), ["ticket_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mediation_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mediation_sessions_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_mediation_sessions_person_id"))

    op.drop_table("mediation_sessions")
    with op.batch_alter_table("machine_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_machine_reports_person_id"))
        batch_op.drop_index(batch_op.f("ix_machine_reports_created_at"))

    op.drop_table("machine_reports")
    with op.batch_alter_table("hospital_waiting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hospital_waiting_person_id"))
        batch_op.drop_index("ix_hospital_waiting_channel_status")

    op.drop_table("hospital_waiting")
    with op.batch_alter_table("hospital_bookings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hospital_bookings_starts_at"))
        batch_op.drop_index(batch_op.f("ix_hospital_bookings_slot_id"))
        batch_op.drop_index("ix_hospital_bookings_person_id_status")

    op.drop_table("hospital_bookings")
    with op.batch_alter_table("handoff_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handoff_messages_handoff_id"))

    op.drop_table("handoff_messages")
    with op.batch_alter_table("education_bookings", schema=None) as batch_op:
        batch_op.drop_index("ix_education_bookings_work_no_status")
        batch_op.drop_index(batch_op.f("ix_education_bookings_session_id"))
        batch_op.drop_index(batch_op.f("ix_education_bookings_person_id"))

    op.drop_table("education_bookings")
    with op.batch_alter_table("dispute_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispute_events_ticket_id_id"))

    op.drop_table("dispute_events")
    with op.batch_alter_table("dispute_attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispute_attachments_ticket_id"))

    op.drop_table("dispute_attachments")
    op.drop_table("work_bindings")
    with op.batch_alter_table("work_bind_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_bind_attempts_person_id"))

    op.drop_table("work_bind_attempts")
    with op.batch_alter_table("wechat_owed_replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wechat_owed_replies_person_id"))
        batch_op.drop_index(batch_op.f("ix_wechat_owed_replies_lease_until"))

    op.drop_table("wechat_owed_replies")
    op.drop_table("wechat_chats")
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transcript_topic_at"))
        batch_op.drop_index(batch_op.f("ix_transcript_person_id_id"))
        batch_op.drop_index(batch_op.f("ix_transcript_at"))

    op.drop_table("transcript")
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestions_person_id"))
        batch_op.drop_index(batch_op.f("ix_suggestions_created_at"))

    op.drop_table("suggestions")
    with op.batch_alter_table("signed_pledges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signed_pledges_work_no"))
        batch_op.drop_index(batch_op.f("ix_signed_pledges_person_id"))

    op.drop_table("signed_pledges")
    with op.batch_alter_table("screening_signups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screening_signups_status"))
        batch_op.drop_index(batch_op.f("ix_screening_signups_person_id"))

    op.drop_table("screening_signups")
    with op.batch_alter_table("school_enrolments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_enrolments_status"))
        batch_op.drop_index(batch_op.f("ix_school_enrolments_person_id"))

    op.drop_table("school_enrolments")
    with op.batch_alter_table("school_claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_claims_status"))
        batch_op.drop_index(batch_op.f("ix_school_claims_person_id"))

    op.drop_table("school_claims")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requests_person_id"))
        batch_op.drop_index(batch_op.f("ix_requests_kind_status"))
        batch_op.drop_index(batch_op.f("ix_requests_created_at"))

    op.drop_table("requests")
    with op.batch_alter_table("quiz_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quiz_attempts_person_id"))

    op.drop_table("quiz_attempts")
    with op.batch_alter_table("plating_appointments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plating_appointments_slot_id"))
        batch_op.drop_index(batch_op.f("ix_plating_appointments_person_id"))

    op.drop_table("plating_appointments")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_state_due"))
        batch_op.drop_index(batch_op.f("ix_outbox_person_id_state"))

    op.drop_table("outbox")
    with op.batch_alter_table("mediation_slots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mediation_slots_starts_at"))

    op.drop_table("mediation_slots")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_person_id"))
        batch_op.drop_index(batch_op.f("ix_inbox_created_at"))

    op.drop_table("inbox")
    op.drop_table("hospital_slots")
    op.drop_table("hospital_quotas")
    with op.batch_alter_table("hospital_closures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hospital_closures_day"))

    op.drop_table("hospital_closures")
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handoffs_state_urgent_id"))
        batch_op.drop_index(batch_op.f("ix_handoffs_person_id"))

    op.drop_table("handoffs")
    op.drop_table("education_slots")
    with op.batch_alter_table("education_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_education_sessions_starts_at"))

    op.drop_table("education_sessions")
    op.drop_table("drink_machines")
    with op.batch_alter_table("dispute_tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispute_tickets_window_code_state"))
        batch_op.drop_index(batch_op.f("ix_dispute_tickets_state_finish_due"))
        batch_op.drop_index(batch_op.f("ix_dispute_tickets_person_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_dispute_tickets_created_at"))

    op.drop_table("dispute_tickets")
    with op.batch_alter_table("carrier_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carrier_reports_person_id"))
        batch_op.drop_index(batch_op.f("ix_carrier_reports_created_at"))

    op.drop_table("carrier_reports")
    with op.batch_alter_table("callback_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callback_requests_person_id"))
        batch_op.drop_index(batch_op.f("ix_callback_requests_created_at"))

    op.drop_table("callback_requests")
    with op.batch_alter_table("alliance_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alliance_members_status"))
        batch_op.drop_index(batch_op.f("ix_alliance_members_person_id"))
        batch_op.drop_index(batch_op.f("ix_alliance_members_district"))

    op.drop_table("alliance_members")
    with op.batch_alter_table("work_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_codes_work_no"))

    op.drop_table("work_codes")
    op.drop_table("tour_card_rounds")
    with op.batch_alter_table("tour_card_metrics", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tour_card_metrics_company"))

    op.drop_table("tour_card_metrics")
    op.drop_table("stations")
    op.drop_table("station_services")
    with op.batch_alter_table("safety_violations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_safety_violations_work_no"))
        batch_op.drop_index(batch_op.f("ix_safety_violations_occurred_at"))
        batch_op.drop_index(batch_op.f("ix_safety_violations_company"))

    op.drop_table("safety_violations")
    op.drop_table("safety_companies")
    with op.batch_alter_table("safety_accidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_safety_accidents_work_no"))
        batch_op.drop_index(batch_op.f("ix_safety_accidents_occurred_at"))
        batch_op.drop_index(batch_op.f("ix_safety_accidents_company"))

    op.drop_table("safety_accidents")
    op.drop_table("plating_windows")
    op.drop_table("plating_slots")
    op.drop_table("people")
    op.drop_table("passage_rules")
    op.drop_table("micro_homes")
    op.drop_table("mediators")
    op.drop_table("library_stations")
    op.drop_table("hospital_channels")
    op.drop_table("education_sites")
    with op.batch_alter_table("dispute_windows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispute_windows_district"))

    op.drop_table("dispute_windows")
    op.drop_table("discounts")
    op.drop_table("dialogue_sessions")
    op.drop_table("data_versions")
    op.drop_table("berths")
    op.drop_table("bank_outlets")
