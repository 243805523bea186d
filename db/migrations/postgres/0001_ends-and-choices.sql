CREATE INDEX "workloads_ended" ON "workloads" USING btree ("cluster_id",(case when completed_at is not null then completed_at when deleted_at is not null then deleted_at else 253402300799 end),"created_at");--> statement-breakpoint
CREATE INDEX "workloads_user" ON "workloads" USING btree ("submitted_by","project_key");--> statement-breakpoint
CREATE INDEX "workloads_category" ON "workloads" USING btree ("category","project_key");--> statement-breakpoint
CREATE INDEX "workloads_phase" ON "workloads" USING btree ("phase","project_key");