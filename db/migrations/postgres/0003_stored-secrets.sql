CREATE TABLE "stored_secrets" (
	"owner" text NOT NULL,
	"field" text NOT NULL,
	"envelope" text NOT NULL,
	"key_id" text NOT NULL,
	"changed_at" bigint NOT NULL,
	"changed_by" text NOT NULL,
	CONSTRAINT "stored_secrets_owner_field_pk" PRIMARY KEY("owner","field")
);
