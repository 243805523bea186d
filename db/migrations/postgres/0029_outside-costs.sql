CREATE TABLE "namespace_costs" (
	"cluster_id" text NOT NULL,
	"day" bigint NOT NULL,
	"namespace" text NOT NULL,
	"currency" text NOT NULL,
	"cpu_micros" bigint,
	"memory_micros" bigint,
	"storage_micros" bigint,
	"network_micros" bigint,
	"load_balancer_micros" bigint,
	"gpu_micros" bigint,
	"gpu_milli_hours" bigint,
	"read_at" bigint NOT NULL,
	CONSTRAINT "namespace_costs_cluster_id_day_namespace_pk" PRIMARY KEY("cluster_id","day","namespace")
);
--> statement-breakpoint
CREATE TABLE "readings" (
	"name" text NOT NULL,
	"started_at" bigint NOT NULL,
	"finished_at" bigint,
	"calls" bigint NOT NULL,
	"status" text NOT NULL,
	"detail" text NOT NULL,
	"read_by" text NOT NULL,
	CONSTRAINT "readings_name_started_at_pk" PRIMARY KEY("name","started_at")
);
--> statement-breakpoint
ALTER TABLE "bill_lines" ADD COLUMN "gpu_milli_hours" bigint;--> statement-breakpoint
ALTER TABLE "bill_lines" ADD COLUMN "estimated" bigint DEFAULT 0 NOT NULL;