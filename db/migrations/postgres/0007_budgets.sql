CREATE TABLE "budgets" (
	"scope_kind" text NOT NULL,
	"scope_value" text NOT NULL,
	"from_day" bigint NOT NULL,
	"version" bigint NOT NULL,
	"span" text NOT NULL,
	"amount_micros" bigint,
	"carry_over" bigint NOT NULL,
	"warning_percent" bigint NOT NULL,
	"critical_percent" bigint NOT NULL,
	"note" text NOT NULL,
	"withdrawn" bigint NOT NULL,
	"recorded_by" text NOT NULL,
	"recorded_at" bigint NOT NULL,
	CONSTRAINT "budgets_scope_kind_scope_value_from_day_version_pk" PRIMARY KEY("scope_kind","scope_value","from_day","version")
);
--> statement-breakpoint
CREATE TABLE "planned_events" (
	"id" text PRIMARY KEY NOT NULL,
	"scope_kind" text NOT NULL,
	"scope_value" text NOT NULL,
	"from_day" bigint NOT NULL,
	"until_day" bigint,
	"change_percent" bigint NOT NULL,
	"per_day_micros" bigint NOT NULL,
	"note" text NOT NULL,
	"recorded_by" text NOT NULL,
	"recorded_at" bigint NOT NULL,
	"removed_at" bigint
);
