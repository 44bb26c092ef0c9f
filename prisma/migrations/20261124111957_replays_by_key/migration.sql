-- Where the entries under these idempotency keys' hashes are, each of which covers its workspace. Asked under the lock of a
-- balance: without statistics the planner takes a hundred hashes for half the table and reads all of it.
CREATE FUNCTION "find_replays"(hashes bytea[], since timestamptz)
  RETURNS TABLE (workspace_id uuid, seq bigint, created_at timestamptz)
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
  SELECT e.workspace_id, e.seq, e.created_at FROM ledger_entry e
    WHERE e.idempotency_key_hash = ANY (hashes) AND e.created_at >= since
$$;
