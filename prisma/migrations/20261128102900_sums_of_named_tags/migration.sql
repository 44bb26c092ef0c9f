-- Writes what was decided about some workspaces' credits, each whole or not at all, and says for each whether it did:
-- BUSY when another transaction has its lock (only unless is_patient: then it waits), STALE when anything that the
-- decisions were made from has changed since, or their time is over, REPLAY when an idempotency key is known, else
-- DECIDED, with the time of its entries. src/core/credits/store.ts is its only caller.
CREATE OR REPLACE FUNCTION "commit_decisions"(accounts json, new_entries json, splits json, grants json, grant_changes json, spends json, holds json, hold_draws json,
  rollups json, remembered_days integer, is_patient boolean)
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
  cells usage_quarter[];
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
      AND a.tenant = (SELECT concat_ws('.', t.xmin, p.xmin) FROM workspace t JOIN plan p ON p.name = t.plan_name WHERE t.id = a.workspace_id)
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
      discount_percent, price, credits, available_change, available_after, held_after, tag, metadata, environment, api_key_id, member_id,
      actor_kind, actor_id, latency_ms, reason, grant_id, is_split, hold_id, ref_seq, request_hash, idempotency_key_hash,
      cap_api_key_id, cap_period, cap_credits, cap_spent)
    SELECT e.workspace_id, e.seq, times[array_position(locked, e.workspace_id)], e.kind, e.outcome, e.decline_reason, e.operation, e.units, e.base_price,
      e.discount_percent, e.price, e.credits, e.available_change, e.available_after, e.held_after, e.tag, e.metadata, e.environment, e.api_key_id, e.member_id,
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
    SET remaining = g.remaining + c.remaining, held = g.held + c.held, spent = g.spent + c.spent, expired = g.expired + c.expired,
      voided_at = CASE WHEN c.is_voided THEN times[array_position(locked, c.workspace_id)] ELSE g.voided_at END
    FROM json_to_recordset(grant_changes)
      AS c (id uuid, workspace_id uuid, remaining bigint, held bigint, spent bigint, expired bigint, is_voided boolean)
    WHERE g.id = c.id AND g.workspace_id = c.workspace_id AND c.workspace_id = ANY (passed);

  IF json_array_length(holds) > 0 THEN
    INSERT INTO hold (id, workspace_id, api_key_id, member_id, environment, operation, base_price, discount_percent, overage,
        amount, captured, released, state, expires_at, created_at, closed_at, tag, seq)
      SELECT h.id, h.workspace_id, h.api_key_id, h.member_id, h.environment, h.operation, h.base_price, h.discount_percent, h.overage,
        h.amount, h.captured, h.released, h.state, n.at + make_interval(secs => h.lifetime_s), n.at,
        CASE WHEN h.state <> 'OPEN' THEN n.at END, h.tag, h.seq
      FROM json_to_recordset(holds)
        AS h (id uuid, workspace_id uuid, api_key_id uuid, member_id uuid, environment environment, operation text, base_price bigint,
          discount_percent integer, overage hold_overage, amount bigint, captured bigint, released bigint, state hold_state,
          lifetime_s integer, tag text, seq bigint, is_new boolean)
      CROSS JOIN LATERAL (SELECT times[array_position(locked, h.workspace_id)]) AS n (at)
      WHERE h.is_new AND h.workspace_id = ANY (passed);

    UPDATE hold
      SET amount = h.amount, captured = h.captured, released = h.released, state = h.state,
        expires_at = greatest(hold.expires_at, n.at + make_interval(secs => h.lifetime_s)),
        closed_at = CASE WHEN h.state <> 'OPEN' THEN n.at END
      FROM json_to_recordset(holds)
        AS h (id uuid, workspace_id uuid, amount bigint, captured bigint, released bigint, state hold_state, lifetime_s integer, is_new boolean)
      CROSS JOIN LATERAL (SELECT times[array_position(locked, h.workspace_id)]) AS n (at)
      WHERE hold.id = h.id AND NOT h.is_new AND h.workspace_id = ANY (passed);

    INSERT INTO hold_draw (hold_id, grant_id, credits)
      SELECT d.hold_id, d.grant_id, d.credits
      FROM json_to_recordset(hold_draws) AS d (workspace_id uuid, hold_id uuid, grant_id uuid, credits bigint)
      WHERE d.workspace_id = ANY (passed)
      ON CONFLICT (hold_id, grant_id) DO UPDATE SET credits = excluded.credits;
  END IF;

  -- What is given back leaves a row that was written when it was charged: adding a negative one would break its CHECK.
  WITH counted AS MATERIALIZED (
    SELECT s.workspace_id, s.api_key_id, n.day, sum(s.credits)::bigint AS credits
    FROM json_to_recordset(spends) AS s (workspace_id uuid, api_key_id uuid, day date, credits bigint)
    CROSS JOIN LATERAL (
      SELECT coalesce(s.day, (times[array_position(locked, s.workspace_id)] AT TIME ZONE 'UTC')::date)) AS n (day)
    WHERE s.workspace_id = ANY (passed)
    GROUP BY 1, 2, 3),
  given_back AS (
    UPDATE api_key_spend s SET credits = s.credits + c.credits FROM counted c
    WHERE c.credits < 0 AND s.api_key_id = c.api_key_id AND s.day = c.day)
  INSERT INTO api_key_spend (workspace_id, api_key_id, day, credits)
    SELECT c.workspace_id, c.api_key_id, c.day, c.credits FROM counted c WHERE c.credits > 0
    ON CONFLICT (api_key_id, day) DO UPDATE SET credits = api_key_spend.credits + excluded.credits;

  cells := ARRAY(SELECT json_populate_recordset(NULL::usage_quarter, rollups));

  IF EXISTS (SELECT FROM unnest(cells) AS c WHERE c.tag <> '' AND c.workspace_id = ANY (passed) AND NOT EXISTS (
      SELECT FROM usage_tag k WHERE k.workspace_id = c.workspace_id AND k.tag = c.tag
        AND k.month = date_trunc('month', times[array_position(locked, c.workspace_id)] AT TIME ZONE 'UTC')::date)) THEN
    -- A month names the first 1,000 tags of a workspace: whoever writes another into every call must not make the sums as
    -- long as the ledger.
    INSERT INTO usage_tag (workspace_id, month, tag)
      SELECT t.workspace_id, t.month, t.tag FROM (
        SELECT c.workspace_id, n.month, c.tag, row_number() OVER (PARTITION BY c.workspace_id ORDER BY min(c.first_seq), c.tag) AS place
        FROM unnest(cells) AS c
        CROSS JOIN LATERAL (
          SELECT date_trunc('month', times[array_position(locked, c.workspace_id)] AT TIME ZONE 'UTC')::date) AS n (month)
        WHERE c.tag <> '' AND c.workspace_id = ANY (passed)
          AND NOT EXISTS (SELECT FROM usage_tag k WHERE k.workspace_id = c.workspace_id AND k.month = n.month AND k.tag = c.tag)
        GROUP BY 1, 2, 3) AS t
      WHERE t.place <= 1000 - (SELECT count(*) FROM usage_tag k WHERE k.workspace_id = t.workspace_id AND k.month = t.month);

    INSERT INTO usage_quarter AS u (workspace_id, quarter, api_key_id, operation, outcome, tag, member_id, environment,
        calls, credits, refunded, first_seq, last_seq)
      SELECT c.workspace_id, n.quarter, c.api_key_id, c.operation, c.outcome, n.tag, c.member_id, c.environment,
        sum(c.calls), sum(c.credits), sum(c.refunded), min(c.first_seq), max(c.last_seq)
      FROM unnest(cells) AS c
      CROSS JOIN LATERAL (SELECT times[array_position(locked, c.workspace_id)]) AS w (at)
      CROSS JOIN LATERAL (SELECT date_bin('15 minutes', w.at, 'epoch'), CASE WHEN c.tag = '' OR EXISTS (
          SELECT FROM usage_tag k WHERE k.workspace_id = c.workspace_id
            AND k.month = date_trunc('month', w.at AT TIME ZONE 'UTC')::date AND k.tag = c.tag)
        THEN c.tag ELSE '*' END) AS n (quarter, tag)
      WHERE c.workspace_id = ANY (passed)
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
      ON CONFLICT (workspace_id, quarter, api_key_id, operation, outcome, tag) DO UPDATE
        SET calls = u.calls + excluded.calls, credits = u.credits + excluded.credits, refunded = u.refunded + excluded.refunded,
          first_seq = least(u.first_seq, excluded.first_seq), last_seq = greatest(u.last_seq, excluded.last_seq);
  ELSIF cells <> '{}' THEN
    -- Mostly the month has named all tags, and what was grouped in memory is written as it is, at less than half of that cost.
    INSERT INTO usage_quarter AS u (workspace_id, quarter, api_key_id, operation, outcome, tag, member_id, environment,
        calls, credits, refunded, first_seq, last_seq)
      SELECT c.workspace_id, date_bin('15 minutes', times[array_position(locked, c.workspace_id)], 'epoch'), c.api_key_id, c.operation,
        c.outcome, c.tag, c.member_id, c.environment, c.calls, c.credits, c.refunded, c.first_seq, c.last_seq
      FROM unnest(cells) AS c WHERE c.workspace_id = ANY (passed)
      ON CONFLICT (workspace_id, quarter, api_key_id, operation, outcome, tag) DO UPDATE
        SET calls = u.calls + excluded.calls, credits = u.credits + excluded.credits, refunded = u.refunded + excluded.refunded,
          first_seq = least(u.first_seq, excluded.first_seq), last_seq = greatest(u.last_seq, excluded.last_seq);
  END IF;

  UPDATE balance b
    SET available = b.available + c.available, held = b.held + c.held, granted_total = b.granted_total + c.granted,
      spent_total = b.spent_total + c.spent, expired_total = b.expired_total + c.expired, seq = c.last_seq,
      last_entry_at = CASE WHEN c.last_seq = b.seq THEN b.last_entry_at ELSE times[array_position(locked, c.workspace_id)] END,
      next_due_at = c.due_at,
      allowance_anchor = coalesce(c.allowance_anchor, b.allowance_anchor), allowance_since = coalesce(c.allowance_since, b.allowance_since),
      allowance_until = coalesce(c.allowance_until, b.allowance_until), allowance_credits = coalesce(c.allowance_credits, b.allowance_credits)
    FROM json_to_recordset(accounts)
      AS c (workspace_id uuid, available bigint, held bigint, granted bigint, spent bigint, expired bigint, last_seq bigint,
        due_at timestamptz, allowance_anchor date, allowance_since timestamptz, allowance_until timestamptz, allowance_credits bigint)
    WHERE b.workspace_id = c.workspace_id AND c.workspace_id = ANY (passed);
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> cardinality(passed) THEN RAISE 'commit_decisions wrote % of % balances', written, cardinality(passed); END IF;

  RETURN QUERY
    SELECT n, CASE WHEN n = ANY (passed) THEN 'DECIDED' WHEN n = ANY (replayed) THEN 'REPLAY'
      WHEN n = ANY (locked) THEN 'STALE' ELSE 'BUSY' END, times[array_position(locked, n)]
    FROM unnest(named) AS n;
END
$$;
