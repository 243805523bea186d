CREATE TABLE "anomaly_feedback" (
	"measure" text NOT NULL,
	"scope_kind" text NOT NULL,
	"scope_key" bigint NOT NULL,
	"day" bigint NOT NULL,
	"verdict" text NOT NULL,
	"note" text NOT NULL,
	"given_by" text NOT NULL,
	"given_at" bigint NOT NULL,
	CONSTRAINT "anomaly_feedback_measure_scope_kind_scope_key_day_pk" PRIMARY KEY("measure","scope_kind","scope_key","day")
);
--> statement-breakpoint
CREATE TABLE "savings_actions" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_key" bigint NOT NULL,
	"acted_day" bigint NOT NULL,
	"expires_day" bigint NOT NULL,
	"note" text NOT NULL,
	"recorded_by" text NOT NULL,
	"recorded_at" bigint NOT NULL,
	"withdrawn_at" bigint
);
--> statement-breakpoint
CREATE INDEX "savings_actions_subject" ON "savings_actions" USING btree ("subject_kind","subject_key");