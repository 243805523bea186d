ALTER TABLE "saved_views" ADD COLUMN "team_key" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "saved_views_team" ON "saved_views" USING btree ("path","team_key");