-- CreateIndex
CREATE INDEX "ledger_entry_created_at_idx" ON "ledger_entry" USING BRIN ("created_at");

-- What is few beside calls, for the ledger by kinds: no call is in it, so it costs a debit nothing.
CREATE INDEX "ledger_entry_movements" ON "ledger_entry" ("workspace_id", "seq") WHERE kind NOT IN ('USAGE', 'CAPTURE');
