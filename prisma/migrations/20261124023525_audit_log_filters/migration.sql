-- CreateIndex
CREATE INDEX "event_workspace_id_type_number_idx" ON "event"("workspace_id", "type", "number");

-- CreateIndex
CREATE INDEX "event_workspace_id_actor_id_number_idx" ON "event"("workspace_id", "actor_id", "number");

-- CreateIndex
CREATE INDEX "event_workspace_id_target_id_number_idx" ON "event"("workspace_id", "target_id", "number");
