CREATE TABLE "adjustments" (
	"id" text PRIMARY KEY NOT NULL,
	"period_id" text NOT NULL,
	"team_key" bigint NOT NULL,
	"line_key" text NOT NULL,
	"amount_micros" bigint NOT NULL,
	"reason" text NOT NULL,
	"decided_by" text NOT NULL,
	"decided_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "adjustments_team" ON "adjustments" USING btree ("period_id","team_key");
--> statement-breakpoint
CREATE FUNCTION adjustments_no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = NEW.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_insert" BEFORE INSERT ON "adjustments" FOR EACH ROW EXECUTE FUNCTION adjustments_no_insert();
--> statement-breakpoint
CREATE FUNCTION adjustments_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = OLD.period_id) or exists (select 1 from closes c where c.period_id = NEW.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_update" BEFORE UPDATE ON "adjustments" FOR EACH ROW EXECUTE FUNCTION adjustments_no_update();
--> statement-breakpoint
CREATE FUNCTION adjustments_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = OLD.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_delete" BEFORE DELETE ON "adjustments" FOR EACH ROW EXECUTE FUNCTION adjustments_no_delete();
--> statement-breakpoint
CREATE FUNCTION line_reviews_no_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = NEW.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_insert" BEFORE INSERT ON "line_reviews" FOR EACH ROW EXECUTE FUNCTION line_reviews_no_insert();
--> statement-breakpoint
CREATE FUNCTION line_reviews_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = OLD.period_id) or exists (select 1 from closes c where c.period_id = NEW.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_update" BEFORE UPDATE ON "line_reviews" FOR EACH ROW EXECUTE FUNCTION line_reviews_no_update();
--> statement-breakpoint
CREATE FUNCTION line_reviews_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = OLD.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_delete" BEFORE DELETE ON "line_reviews" FOR EACH ROW EXECUTE FUNCTION line_reviews_no_delete();
--> statement-breakpoint
CREATE FUNCTION corrections_no_booking_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.booked_in <> '' and exists (select 1 from closes c where c.period_id = NEW.booked_in) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "corrections_no_booking_insert" BEFORE INSERT ON "corrections" FOR EACH ROW EXECUTE FUNCTION corrections_no_booking_insert();
--> statement-breakpoint
CREATE FUNCTION corrections_no_booking_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.booked_in <> '' and exists (select 1 from closes c where c.period_id = NEW.booked_in) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "corrections_no_booking_update" BEFORE UPDATE ON "corrections" FOR EACH ROW EXECUTE FUNCTION corrections_no_booking_update();
--> statement-breakpoint
CREATE FUNCTION closes_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where NEW.from_day < c.until_day and c.from_day < NEW.until_day) THEN RAISE EXCEPTION 'the period is closed already'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "closes_no_overlap" BEFORE INSERT ON "closes" FOR EACH ROW EXECUTE FUNCTION closes_no_overlap();
--> statement-breakpoint
CREATE FUNCTION no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'what money rests on is never emptied'; END $$;
--> statement-breakpoint
CREATE TRIGGER "charges_no_truncate" BEFORE TRUNCATE ON "charges" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "team_days_no_truncate" BEFORE TRUNCATE ON "team_days" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "shares_no_truncate" BEFORE TRUNCATE ON "shares" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "unpriced_no_truncate" BEFORE TRUNCATE ON "unpriced" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "closes_no_truncate" BEFORE TRUNCATE ON "closes" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "statements_no_truncate" BEFORE TRUNCATE ON "statements" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "statement_lines_no_truncate" BEFORE TRUNCATE ON "statement_lines" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "corrections_no_truncate" BEFORE TRUNCATE ON "corrections" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_truncate" BEFORE TRUNCATE ON "adjustments" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_truncate" BEFORE TRUNCATE ON "line_reviews" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "cost_lines_no_truncate" BEFORE TRUNCATE ON "cost_lines" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "prices_no_truncate" BEFORE TRUNCATE ON "prices" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "price_proposals_no_truncate" BEFORE TRUNCATE ON "price_proposals" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
--> statement-breakpoint
CREATE TRIGGER "audit_log_no_truncate" BEFORE TRUNCATE ON "audit_log" FOR EACH STATEMENT EXECUTE FUNCTION no_truncate();
