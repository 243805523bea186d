CREATE TABLE "alert_team_digests" (
	"team_key" bigint NOT NULL,
	"channel_key" bigint NOT NULL,
	"mode" text NOT NULL,
	"changed_at" bigint NOT NULL,
	"changed_by" text NOT NULL,
	CONSTRAINT "alert_team_digests_team_key_channel_key_pk" PRIMARY KEY("team_key","channel_key")
);
