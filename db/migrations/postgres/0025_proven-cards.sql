ALTER TABLE "clusters" ADD COLUMN "missing_at" bigint;--> statement-breakpoint
ALTER TABLE "node_states" ADD COLUMN "cards" bigint;