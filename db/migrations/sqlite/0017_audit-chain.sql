CREATE TABLE `audit_chain` (
	`sequence` integer PRIMARY KEY NOT NULL,
	`entry_id` text NOT NULL,
	`hash` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `audit_head` (
	`key` integer PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL,
	`hash` text NOT NULL
) STRICT;
--> statement-breakpoint
ALTER TABLE `line_reviews` ADD `earlier` text DEFAULT '[]' NOT NULL;
--> statement-breakpoint
CREATE TRIGGER "audit_chain_no_insert" BEFORE INSERT ON "audit_chain" BEGIN SELECT RAISE(ABORT, 'the audit log only grows') WHERE exists (select 1 from audit_chain r where r.sequence = NEW.sequence); END;
--> statement-breakpoint
CREATE TRIGGER "audit_chain_no_update" BEFORE UPDATE ON "audit_chain" BEGIN SELECT RAISE(ABORT, 'the audit log only grows') WHERE true; END;
--> statement-breakpoint
CREATE TRIGGER "audit_chain_no_delete" BEFORE DELETE ON "audit_chain" BEGIN SELECT RAISE(ABORT, 'the audit log only grows') WHERE true; END;
