-- DropIndex
DROP INDEX "ledger_entry_workspace_id_idempotency_key_hash_idx";

-- CreateIndex
CREATE INDEX "ledger_entry_idempotency_key_hash_idx" ON "ledger_entry"("idempotency_key_hash");

-- The stored hash of an idempotency key covers its workspace from now on, so that one tenant's keys cannot fill another's
-- index pages. What is stored already follows from what was stored.
ALTER TABLE "ledger_entry" DISABLE TRIGGER "ledger_entry_append_only";
UPDATE "ledger_entry" SET "idempotency_key_hash" = substring(sha256(uuid_send("workspace_id") || "idempotency_key_hash") FROM 1 FOR 16)
  WHERE "idempotency_key_hash" IS NOT NULL;
ALTER TABLE "ledger_entry" ENABLE TRIGGER "ledger_entry_append_only";
UPDATE "idempotency_record" SET "key_hash" = substring(sha256(uuid_send("scope_id") || "key_hash") FROM 1 FOR 16);

-- Grants that still pay, or will again once what is held in them is released.
DROP INDEX "credit_grant_spendable";
CREATE INDEX "credit_grant_open" ON "credit_grant" ("workspace_id") WHERE remaining + held > 0;

-- Everything that decisions about some workspaces' credits are made from, as of one moment. wanted: for each workspace
-- the API keys and operations that the decisions name. src/core/credits/account.ts reads the answer. A version changes
-- with every write to the rows that it was read from.
CREATE FUNCTION "read_accounts"(wanted json) RETURNS TABLE (workspace_id uuid, account json)
LANGUAGE plpgsql STABLE
-- Plans made while tables were still empty would stay with the session: no scan of a whole table is ever right here.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
  RETURN QUERY
  SELECT b.workspace_id, json_build_object(
    'at', n.at,
    'available', b.available::text,
    'held', b.held::text,
    'seq', b.seq::text,
    'tenant', json_build_object('version', t.xmin::text, 'isDeleted', t.deleted_at IS NOT NULL),
    'grants', (
      SELECT coalesce(json_agg(json_build_object('id', g.id, 'priority', g.priority, 'expiresAt', g.expires_at,
        'createdAt', g.created_at, 'remaining', g.remaining::text, 'held', g.held::text)), '[]')
      FROM credit_grant g WHERE g.workspace_id = b.workspace_id AND g.remaining + g.held > 0),
    'keys', (
      SELECT coalesce(json_agg(json_build_object('id', k.id, 'version', concat_ws('.', k.xmin, m.xmin,
          (SELECT string_agg(s.xmin::text, '.' ORDER BY s.id) FROM api_key_secret s WHERE s.api_key_id = k.id)),
        'memberId', k.member_id, 'role', m.role, 'environment', k.environment, 'scopes', k.scopes,
        'expiresAt', k.expires_at, 'disabledAt', k.disabled_at, 'revokedAt', k.revoked_at, 'parentId', k.parent_id,
        'capTotal', k.cap_total::text, 'capDay', k.cap_day::text, 'capWeek', k.cap_week::text, 'capMonth', k.cap_month::text,
        'secrets', (SELECT json_agg(json_build_object('id', s.id, 'expiresAt', s.expires_at)) FROM api_key_secret s WHERE s.api_key_id = k.id),
        'spent', CASE WHEN num_nonnulls(k.cap_total, k.cap_day, k.cap_week, k.cap_month) > 0 THEN (
          SELECT json_build_object('TOTAL', coalesce(sum(s.credits), 0)::text,
            'MONTH', coalesce(sum(s.credits) FILTER (WHERE s.day >= date_trunc('month', n.at AT TIME ZONE 'UTC')::date), 0)::text,
            'WEEK', coalesce(sum(s.credits) FILTER (WHERE s.day >= date_trunc('week', n.at AT TIME ZONE 'UTC')::date), 0)::text,
            'DAY', coalesce(sum(s.credits) FILTER (WHERE s.day >= (n.at AT TIME ZONE 'UTC')::date), 0)::text)
          FROM api_key_spend s WHERE s.api_key_id = k.id) END)), '[]')
      FROM (SELECT unnest(w.keys) UNION SELECT c.parent_id FROM api_key c WHERE c.id = ANY (w.keys)) AS named (id)
      JOIN api_key k ON k.id = named.id AND k.workspace_id = b.workspace_id
      JOIN member m ON m.id = k.member_id),
    'operations', (
      SELECT coalesce(json_agg(json_build_object('name', o.name, 'version', o.xmin::text, 'price', o.price::text)), '[]')
      FROM operation o WHERE o.name = ANY (w.operations)))
  FROM json_to_recordset(wanted) AS w (workspace_id uuid, keys uuid[], operations text[])
  JOIN balance b ON b.workspace_id = w.workspace_id
  JOIN workspace t ON t.id = w.workspace_id
  CROSS JOIN LATERAL (SELECT greatest(b.last_entry_at, date_trunc('milliseconds', clock_timestamp()))) AS n (at);
END
$$;

-- Writes what was decided about some workspaces' credits, each whole or not at all, and says for each whether it did:
-- BUSY when another transaction has its lock (only unless is_patient: then it waits), STALE when anything that the
-- decisions were made from has changed since, or their time is over, REPLAY when an idempotency key is known, else
-- DECIDED, with the time of its entries. src/core/credits/store.ts is its only caller.
CREATE FUNCTION "commit_decisions"(accounts json, new_entries json, splits json, grants json, grant_changes json, spends json, remembered_days integer,
  is_patient boolean)
RETURNS TABLE (workspace_id uuid, verdict text, at timestamptz)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  named uuid[];
  locked uuid[];
  seqs bigint[];
  times timestamptz[];
  fresh uuid[];
  replayed uuid[];
  passed uuid[];
  entries ledger_entry[];
  written integer;
BEGIN
  SELECT array_agg(a.workspace_id ORDER BY a.workspace_id) INTO named
    FROM json_to_recordset(accounts) AS a (workspace_id uuid);

  -- The first lock of everything that decides about credits; in one order, so that no two batches wait for each other.
  -- The clock is read after it.
  IF is_patient THEN
    WITH l AS MATERIALIZED (
      SELECT b.workspace_id, b.seq, b.last_entry_at FROM balance b WHERE b.workspace_id = ANY (named)
      ORDER BY b.workspace_id FOR NO KEY UPDATE)
    SELECT array_agg(l.workspace_id), array_agg(l.seq),
        array_agg(greatest(l.last_entry_at, date_trunc('milliseconds', clock_timestamp())))
      INTO locked, seqs, times FROM l;
  ELSE
    WITH l AS MATERIALIZED (
      SELECT b.workspace_id, b.seq, b.last_entry_at FROM balance b WHERE b.workspace_id = ANY (named)
      ORDER BY b.workspace_id FOR NO KEY UPDATE SKIP LOCKED)
    SELECT array_agg(l.workspace_id), array_agg(l.seq),
        array_agg(greatest(l.last_entry_at, date_trunc('milliseconds', clock_timestamp())))
      INTO locked, seqs, times FROM l;
  END IF;

  -- Statements from here on see what the previous holders of the locks committed.
  -- Subqueries that give a value are looked up row by row through an index, whatever the planner thinks of the tables.
  fresh := ARRAY(SELECT a.workspace_id
    FROM json_to_recordset(accounts)
      AS a (workspace_id uuid, seq bigint, valid_from timestamptz, valid_until timestamptz, tenant text, keys json, operations json)
    WHERE a.seq = seqs[array_position(locked, a.workspace_id)]
      AND times[array_position(locked, a.workspace_id)] >= a.valid_from
      AND (a.valid_until IS NULL OR times[array_position(locked, a.workspace_id)] < a.valid_until)
      AND a.tenant = (SELECT t.xmin::text FROM workspace t WHERE t.id = a.workspace_id)
      AND NOT EXISTS (SELECT FROM json_each_text(a.keys) AS v WHERE v.value IS DISTINCT FROM (
        SELECT concat_ws('.', k.xmin, m.xmin,
          (SELECT string_agg(s.xmin::text, '.' ORDER BY s.id) FROM api_key_secret s WHERE s.api_key_id = k.id))
        FROM api_key k JOIN member m ON m.id = k.member_id WHERE k.id = v.key::uuid))
      AND NOT EXISTS (SELECT FROM json_each_text(a.operations) AS v WHERE v.value IS DISTINCT FROM (
        SELECT o.xmin::text FROM operation o WHERE o.name = v.key)));

  entries := ARRAY(SELECT json_populate_recordset(NULL::ledger_entry, new_entries));

  SELECT array_agg(DISTINCT e.workspace_id) INTO replayed FROM ledger_entry e
    WHERE e.idempotency_key_hash = ANY (ARRAY(
        SELECT n.idempotency_key_hash FROM unnest(entries) AS n WHERE n.workspace_id = ANY (fresh)))
      AND e.created_at >= (SELECT min(t) FROM unnest(times) AS t) - make_interval(days => remembered_days);

  passed := ARRAY(SELECT f FROM unnest(fresh) AS f WHERE replayed IS NULL OR f <> ALL (replayed));

  INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, decline_reason, operation, units, base_price,
      discount_percent, price, credits, available_after, held_after, tag, metadata, environment, api_key_id, member_id,
      actor_kind, actor_id, latency_ms, reason, grant_id, is_split, hold_id, ref_seq, request_hash, idempotency_key_hash,
      cap_api_key_id, cap_period, cap_credits, cap_spent)
    SELECT e.workspace_id, e.seq, times[array_position(locked, e.workspace_id)], e.kind, e.outcome, e.decline_reason, e.operation, e.units, e.base_price,
      e.discount_percent, e.price, e.credits, e.available_after, e.held_after, e.tag, e.metadata, e.environment, e.api_key_id, e.member_id,
      e.actor_kind, e.actor_id, e.latency_ms, e.reason, e.grant_id, e.is_split, e.hold_id, e.ref_seq, e.request_hash, e.idempotency_key_hash,
      e.cap_api_key_id, e.cap_period, e.cap_credits, e.cap_spent
    FROM unnest(entries) AS e WHERE e.workspace_id = ANY (passed);

  INSERT INTO ledger_split (workspace_id, seq, created_at, grant_id, credits)
    SELECT s.workspace_id, s.seq, times[array_position(locked, s.workspace_id)], s.grant_id, s.credits
    FROM json_to_recordset(splits) AS s (workspace_id uuid, seq bigint, grant_id uuid, credits bigint)
    WHERE s.workspace_id = ANY (passed);

  INSERT INTO credit_grant (id, workspace_id, source, priority, amount, remaining, expires_at, created_at, seq, reason, actor_kind, actor_id)
    SELECT g.id, g.workspace_id, g.source, g.priority, g.amount, g.amount, g.expires_at,
      times[array_position(locked, g.workspace_id)], g.seq, g.reason, g.actor_kind, g.actor_id
    FROM json_populate_recordset(NULL::credit_grant, grants) AS g WHERE g.workspace_id = ANY (passed);

  UPDATE credit_grant g
    SET remaining = g.remaining + c.remaining, held = g.held + c.held, spent = g.spent + c.spent, expired = g.expired + c.expired
    FROM json_to_recordset(grant_changes)
      AS c (id uuid, workspace_id uuid, remaining bigint, held bigint, spent bigint, expired bigint)
    WHERE g.id = c.id AND g.workspace_id = c.workspace_id AND c.workspace_id = ANY (passed);

  INSERT INTO api_key_spend (workspace_id, api_key_id, day, credits)
    SELECT s.workspace_id, s.api_key_id, (times[array_position(locked, s.workspace_id)] AT TIME ZONE 'UTC')::date, s.credits
    FROM json_to_recordset(spends) AS s (workspace_id uuid, api_key_id uuid, credits bigint)
    WHERE s.workspace_id = ANY (passed)
    ON CONFLICT (api_key_id, day) DO UPDATE SET credits = api_key_spend.credits + excluded.credits;

  UPDATE balance b
    SET available = b.available + c.available, held = b.held + c.held, granted_total = b.granted_total + c.granted,
      spent_total = b.spent_total + c.spent, expired_total = b.expired_total + c.expired, seq = c.last_seq,
      last_entry_at = times[array_position(locked, c.workspace_id)]
    FROM json_to_recordset(accounts)
      AS c (workspace_id uuid, available bigint, held bigint, granted bigint, spent bigint, expired bigint, last_seq bigint)
    WHERE b.workspace_id = c.workspace_id AND c.workspace_id = ANY (passed);
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> cardinality(passed) THEN RAISE 'commit_decisions wrote % of % balances', written, cardinality(passed); END IF;

  RETURN QUERY
    SELECT n, CASE WHEN n = ANY (passed) THEN 'DECIDED' WHEN n = ANY (replayed) THEN 'REPLAY'
      WHEN n = ANY (locked) THEN 'STALE' ELSE 'BUSY' END, times[array_position(locked, n)]
    FROM unnest(named) AS n;
END
$$;
