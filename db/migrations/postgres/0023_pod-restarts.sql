CREATE TABLE "pod_restarts" (
	"cluster_id" text NOT NULL,
	"pod_id" text NOT NULL,
	"at" bigint NOT NULL,
	"workload_key" bigint NOT NULL,
	CONSTRAINT "pod_restarts_cluster_id_pod_id_at_pk" PRIMARY KEY("cluster_id","pod_id","at")
);
--> statement-breakpoint
ALTER TABLE "pods" ADD COLUMN "latest_start_at" bigint;--> statement-breakpoint
CREATE INDEX "pod_restarts_workload" ON "pod_restarts" USING btree ("workload_key");