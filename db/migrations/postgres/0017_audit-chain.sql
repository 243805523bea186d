CREATE TABLE "audit_chain" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"entry_id" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"key" bigint PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "line_reviews" ADD COLUMN "earlier" text DEFAULT '[]' NOT NULL;
--> statement-breakpoint
CREATE FUNCTION "audit_chain_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'the audit log only grows'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_chain_no_update" BEFORE UPDATE ON "audit_chain" FOR EACH ROW EXECUTE FUNCTION "audit_chain_no_update"();
--> statement-breakpoint
CREATE FUNCTION "audit_chain_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'the audit log only grows'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_chain_no_delete" BEFORE DELETE ON "audit_chain" FOR EACH ROW EXECUTE FUNCTION "audit_chain_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "audit_chain_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_chain_no_truncate" BEFORE TRUNCATE ON "audit_chain" FOR EACH STATEMENT EXECUTE FUNCTION "audit_chain_no_truncate"();
