-- CreateEnum
CREATE TYPE "environment" AS ENUM ('LIVE', 'TEST');

-- CreateEnum
CREATE TYPE "grant_source" AS ENUM ('ALLOWANCE', 'PURCHASE', 'PROMOTION', 'TRIAL', 'ADJUSTMENT');

-- CreateEnum
CREATE TYPE "entry_kind" AS ENUM ('USAGE', 'GRANT', 'EXPIRY', 'HOLD', 'CAPTURE', 'RELEASE', 'REFUND', 'VOID', 'ADJUSTMENT');

-- CreateEnum
CREATE TYPE "outcome" AS ENUM ('SUCCEEDED', 'FAILED', 'DECLINED');

-- CreateEnum
CREATE TYPE "decline_reason" AS ENUM ('INSUFFICIENT_CREDITS', 'KEY_LIMIT_EXCEEDED');

-- CreateEnum
CREATE TYPE "actor_kind" AS ENUM ('USER', 'API_KEY', 'OPERATOR', 'SYSTEM');

-- CreateEnum
CREATE TYPE "role" AS ENUM ('OWNER', 'ADMIN', 'MEMBER', 'VIEWER');

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "environment" "environment" NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key_secret" (
    "id" UUID NOT NULL,
    "api_key_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "prefix" TEXT NOT NULL,
    "last_four" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "balance" (
    "workspace_id" UUID NOT NULL,
    "available" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "granted_total" BIGINT NOT NULL DEFAULT 0,
    "spent_total" BIGINT NOT NULL DEFAULT 0,
    "expired_total" BIGINT NOT NULL DEFAULT 0,
    "seq" BIGINT NOT NULL DEFAULT 0,
    "last_entry_at" TIMESTAMPTZ(3) NOT NULL,
    "next_expiry_at" TIMESTAMPTZ(3),
    "low_balance_threshold" BIGINT,

    CONSTRAINT "balance_pkey" PRIMARY KEY ("workspace_id")
);

-- CreateTable
CREATE TABLE "credit_grant" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "source" "grant_source" NOT NULL,
    "priority" INTEGER NOT NULL,
    "amount" BIGINT NOT NULL,
    "remaining" BIGINT NOT NULL,
    "held" BIGINT NOT NULL DEFAULT 0,
    "spent" BIGINT NOT NULL DEFAULT 0,
    "expired" BIGINT NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "voided_at" TIMESTAMPTZ(3),
    "seq" BIGINT NOT NULL,
    "reason" TEXT,
    "actor_kind" "actor_kind" NOT NULL,
    "actor_id" UUID,

    CONSTRAINT "credit_grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_entry" (
    "workspace_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "kind" "entry_kind" NOT NULL,
    "outcome" "outcome" NOT NULL,
    "decline_reason" "decline_reason",
    "operation" TEXT,
    "units" BIGINT,
    "base_price" BIGINT,
    "discount_percent" INTEGER NOT NULL DEFAULT 0,
    "price" BIGINT NOT NULL DEFAULT 0,
    "credits" BIGINT NOT NULL DEFAULT 0,
    "available_after" BIGINT NOT NULL,
    "held_after" BIGINT NOT NULL,
    "tag" TEXT,
    "metadata" JSONB,
    "environment" "environment" NOT NULL DEFAULT 'LIVE',
    "api_key_id" UUID,
    "member_id" UUID,
    "actor_kind" "actor_kind" NOT NULL,
    "actor_id" UUID,
    "latency_ms" INTEGER,
    "reason" TEXT,
    "grant_id" UUID,
    "is_split" BOOLEAN NOT NULL DEFAULT false,
    "hold_id" UUID,
    "ref_seq" BIGINT,
    "request_hash" BYTEA,
    "idempotency_key_hash" BYTEA,

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("workspace_id","seq","created_at")
) PARTITION BY RANGE ("created_at");

-- CreateTable
CREATE TABLE "ledger_split" (
    "workspace_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "grant_id" UUID NOT NULL,
    "credits" BIGINT NOT NULL,

    CONSTRAINT "ledger_split_pkey" PRIMARY KEY ("workspace_id","seq","grant_id","created_at")
) PARTITION BY RANGE ("created_at");

-- CreateTable
CREATE TABLE "event" (
    "workspace_id" UUID NOT NULL,
    "number" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "actor_kind" "actor_kind" NOT NULL,
    "actor_id" UUID,
    "target_id" TEXT,
    "before" JSONB,
    "after" JSONB,
    "address" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "chain_hash" BYTEA NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("workspace_id","number")
);

-- CreateTable
CREATE TABLE "event_head" (
    "workspace_id" UUID NOT NULL,
    "number" BIGINT NOT NULL DEFAULT 0,
    "chain_hash" BYTEA NOT NULL,

    CONSTRAINT "event_head_pkey" PRIMARY KEY ("workspace_id")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "scope_id" UUID NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "mutation" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "answer" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("scope_id","key_hash")
);

-- CreateTable
CREATE TABLE "member" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operator_token" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "last_four" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "operator_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation" (
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "price" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "operation_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "token" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workspace" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "default_of_id" UUID,
    "access_version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "workspace_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "api_key_workspace_id_created_at_id_idx" ON "api_key"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "api_key_member_id_idx" ON "api_key"("member_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_secret_hash_key" ON "api_key_secret"("hash");

-- CreateIndex
CREATE INDEX "api_key_secret_api_key_id_idx" ON "api_key_secret"("api_key_id");

-- CreateIndex
CREATE INDEX "credit_grant_workspace_id_priority_expires_at_created_at_id_idx" ON "credit_grant"("workspace_id", "priority", "expires_at", "created_at", "id");

-- CreateIndex
CREATE INDEX "ledger_entry_workspace_id_idempotency_key_hash_idx" ON "ledger_entry"("workspace_id", "idempotency_key_hash");

-- CreateIndex
CREATE INDEX "idempotency_record_created_at_idx" ON "idempotency_record"("created_at");

-- CreateIndex
CREATE INDEX "member_user_id_idx" ON "member"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_workspace_id_user_id_key" ON "member"("workspace_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "operator_token_hash_key" ON "operator_token"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "account_user_id_idx" ON "account"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "account_provider_id_account_id_key" ON "account"("provider_id", "account_id");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "workspace_slug_key" ON "workspace"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "workspace_default_of_id_key" ON "workspace"("default_of_id");

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key_secret" ADD CONSTRAINT "api_key_secret_api_key_id_fkey" FOREIGN KEY ("api_key_id") REFERENCES "api_key"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "balance" ADD CONSTRAINT "balance_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_grant" ADD CONSTRAINT "credit_grant_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma's models cannot say; held by tests/prisma/catalog.golden.txt.

-- The balance row changes with every debit: room on the page keeps those updates HOT (no index to touch).
ALTER TABLE "balance" SET (fillfactor = 50);
ALTER TABLE "credit_grant" SET (fillfactor = 70);
ALTER TABLE "event_head" SET (fillfactor = 50);

-- Strict: never below zero. Conserved: what came in is what is left, spent or expired.
ALTER TABLE "balance"
  ADD CONSTRAINT "balance_never_negative" CHECK (available >= 0 AND held >= 0),
  ADD CONSTRAINT "balance_totals_never_negative" CHECK (granted_total >= 0 AND spent_total >= 0 AND expired_total >= 0 AND seq >= 0),
  ADD CONSTRAINT "balance_conserves_credits" CHECK (granted_total - spent_total - expired_total = available + held),
  ADD CONSTRAINT "balance_threshold_never_negative" CHECK (low_balance_threshold >= 0);

ALTER TABLE "credit_grant"
  ADD CONSTRAINT "credit_grant_amount_positive" CHECK (amount > 0),
  ADD CONSTRAINT "credit_grant_never_negative" CHECK (remaining >= 0 AND held >= 0 AND spent >= 0 AND expired >= 0),
  ADD CONSTRAINT "credit_grant_conserves_credits" CHECK (amount = remaining + held + spent + expired);

-- Debits read only the grants that still pay.
CREATE INDEX "credit_grant_spendable" ON "credit_grant" (workspace_id, priority, expires_at, created_at, id) WHERE remaining > 0;

ALTER TABLE "ledger_entry"
  ADD CONSTRAINT "ledger_entry_seq_positive" CHECK (seq > 0),
  ADD CONSTRAINT "ledger_entry_never_negative" CHECK (credits >= 0 AND price >= 0 AND available_after >= 0 AND held_after >= 0),
  ADD CONSTRAINT "ledger_entry_discount_is_percent" CHECK (discount_percent BETWEEN 0 AND 100),
  ADD CONSTRAINT "ledger_entry_only_success_is_charged" CHECK (kind <> 'USAGE' OR outcome = 'SUCCEEDED' OR credits = 0),
  ADD CONSTRAINT "ledger_entry_decline_has_reason" CHECK ((outcome = 'DECLINED') = (decline_reason IS NOT NULL)),
  ADD CONSTRAINT "ledger_entry_hashes_together" CHECK ((idempotency_key_hash IS NULL) = (request_hash IS NULL));

ALTER TABLE "ledger_split" ADD CONSTRAINT "ledger_split_credits_positive" CHECK (credits > 0);
ALTER TABLE "operation" ADD CONSTRAINT "operation_price_never_negative" CHECK (price >= 0);
ALTER TABLE "event" ADD CONSTRAINT "event_number_positive" CHECK (number > 0);

-- History is append-only for everyone, the owner of the tables included. Retention drops whole partitions.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: write a correcting row instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER "ledger_entry_append_only" BEFORE UPDATE OR DELETE ON "ledger_entry" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_split_append_only" BEFORE UPDATE OR DELETE ON "ledger_split" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "event_append_only" BEFORE UPDATE OR DELETE ON "event" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_entry_never_truncated" BEFORE TRUNCATE ON "ledger_entry" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_split_never_truncated" BEFORE TRUNCATE ON "ledger_split" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "event_never_truncated" BEFORE TRUNCATE ON "event" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- Makes the ledger's partitions for this month and the given number of months after it; harmless to repeat.
CREATE FUNCTION "create_ledger_partitions"(months_ahead integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  month timestamptz;
  name text;
BEGIN
  -- Two nodes that start at once must not race for one name.
  PERFORM pg_advisory_xact_lock(hashtextextended('create_ledger_partitions', 0));
  FOREACH parent IN ARRAY ARRAY['ledger_entry', 'ledger_split'] LOOP
    FOR ahead IN 0..months_ahead LOOP
      month := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
      month := ((month AT TIME ZONE 'UTC') + make_interval(months => ahead)) AT TIME ZONE 'UTC';
      name := parent || to_char(month AT TIME ZONE 'UTC', '"_y"YYYY"m"MM');
      IF to_regclass(format('%I', name)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent, month,
          ((month AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
        -- The parent's statement trigger does not fire for a partition named by itself.
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
          name || '_never_truncated', name);
      END IF;
    END LOOP;
  END LOOP;
END
$$;
SELECT "create_ledger_partitions"(3);
