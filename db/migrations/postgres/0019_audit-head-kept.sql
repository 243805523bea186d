CREATE FUNCTION "audit_head_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'the audit log only grows'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_head_no_delete" BEFORE DELETE ON "audit_head" FOR EACH ROW EXECUTE FUNCTION "audit_head_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "audit_head_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_head_no_truncate" BEFORE TRUNCATE ON "audit_head" FOR EACH STATEMENT EXECUTE FUNCTION "audit_head_no_truncate"();
