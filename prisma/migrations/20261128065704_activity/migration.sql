-- What `activity` replays of the ledger: all but plain calls, of which there may be millions between two such decisions.
-- A plain call is not in it, so a debit pays nothing for it.
CREATE INDEX "ledger_entry_decisions" ON "ledger_entry" ("workspace_id", "seq") WHERE kind <> 'USAGE';
