CREATE TABLE "burst_applied" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"applied_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "burst_rates" (
	"from_at" bigint PRIMARY KEY NOT NULL,
	"rate_micros" bigint NOT NULL,
	"recorded_by" text NOT NULL,
	"recorded_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "burst_switches" (
	"at" bigint PRIMARY KEY NOT NULL,
	"is_on" bigint NOT NULL,
	"source" text NOT NULL,
	"note" text NOT NULL,
	"recorded_by" text NOT NULL,
	"recorded_at" bigint NOT NULL
);
