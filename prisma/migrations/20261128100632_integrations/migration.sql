-- AlterTable
ALTER TABLE "webhook_endpoint" ADD COLUMN     "last_error" TEXT,
ADD COLUMN     "provider" TEXT,
ADD COLUMN     "settings" JSONB;

-- AlterTable
ALTER TABLE "webhook_delivery" ADD COLUMN     "is_test" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "alert_integration" (
    "alert_id" UUID NOT NULL,
    "integration_id" UUID NOT NULL,

    CONSTRAINT "alert_integration_pkey" PRIMARY KEY ("alert_id","integration_id")
);

-- CreateIndex
CREATE INDEX "alert_integration_integration_id_idx" ON "alert_integration"("integration_id");

-- AddForeignKey
ALTER TABLE "alert_integration" ADD CONSTRAINT "alert_integration_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_integration" ADD CONSTRAINT "alert_integration_integration_id_fkey" FOREIGN KEY ("integration_id") REFERENCES "webhook_endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's models cannot say.
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_integration_has_settings" CHECK ((provider IS NULL) = (settings IS NULL));
