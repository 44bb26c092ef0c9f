-- CreateTable
CREATE TABLE "ledger_checkpoint" (
    "workspace_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "available_after" BIGINT NOT NULL,
    "held_after" BIGINT NOT NULL,
    "granted_total" BIGINT NOT NULL,
    "spent_total" BIGINT NOT NULL,
    "expired_total" BIGINT NOT NULL,
    "entry_at" TIMESTAMPTZ(3) NOT NULL,
    "verified_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_checkpoint_pkey" PRIMARY KEY ("workspace_id")
);
