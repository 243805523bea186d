ALTER TABLE "alert_rules" ADD COLUMN "title_template" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "alert_rules" ADD COLUMN "summary_template" text DEFAULT '' NOT NULL;