-- AlterTable
ALTER TABLE "webhook_endpoint" ADD COLUMN     "notice_due_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "webhook_endpoint_notice_due_at_idx" ON "webhook_endpoint"("notice_due_at");
