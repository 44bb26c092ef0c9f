-- CreateEnum
CREATE TYPE "hold_overage" AS ENUM ('REFUSE', 'TAKE');

-- CreateEnum
CREATE TYPE "hold_state" AS ENUM ('OPEN', 'CAPTURED', 'RELEASED', 'EXPIRED');

-- AlterTable
ALTER TABLE "balance" RENAME COLUMN "next_expiry_at" TO "next_due_at";

-- AlterTable
ALTER TABLE "balance" ADD COLUMN     "allowance_anchor" DATE,
ADD COLUMN     "allowance_credits" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "allowance_since" TIMESTAMPTZ(3),
ADD COLUMN     "allowance_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "ledger_entry" ADD COLUMN     "available_change" BIGINT;

-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "discount_percent" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "monthly_allowance" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "workspace" ADD COLUMN     "time_zone" TEXT NOT NULL DEFAULT 'UTC';

-- CreateTable
CREATE TABLE "hold" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "api_key_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "environment" "environment" NOT NULL,
    "operation" TEXT,
    "base_price" BIGINT,
    "discount_percent" INTEGER NOT NULL DEFAULT 0,
    "overage" "hold_overage" NOT NULL,
    "amount" BIGINT NOT NULL,
    "captured" BIGINT NOT NULL DEFAULT 0,
    "released" BIGINT NOT NULL DEFAULT 0,
    "state" "hold_state" NOT NULL DEFAULT 'OPEN',
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "tag" TEXT,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "hold_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hold_draw" (
    "hold_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "credits" BIGINT NOT NULL,

    CONSTRAINT "hold_draw_pkey" PRIMARY KEY ("hold_id","grant_id")
);

-- CreateIndex
CREATE INDEX "hold_workspace_id_id_idx" ON "hold"("workspace_id", "id");

-- AddForeignKey
ALTER TABLE "hold" ADD CONSTRAINT "hold_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's models cannot say.
ALTER TABLE "hold"
  ADD CONSTRAINT "hold_amount_positive" CHECK (amount > 0),
  ADD CONSTRAINT "hold_never_negative" CHECK (captured >= 0 AND released >= 0),
  ADD CONSTRAINT "hold_never_gives_more" CHECK (captured + released <= amount),
  ADD CONSTRAINT "hold_closed_is_empty" CHECK ((state = 'OPEN') = (closed_at IS NULL) AND (state = 'OPEN' OR captured + released = amount));
ALTER TABLE "hold_draw" ADD CONSTRAINT "hold_draw_never_negative" CHECK (credits >= 0);
ALTER TABLE "plan"
  ADD CONSTRAINT "plan_discount_is_percent" CHECK (discount_percent BETWEEN 0 AND 100),
  ADD CONSTRAINT "plan_allowance_never_negative" CHECK (monthly_allowance >= 0);
ALTER TABLE "hold" SET (fillfactor = 70);
ALTER TABLE "hold_draw" SET (fillfactor = 70);
CREATE INDEX "hold_open" ON "hold" ("workspace_id", "expires_at") WHERE state = 'OPEN';
CREATE INDEX "balance_due" ON "balance" ("next_due_at") WHERE next_due_at IS NOT NULL;
-- Costs the debits nothing: only refunds are in it.
CREATE INDEX "ledger_entry_refunds" ON "ledger_entry" ("workspace_id", "ref_seq") WHERE kind = 'REFUND';

-- From now on an entry with a grant that ends has a time at which that is due.
UPDATE "balance" b SET "next_due_at" = (
  SELECT min(g.expires_at) FROM "credit_grant" g WHERE g.workspace_id = b.workspace_id AND g.remaining > 0);

-- Which grants an entry moved credits of.
CREATE FUNCTION "entry_draws"(entry ledger_entry) RETURNS TABLE (grant_id uuid, credits bigint)
LANGUAGE sql STABLE AS $$
  SELECT entry.grant_id, entry.credits WHERE entry.grant_id IS NOT NULL
  UNION ALL
  SELECT s.grant_id, s.credits FROM ledger_split s
  WHERE entry.is_split AND s.workspace_id = entry.workspace_id AND s.seq = entry.seq
$$;

-- The period of a month that a moment falls into: the n-th begins n months after the anchor, on the last day of a month that
-- has no such day, at midnight where the workspace is. Without an anchor the first begins that day.
CREATE FUNCTION "allowance_period"(first_day date, zone text, at timestamptz) RETURNS TABLE (anchor date, since timestamptz, until timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT a.anchor, (a.anchor + make_interval(months => p.number)) AT TIME ZONE zone,
    (a.anchor + make_interval(months => p.number + 1)) AT TIME ZONE zone
  FROM (SELECT (at AT TIME ZONE zone)::date) AS l (today)
  CROSS JOIN LATERAL (SELECT coalesce(first_day, l.today)) AS a (anchor)
  CROSS JOIN LATERAL (
    SELECT (12 * (date_part('year', l.today) - date_part('year', a.anchor)) + date_part('month', l.today) - date_part('month', a.anchor))::integer
  ) AS m (number)
  CROSS JOIN LATERAL (
    SELECT m.number - CASE WHEN (a.anchor + make_interval(months => m.number))::date > l.today THEN 1 ELSE 0 END) AS p (number)
$$;

-- Everything that decisions about some workspaces' credits are made from, as of one moment. wanted: for each workspace
-- the API keys, operations, holds, charges (by seq) and grants that the decisions name; holds whose time is over are
-- among the answers unasked. src/core/credits/account.ts reads the answer. A version changes
-- with every write to the rows that it was read from.
CREATE OR REPLACE FUNCTION "read_accounts"(wanted json) RETURNS TABLE (workspace_id uuid, account json)
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
    'dueAt', b.next_due_at,
    'lowBalanceThreshold', b.low_balance_threshold::text,
    'tenant', json_build_object('version', concat_ws('.', t.xmin, p.xmin), 'isDeleted', t.deleted_at IS NOT NULL,
      'discountPercent', p.discount_percent),
    'allowance', CASE WHEN p.monthly_allowance > 0 THEN (
      SELECT json_build_object('credits', p.monthly_allowance::text, 'anchor', a.anchor, 'since', a.since, 'until', a.until,
        'given', b.allowance_credits::text, 'givenSince', b.allowance_since, 'givenUntil', b.allowance_until)
      FROM allowance_period(b.allowance_anchor, t.time_zone, n.at) AS a) END,
    'grants', (
      SELECT coalesce(json_agg(json_build_object('id', g.id, 'priority', g.priority, 'expiresAt', least(g.expires_at, g.voided_at),
        'seq', g.seq::text, 'remaining', g.remaining::text, 'held', g.held::text)), '[]')
      FROM (
        SELECT g.* FROM credit_grant g WHERE g.workspace_id = b.workspace_id AND g.remaining + g.held > 0
        UNION
        SELECT g.* FROM credit_grant g WHERE g.workspace_id = b.workspace_id AND g.id = ANY (w.grants || ARRAY(
          SELECT e.grant_id FROM ledger_entry e WHERE e.workspace_id = b.workspace_id AND e.seq = ANY (w.charges)
          UNION
          SELECT s.grant_id FROM ledger_split s WHERE s.workspace_id = b.workspace_id AND s.seq = ANY (w.charges)))) AS g),
    'openHolds', (SELECT count(*) FROM hold h WHERE h.workspace_id = b.workspace_id AND h.state = 'OPEN'),
    'nextHoldAt', (
      SELECT min(h.expires_at) FROM hold h
      WHERE h.workspace_id = b.workspace_id AND h.state = 'OPEN' AND h.expires_at > n.at AND h.id <> ALL (w.holds)),
    'holds', (
      SELECT coalesce(json_agg(json_build_object('id', h.id, 'apiKeyId', h.api_key_id, 'memberId', h.member_id,
        'parentKeyId', (SELECT k.parent_id FROM api_key k WHERE k.id = h.api_key_id),
        'environment', h.environment, 'operation', h.operation, 'basePrice', h.base_price::text,
        'discountPercent', h.discount_percent, 'overage', h.overage, 'amount', h.amount::text, 'captured', h.captured::text,
        'released', h.released::text, 'state', h.state, 'expiresAt', h.expires_at, 'createdAt', h.created_at,
        'closedAt', h.closed_at, 'tag', h.tag, 'seq', h.seq::text,
        'draws', (SELECT coalesce(json_object_agg(d.grant_id, d.credits::text), '{}') FROM hold_draw d
          WHERE d.hold_id = h.id AND d.credits > 0))), '[]')
      FROM (
        SELECT h.* FROM hold h WHERE h.workspace_id = b.workspace_id AND h.id = ANY (w.holds)
        UNION
        SELECT h.* FROM hold h WHERE h.workspace_id = b.workspace_id AND h.state = 'OPEN' AND h.expires_at <= n.at) AS h),
    'charges', (
      SELECT coalesce(json_agg(json_build_object('seq', e.seq::text, 'credits', e.credits::text, 'apiKeyId', e.api_key_id,
        'memberId', e.member_id, 'parentKeyId', (SELECT k.parent_id FROM api_key k WHERE k.id = e.api_key_id),
        'environment', e.environment, 'operation', e.operation, 'tag', e.tag,
        'countedAt', coalesce((SELECT h.created_at FROM hold h WHERE h.id = e.hold_id), e.created_at),
        'draws', (
          SELECT coalesce(json_object_agg(d.grant_id, d.credits::text), '{}') FROM (
            SELECT drawn.grant_id, sum(drawn.credits) AS credits FROM (
              SELECT d.grant_id, d.credits FROM entry_draws(e) AS d
              UNION ALL
              SELECT d.grant_id, -d.credits FROM ledger_entry r CROSS JOIN entry_draws(r) AS d
              WHERE r.workspace_id = b.workspace_id AND r.ref_seq = e.seq AND r.kind = 'REFUND') AS drawn
            GROUP BY drawn.grant_id) AS d))), '[]')
      FROM ledger_entry e
      WHERE e.workspace_id = b.workspace_id AND e.seq = ANY (w.charges) AND e.kind IN ('USAGE', 'CAPTURE')),
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
      FROM (SELECT unnest(payers.keys) UNION SELECT c.parent_id FROM api_key c WHERE c.id = ANY (payers.keys)) AS named (id)
      JOIN api_key k ON k.id = named.id AND k.workspace_id = b.workspace_id
      JOIN member m ON m.id = k.member_id),
    'operations', (
      SELECT coalesce(json_agg(json_build_object('name', o.name, 'version', o.xmin::text, 'price', o.price::text)), '[]')
      FROM operation o WHERE o.name = ANY (w.operations)))
  FROM json_to_recordset(wanted) AS w (workspace_id uuid, keys uuid[], operations text[], holds uuid[], charges bigint[], grants uuid[])
  JOIN balance b ON b.workspace_id = w.workspace_id
  JOIN workspace t ON t.id = w.workspace_id
  JOIN plan p ON p.name = t.plan_name
  CROSS JOIN LATERAL (SELECT w.keys || ARRAY(
    SELECT h.api_key_id FROM hold h WHERE h.workspace_id = b.workspace_id AND h.id = ANY (w.holds))) AS payers (keys)
  CROSS JOIN LATERAL (SELECT greatest(b.last_entry_at, date_trunc('milliseconds', clock_timestamp()))) AS n (at);
END
$$;

DROP FUNCTION "commit_decisions"(json, json, json, json, json, json, integer, boolean);

-- Writes what was decided about some workspaces' credits, each whole or not at all, and says for each whether it did:
-- BUSY when another transaction has its lock (only unless is_patient: then it waits), STALE when anything that the
-- decisions were made from has changed since, or their time is over, REPLAY when an idempotency key is known, else
-- DECIDED, with the time of its entries. src/core/credits/store.ts is its only caller.
CREATE FUNCTION "commit_decisions"(accounts json, new_entries json, splits json, grants json, grant_changes json, spends json, holds json, hold_draws json,
  remembered_days integer,
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
