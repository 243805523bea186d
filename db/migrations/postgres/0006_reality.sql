ALTER TABLE "pods" ADD COLUMN "bound_at" bigint;--> statement-breakpoint
ALTER TABLE "pods" ADD COLUMN "gpu_resources" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "workloads" ADD COLUMN "gpu_resources" text DEFAULT '' NOT NULL;