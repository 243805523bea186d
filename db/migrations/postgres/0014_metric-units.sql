CREATE TABLE "metric_units" (
	"source" text NOT NULL,
	"name" text NOT NULL,
	"day" bigint NOT NULL,
	"unit" text NOT NULL,
	CONSTRAINT "metric_units_source_name_day_unit_pk" PRIMARY KEY("source","name","day","unit")
);
