-- Nodes of the version before sum nothing up. While nodes are replaced one after another they debit beside newer ones, so
-- what they would have to add to the sums of usage is made from their entries here. Drop it when no such node can be left.
CREATE FUNCTION "commit_decisions"(accounts json, new_entries json, splits json, grants json, grant_changes json, spends json, holds json, hold_draws json,
  remembered_days integer, is_patient boolean)
RETURNS TABLE (workspace_id uuid, verdict text, at timestamptz)
LANGUAGE sql
AS $$
  SELECT d.workspace_id, d.verdict, d.at FROM commit_decisions(accounts, new_entries, splits, grants, grant_changes, spends, holds, hold_draws,
    (SELECT coalesce(json_agg(c), '[]') FROM (
      SELECT e.workspace_id, e.api_key_id, e.member_id, coalesce(e.operation, '') AS operation, e.outcome, e.environment,
        coalesce('=' || e.tag, '') AS tag, count(*) FILTER (WHERE e.kind <> 'REFUND') AS calls,
        coalesce(sum(e.credits) FILTER (WHERE e.kind <> 'REFUND'), 0) AS credits,
        coalesce(sum(e.credits) FILTER (WHERE e.kind = 'REFUND'), 0) AS refunded,
        min(e.seq) FILTER (WHERE e.kind <> 'REFUND') AS first_seq, max(e.seq) FILTER (WHERE e.kind <> 'REFUND') AS last_seq
      FROM json_populate_recordset(NULL::ledger_entry, new_entries) AS e
      WHERE e.kind IN ('USAGE', 'CAPTURE', 'REFUND') AND e.api_key_id IS NOT NULL AND e.member_id IS NOT NULL
      GROUP BY 1, 2, 3, 4, 5, 6, 7) AS c),
    remembered_days, is_patient) AS d
$$;
