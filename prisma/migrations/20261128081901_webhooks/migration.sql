-- CreateEnum
CREATE TYPE "delivery_state" AS ENUM ('PENDING', 'SUCCEEDED', 'FAILED', 'PARKED');

-- CreateEnum
CREATE TYPE "disabled_reason" AS ENUM ('MEMBER', 'FAILING', 'GONE');

-- CreateTable
CREATE TABLE "webhook_endpoint" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "event_types" TEXT[],
    "is_ordered" BOOLEAN NOT NULL,
    "secret" BYTEA NOT NULL,
    "previous_secret" BYTEA,
    "previous_secret_ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_success_at" TIMESTAMPTZ(3),
    "last_failure_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "disabled_reason" "disabled_reason",

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "announcement_id" UUID NOT NULL,
    "position" BIGSERIAL NOT NULL,
    "state" "delivery_state" NOT NULL,
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "attempts_before" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_attempt" (
    "delivery_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "status" INTEGER,
    "failure" TEXT,
    "response_head" BYTEA,
    "is_cut" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "webhook_attempt_pkey" PRIMARY KEY ("delivery_id","number")
);

-- CreateIndex
CREATE INDEX "webhook_endpoint_workspace_id_id_idx" ON "webhook_endpoint"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "webhook_delivery_endpoint_id_id_idx" ON "webhook_delivery"("endpoint_id", "id");

-- CreateIndex
CREATE INDEX "webhook_delivery_announcement_id_idx" ON "webhook_delivery"("announcement_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_delivery_endpoint_id_announcement_id_key" ON "webhook_delivery"("endpoint_id", "announcement_id");

-- AddForeignKey
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_announcement_id_fkey" FOREIGN KEY ("announcement_id") REFERENCES "announcement"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_attempt" ADD CONSTRAINT "webhook_attempt_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "webhook_delivery"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is due, endpoint by endpoint, and the first of each that is not over. Prisma knows no partial index and no CHECK.
CREATE INDEX "webhook_delivery_due" ON "webhook_delivery" (endpoint_id, next_attempt_at, position) WHERE state = 'PENDING';
CREATE INDEX "webhook_delivery_first" ON "webhook_delivery" (endpoint_id, position) WHERE state = 'PENDING';
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_pending_is_due" CHECK ((state = 'PENDING') = (next_attempt_at IS NOT NULL));
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_disabled_with_reason" CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL));
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_previous_secret_ends" CHECK ((previous_secret IS NULL) = (previous_secret_ends_at IS NULL));
