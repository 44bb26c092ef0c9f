-- CreateTable
CREATE TABLE "ledger_start" (
    "workspace_id" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "seq" BIGINT NOT NULL,
    "available_after" BIGINT NOT NULL,
    "held_after" BIGINT NOT NULL,
    "granted_total" BIGINT NOT NULL,
    "spent_total" BIGINT NOT NULL,
    "expired_total" BIGINT NOT NULL,
    "entry_at" TIMESTAMPTZ(3) NOT NULL,
    "refunded_later" BIGINT NOT NULL,
    "spent_by_keys" BIGINT NOT NULL,
    "days_hash" BYTEA NOT NULL,
    "grants" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_start_pkey" PRIMARY KEY ("workspace_id","since")
);

-- What Prisma's models cannot say.
ALTER TABLE "ledger_start"
  ADD CONSTRAINT "ledger_start_at_a_month" CHECK (since = date_trunc('month', since, 'UTC')),
  ADD CONSTRAINT "ledger_start_after_an_entry" CHECK (seq > 0 AND entry_at < since),
  ADD CONSTRAINT "ledger_start_conserves_credits" CHECK (granted_total - spent_total - expired_total = available_after + held_after);
CREATE TRIGGER "ledger_start_append_only" BEFORE UPDATE OR DELETE ON "ledger_start" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_start_never_truncated" BEFORE TRUNCATE ON "ledger_start" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- Drops the months of the ledger that end by then, of all workspaces, and says how many. What they came to must have been
-- written down for each workspace that has entries in them. It waits for readers no longer than a debit may wait for it.
CREATE FUNCTION "drop_ledger_partitions"(before timestamptz) RETURNS integer LANGUAGE plpgsql
SET lock_timeout = '2s'
AS $$
DECLARE
  month record;
  dropped integer := 0;
BEGIN
  -- One run at a time. Two that have both looked would each wait for what the other holds.
  LOCK TABLE ONLY ledger_entry IN SHARE UPDATE EXCLUSIVE MODE;
  IF EXISTS (
    SELECT FROM balance b
    WHERE EXISTS (SELECT FROM ledger_entry e WHERE e.workspace_id = b.workspace_id AND e.created_at < before)
      AND NOT EXISTS (SELECT FROM ledger_start s WHERE s.workspace_id = b.workspace_id AND s.since >= before))
  THEN RAISE 'there are entries before % of which nothing says what they came to', before; END IF;
  FOR month IN
    SELECT c.oid::regclass AS name
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO [(]''([^'']+)''[)]')::timestamptz) AS bound (until)
    WHERE i.inhparent IN ('ledger_entry'::regclass, 'ledger_split'::regclass) AND bound.until <= before
    -- Entries first, as those who decide lock them.
    ORDER BY i.inhparent = 'ledger_split'::regclass, bound.until
  LOOP
    EXECUTE format('DROP TABLE %s', month.name);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;

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
      WHERE e.workspace_id = b.workspace_id AND e.seq = ANY (w.charges) AND e.kind IN ('USAGE', 'CAPTURE')
        -- What is about to be dropped was proved as it is: it is refunded no more.
        AND NOT EXISTS (SELECT FROM ledger_start s WHERE s.workspace_id = b.workspace_id AND s.seq >= e.seq)),
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
