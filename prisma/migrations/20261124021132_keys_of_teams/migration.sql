-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "allowed_addresses" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "cap_day" BIGINT,
ADD COLUMN     "cap_month" BIGINT,
ADD COLUMN     "cap_total" BIGINT,
ADD COLUMN     "cap_week" BIGINT,
ADD COLUMN     "parent_id" UUID,
ADD COLUMN     "requests_per_minute" INTEGER;

-- CreateTable
CREATE TABLE "api_key_spend" (
    "workspace_id" UUID NOT NULL,
    "api_key_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "credits" BIGINT NOT NULL,

    CONSTRAINT "api_key_spend_pkey" PRIMARY KEY ("api_key_id","day")
);

-- CreateIndex
CREATE INDEX "api_key_parent_id_idx" ON "api_key"("parent_id");

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "api_key"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Prisma knows no CHECK. A cap that is NULL makes its comparison NULL, which lets the others decide.
ALTER TABLE "api_key"
  ADD CONSTRAINT "api_key_caps_positive" CHECK (cap_total > 0 AND cap_day > 0 AND cap_week > 0 AND cap_month > 0),
  ADD CONSTRAINT "api_key_requests_per_minute_positive" CHECK (requests_per_minute > 0),
  ADD CONSTRAINT "api_key_no_parent_of_itself" CHECK (parent_id <> id);
ALTER TABLE "api_key_spend" ADD CONSTRAINT "api_key_spend_not_negative" CHECK (credits >= 0);
