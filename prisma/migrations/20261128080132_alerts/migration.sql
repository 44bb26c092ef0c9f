-- CreateEnum
CREATE TYPE "alert_condition" AS ENUM ('BALANCE', 'BALANCE_PERCENT', 'RUNWAY_HOURS', 'DAILY_SPEND', 'MONTHLY_SPEND', 'KEY_CAP_PERCENT', 'ERROR_PERCENT');

-- CreateTable
CREATE TABLE "alert" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "condition" "alert_condition" NOT NULL,
    "threshold" BIGINT NOT NULL,
    "api_key_id" UUID,
    "window_minutes" INTEGER,
    "calls_min" INTEGER,
    "mailed_roles" "role"[],
    "mailed_addresses" TEXT[],
    "muted_until" TIMESTAMPTZ(3),
    "seen_seq" BIGINT,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_firing" (
    "id" UUID NOT NULL,
    "alert_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "value" BIGINT NOT NULL,
    "threshold" BIGINT NOT NULL,
    "seq" BIGINT,
    "is_test" BOOLEAN NOT NULL,
    "fired_at" TIMESTAMPTZ(3) NOT NULL,
    "cleared_at" TIMESTAMPTZ(3),
    "mail_to" TEXT[],
    "mail_due_at" TIMESTAMPTZ(3),
    "mail_attempts" INTEGER NOT NULL DEFAULT 0,
    "mail_error" TEXT,

    CONSTRAINT "alert_firing_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "alert_workspace_id_id_idx" ON "alert"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "alert_checked_at_idx" ON "alert"("checked_at");

-- CreateIndex
CREATE INDEX "alert_firing_alert_id_id_idx" ON "alert_firing"("alert_id", "id");

-- CreateIndex
CREATE INDEX "alert_firing_workspace_id_fired_at_idx" ON "alert_firing"("workspace_id", "fired_at");

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_firing" ADD CONSTRAINT "alert_firing_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's models cannot say.
ALTER TABLE "alert"
  ADD CONSTRAINT "alert_threshold_positive" CHECK (threshold > 0),
  ADD CONSTRAINT "alert_counts_errors_in_a_window" CHECK ((condition = 'ERROR_PERCENT') = (window_minutes IS NOT NULL AND calls_min IS NOT NULL));
-- One firing at a time, whoever finds that the threshold was crossed.
CREATE UNIQUE INDEX "alert_firing_open" ON "alert_firing" ("alert_id", "subject") WHERE cleared_at IS NULL AND NOT is_test;
CREATE INDEX "alert_firing_mail_due" ON "alert_firing" ("mail_due_at") WHERE mail_due_at IS NOT NULL;
