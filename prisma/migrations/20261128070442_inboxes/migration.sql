-- CreateEnum
CREATE TYPE "inbox_provider" AS ENUM ('STRIPE', 'GITHUB', 'SHOPIFY', 'SLACK', 'STANDARD_WEBHOOKS');

-- CreateEnum
CREATE TYPE "signature_state" AS ENUM ('VERIFIED', 'FAILED', 'UNCHECKED');

-- CreateEnum
CREATE TYPE "delivery_charge" AS ENUM ('NONE', 'DUE', 'CHARGED', 'UNPAID');

-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "inbox_mebibytes" INTEGER NOT NULL DEFAULT 256;

-- CreateTable
CREATE TABLE "inbox" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "token_hash" BYTEA NOT NULL,
    "sealed_token" BYTEA NOT NULL,
    "provider" "inbox_provider",
    "sealed_secret" BYTEA,
    "last_number" BIGINT NOT NULL DEFAULT 0,
    "stored_bytes" BIGINT NOT NULL DEFAULT 0,
    "failed_bytes" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "deactivated_at" TIMESTAMPTZ(3),

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox_delivery" (
    "id" UUID NOT NULL,
    "inbox_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "number" BIGINT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "source_address" TEXT,
    "content_type" TEXT,
    "headers" JSONB NOT NULL,
    "body" BYTEA NOT NULL,
    "stored_bytes" INTEGER NOT NULL,
    "signature" "signature_state" NOT NULL,
    "event_id" TEXT,
    "duplicate_of_id" UUID,
    "acknowledged_at" TIMESTAMPTZ(3),
    "claimed_until" TIMESTAMPTZ(3),
    "claim_key_hash" BYTEA,
    "charge" "delivery_charge" NOT NULL,
    "charge_seq" BIGINT,

    CONSTRAINT "inbox_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "inbox_token_hash_key" ON "inbox"("token_hash");

-- CreateIndex
CREATE INDEX "inbox_workspace_id_id_idx" ON "inbox"("workspace_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_workspace_id_name_key" ON "inbox"("workspace_id", "name");

-- CreateIndex
CREATE INDEX "inbox_delivery_workspace_id_idx" ON "inbox_delivery"("workspace_id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_delivery_inbox_id_number_key" ON "inbox_delivery"("inbox_id", "number");

-- AddForeignKey
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inbox_delivery" ADD CONSTRAINT "inbox_delivery_inbox_id_fkey" FOREIGN KEY ("inbox_id") REFERENCES "inbox"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's models cannot say.
ALTER TABLE "plan" ADD CONSTRAINT "plan_inbox_mebibytes_never_negative" CHECK ("inbox_mebibytes" >= 0);
ALTER TABLE "inbox"
  ADD CONSTRAINT "inbox_secret_of_provider" CHECK ((provider IS NULL) = (sealed_secret IS NULL)),
  ADD CONSTRAINT "inbox_bytes_fit" CHECK (failed_bytes >= 0 AND stored_bytes >= failed_bytes);
ALTER TABLE "inbox_delivery"
  ADD CONSTRAINT "inbox_delivery_number_positive" CHECK (number > 0),
  ADD CONSTRAINT "inbox_delivery_event_is_verified" CHECK (event_id IS NULL OR signature = 'VERIFIED'),
  ADD CONSTRAINT "inbox_delivery_duplicate_of_event" CHECK (duplicate_of_id IS NULL OR event_id IS NOT NULL),
  ADD CONSTRAINT "inbox_delivery_duplicate_is_free" CHECK (charge = 'NONE' OR (duplicate_of_id IS NULL AND signature <> 'FAILED')),
  ADD CONSTRAINT "inbox_delivery_charge_decided" CHECK ((charge_seq IS NOT NULL) = (charge IN ('CHARGED', 'UNPAID')));

-- One original of an event; what else is asked for is few of many.
CREATE UNIQUE INDEX "inbox_delivery_original" ON "inbox_delivery" (inbox_id, event_id) WHERE event_id IS NOT NULL AND duplicate_of_id IS NULL;
CREATE INDEX "inbox_delivery_pending" ON "inbox_delivery" (inbox_id, number)
  WHERE acknowledged_at IS NULL AND duplicate_of_id IS NULL AND signature <> 'FAILED';
CREATE INDEX "inbox_delivery_claim" ON "inbox_delivery" (claim_key_hash) WHERE claim_key_hash IS NOT NULL;
CREATE INDEX "inbox_delivery_due" ON "inbox_delivery" (received_at) WHERE charge = 'DUE';
CREATE INDEX "inbox_delivery_done" ON "inbox_delivery" (received_at)
  WHERE acknowledged_at IS NOT NULL OR duplicate_of_id IS NOT NULL OR signature = 'FAILED';
