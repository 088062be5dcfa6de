"""The register as it began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table; then what keeps the history whole and the search quick, which each database does in its own way."""
    tables()
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    else:
        for statement in POSTGRES:
            op.execute(statement)


# The history is added to and never changed, but for a value that is taken out: `redacted` is then set, and nothing else may differ.
_KEPT = ("revision", "position", "at", "subject", "role", "entity", "record_id", "version")
_SAME = " AND ".join(f"NEW.{name} = OLD.{name}" for name in _KEPT)

SQLITE = (
    "CREATE TRIGGER history_is_kept BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'the history is never deleted'); END",
    f"CREATE TRIGGER history_is_not_rewritten BEFORE UPDATE ON history WHEN NOT (NEW.redacted AND {_SAME}) "
    "BEGIN SELECT RAISE(ABORT, 'the history is never rewritten'); END",
    "CREATE VIRTUAL TABLE partner_words USING fts5(text, content='partner_search', content_rowid='number', "
    "tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
    "CREATE TRIGGER partner_words_added AFTER INSERT ON partner_search BEGIN "
    "INSERT INTO partner_words(rowid, text) VALUES (NEW.number, NEW.text); END",
    "CREATE TRIGGER partner_words_gone AFTER DELETE ON partner_search BEGIN "
    "INSERT INTO partner_words(partner_words, rowid, text) VALUES ('delete', OLD.number, OLD.text); END",
)
POSTGRES = (
    f"""CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'UPDATE' AND NEW.redacted AND {_SAME} THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'the history is never rewritten or deleted'; END $$""",
    "CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION history_is_kept()",
    "CREATE INDEX ix_partner_search_words ON partner_search USING gin (to_tsvector('simple', text))",
)


def tables() -> None:
    """The tables of every kind of record, and the store's own."""
    op.create_table(
        "history",
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("redacted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("revision", "position", name="pk_history"),
        sa.UniqueConstraint("entity", "record_id", "version", name="uq_history_version"),
    )
    op.create_index("ix_history_partner", "history", ["partner_id", "revision"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name="pk_idempotency"),
    )
    op.create_table(
        "partner",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("also_known_as", JSON, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("organisation_type", sa.Text(), nullable=True),
        sa.Column("faith_kind", sa.Text(), nullable=True),
        sa.Column("tradition", sa.Text(), nullable=True),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column("focus", sa.Text(), nullable=True),
        sa.Column("networks", JSON, nullable=False),
        sa.Column("legal_form", sa.Text(), nullable=True),
        sa.Column("provided_by_id", sa.String(length=36), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("public_email", sa.Text(), nullable=True),
        sa.Column("public_phone", sa.Text(), nullable=True),
        sa.Column("asset_id", sa.Text(), nullable=True),
        sa.Column("easting", sa.Float(53), nullable=True),
        sa.Column("northing", sa.Float(53), nullable=True),
        sa.Column("longitude", sa.Float(53), nullable=True),
        sa.Column("latitude", sa.Float(53), nullable=True),
        sa.Column("lsoa21cd", sa.String(length=12), nullable=True),
        sa.Column("lad24cd", sa.String(length=12), nullable=True),
        sa.Column("service_area", JSON, nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("listed_how", sa.Text(), nullable=True),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("example_source", sa.Text(), nullable=True),
        sa.Column("example_date", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("last_confirmed", sa.Date(), nullable=True),
        sa.Column("confirmed_by_role", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["provided_by_id"], ["partner.id"], name="fk_partner_provided_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_partner"),
    )
    op.create_index("ix_partner_asset_id", "partner", ["asset_id"], unique=False)
    op.create_index("ix_partner_lad24cd", "partner", ["lad24cd"], unique=False)
    op.create_index("ix_partner_lsoa21cd", "partner", ["lsoa21cd"], unique=False)
    op.create_index("ix_partner_provided_by_id", "partner", ["provided_by_id"], unique=False)
    op.create_index("ix_partner_source", "partner", ["source"], unique=False)
    op.create_index("ix_partner_source_id", "partner", ["source_id"], unique=False)
    op.create_index("ix_partner_status", "partner", ["status"], unique=False)
    op.create_table(
        "person",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("lad24cd", sa.String(length=12), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("consent_how", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_index("ix_person_lad24cd", "person", ["lad24cd"], unique=False)
    op.create_index("ix_person_status", "person", ["status"], unique=False)
    op.create_table(
        "register_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("register_id", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_register_state"),
    )
    op.create_table(
        "activity",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("activity_group", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Text(), nullable=True),
        sa.Column("limits", sa.Text(), nullable=True),
        sa.Column("when_held", sa.Text(), nullable=True),
        sa.Column("clinical_areas", JSON, nullable=False),
        sa.Column("plus_groups", JSON, nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("last_confirmed", sa.Date(), nullable=True),
        sa.Column("confirmed_by_role", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_activity_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
    )
    op.create_index("ix_activity_partner_id", "activity", ["partner_id"], unique=False)
    op.create_index("ix_activity_status", "activity", ["status"], unique=False)
    op.create_table(
        "channel",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("last_confirmed", sa.Date(), nullable=True),
        sa.Column("confirmed_by_role", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_channel_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
    )
    op.create_index("ix_channel_partner_id", "channel", ["partner_id"], unique=False)
    op.create_index("ix_channel_status", "channel", ["status"], unique=False)
    op.create_table(
        "coalition_member",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("member_name", sa.Text(), nullable=True),
        sa.Column("member_role", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["partner.id"], name="fk_coalition_member_member_id"),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_coalition_member_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_coalition_member"),
    )
    op.create_index("ix_coalition_member_member_id", "coalition_member", ["member_id"], unique=False)
    op.create_index("ix_coalition_member_partner_id", "coalition_member", ["partner_id"], unique=False)
    op.create_index("ix_coalition_member_status", "coalition_member", ["status"], unique=False)
    op.create_table(
        "connector",
        sa.Column("lad24cd", sa.String(length=12), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("public_email", sa.Text(), nullable=True),
        sa.Column("last_confirmed", sa.Date(), nullable=True),
        sa.Column("confirmed_by_role", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_connector_partner_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_connector_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_connector"),
    )
    op.create_index("ix_connector_area_code", "connector", ["area_code"], unique=False)
    op.create_index("ix_connector_lad24cd", "connector", ["lad24cd"], unique=False)
    op.create_index("ix_connector_partner_id", "connector", ["partner_id"], unique=False)
    op.create_index("ix_connector_person_id", "connector", ["person_id"], unique=False)
    op.create_index("ix_connector_status", "connector", ["status"], unique=False)
    op.create_table(
        "learning",
        sa.Column("lad24cd", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("next_time", sa.Text(), nullable=True),
        sa.Column("themes", JSON, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_learning_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_learning"),
    )
    op.create_index("ix_learning_lad24cd", "learning", ["lad24cd"], unique=False)
    op.create_index("ix_learning_partner_id", "learning", ["partner_id"], unique=False)
    op.create_index("ix_learning_status", "learning", ["status"], unique=False)
    op.create_table(
        "listening",
        sa.Column("lad24cd", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=True),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("barriers", JSON, nullable=False),
        sa.Column("enablers", JSON, nullable=False),
        sa.Column("clinical_areas", JSON, nullable=False),
        sa.Column("plus_groups", JSON, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_listening_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_listening"),
    )
    op.create_index("ix_listening_lad24cd", "listening", ["lad24cd"], unique=False)
    op.create_index("ix_listening_partner_id", "listening", ["partner_id"], unique=False)
    op.create_index("ix_listening_status", "listening", ["status"], unique=False)
    op.create_table(
        "partner_area",
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_partner_area_partner_id"),
        sa.PrimaryKeyConstraint("area_code", "partner_id", name="pk_partner_area"),
    )
    op.create_index("ix_partner_area_partner_id", "partner_area", ["partner_id"], unique=False)
    op.create_table(
        "partner_search",
        sa.Column("number", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_partner_search_partner_id"),
        sa.PrimaryKeyConstraint("number", name="pk_partner_search"),
        sa.UniqueConstraint("partner_id", name="uq_partner_search_partner_id"),
    )
    op.create_table(
        "place_contact",
        sa.Column("lad24cd", sa.String(length=12), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=True),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("public_email", sa.Text(), nullable=True),
        sa.Column("public_phone", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("last_confirmed", sa.Date(), nullable=True),
        sa.Column("confirmed_by_role", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_place_contact_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_place_contact"),
    )
    op.create_index("ix_place_contact_area_code", "place_contact", ["area_code"], unique=False)
    op.create_index("ix_place_contact_lad24cd", "place_contact", ["lad24cd"], unique=False)
    op.create_index("ix_place_contact_person_id", "place_contact", ["person_id"], unique=False)
    op.create_index("ix_place_contact_status", "place_contact", ["status"], unique=False)
    op.create_table(
        "relationship",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("body_name", sa.Text(), nullable=False),
        sa.Column("body_kind", sa.Text(), nullable=True),
        sa.Column("body_code", sa.String(length=12), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("last_contact", sa.Date(), nullable=True),
        sa.Column("clinical_areas", JSON, nullable=False),
        sa.Column("plus_groups", JSON, nullable=False),
        sa.Column("barriers", JSON, nullable=False),
        sa.Column("enablers", JSON, nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("last_confirmed", sa.Date(), nullable=True),
        sa.Column("confirmed_by_role", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_relationship_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_relationship"),
    )
    op.create_index("ix_relationship_body_code", "relationship", ["body_code"], unique=False)
    op.create_index("ix_relationship_partner_id", "relationship", ["partner_id"], unique=False)
    op.create_index("ix_relationship_standing", "relationship", ["partner_id", "status"], unique=False)
    op.create_index("ix_relationship_status", "relationship", ["status"], unique=False)
    op.create_table(
        "story",
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("lad24cd", sa.String(length=12), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("teller_role", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("consent_how", sa.Text(), nullable=False),
        sa.Column("clinical_areas", JSON, nullable=False),
        sa.Column("themes", JSON, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_story_partner_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_story_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    op.create_index("ix_story_lad24cd", "story", ["lad24cd"], unique=False)
    op.create_index("ix_story_partner_id", "story", ["partner_id"], unique=False)
    op.create_index("ix_story_person_id", "story", ["person_id"], unique=False)
    op.create_index("ix_story_status", "story", ["status"], unique=False)
    op.create_table(
        "suggestion",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=True),
        sa.Column("where_text", sa.Text(), nullable=True),
        sa.Column("reach", sa.Text(), nullable=True),
        sa.Column("lad24cd", sa.String(length=12), nullable=True),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("record_id", sa.String(length=36), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("changes", JSON, nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_suggestion_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion"),
    )
    op.create_index("ix_suggestion_client", "suggestion", ["client"], unique=False)
    op.create_index("ix_suggestion_lad24cd", "suggestion", ["lad24cd"], unique=False)
    op.create_index("ix_suggestion_partner_id", "suggestion", ["partner_id"], unique=False)
    op.create_index("ix_suggestion_queue", "suggestion", ["decision", "created_at"], unique=False)
    op.create_index("ix_suggestion_status", "suggestion", ["status"], unique=False)
    op.create_table(
        "commitment",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("relationship_id", sa.String(length=36), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_commitment_partner_id"),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationship.id"], name="fk_commitment_relationship_id"),
        sa.PrimaryKeyConstraint("id", name="pk_commitment"),
    )
    op.create_index("ix_commitment_partner_id", "commitment", ["partner_id"], unique=False)
    op.create_index("ix_commitment_relationship_id", "commitment", ["relationship_id"], unique=False)
    op.create_index("ix_commitment_status", "commitment", ["status"], unique=False)
    op.create_table(
        "funding",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("relationship_id", sa.String(length=36), nullable=True),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("pounds", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_funding_partner_id"),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationship.id"], name="fk_funding_relationship_id"),
        sa.PrimaryKeyConstraint("id", name="pk_funding"),
    )
    op.create_index("ix_funding_partner_id", "funding", ["partner_id"], unique=False)
    op.create_index("ix_funding_relationship_id", "funding", ["relationship_id"], unique=False)
    op.create_index("ix_funding_status", "funding", ["status"], unique=False)
    op.create_table(
        "stage_move",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("relationship_id", sa.String(length=36), nullable=False),
        sa.Column("stage_from", sa.Text(), nullable=True),
        sa.Column("stage_to", sa.Text(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_stage_move_partner_id"),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationship.id"], name="fk_stage_move_relationship_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stage_move"),
    )
    op.create_index("ix_stage_move_partner_id", "stage_move", ["partner_id"], unique=False)
    op.create_index("ix_stage_move_relationship_id", "stage_move", ["relationship_id"], unique=False)
    op.create_index("ix_stage_move_status", "stage_move", ["status"], unique=False)
