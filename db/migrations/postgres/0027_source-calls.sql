CREATE TABLE "source_calls" (
	"source" text NOT NULL,
	"outcome" text NOT NULL,
	"bound_ms" bigint NOT NULL,
	"calls" bigint NOT NULL,
	"took_ms" bigint NOT NULL,
	CONSTRAINT "source_calls_source_outcome_bound_ms_pk" PRIMARY KEY("source","outcome","bound_ms")
);
