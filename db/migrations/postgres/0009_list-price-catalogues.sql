CREATE TABLE "list_prices" (
	"catalogue" text NOT NULL,
	"position" bigint NOT NULL,
	"cloud" text NOT NULL,
	"instance" text NOT NULL,
	"region" text NOT NULL,
	"zone" text NOT NULL,
	"gpu_model" text NOT NULL,
	"gpus" bigint NOT NULL,
	"on_demand" text NOT NULL,
	"spot" text NOT NULL,
	"on_demand_nanos" bigint,
	"spot_nanos" bigint,
	"currency" text NOT NULL,
	"source" text NOT NULL,
	"as_of" text NOT NULL,
	"words" text NOT NULL,
	CONSTRAINT "list_prices_catalogue_position_pk" PRIMARY KEY("catalogue","position")
);
