-- CreateEnum
CREATE TYPE "cap_period" AS ENUM ('TOTAL', 'DAY', 'WEEK', 'MONTH');

-- AlterTable
ALTER TABLE "ledger_entry" ADD COLUMN     "cap_api_key_id" UUID,
ADD COLUMN     "cap_credits" BIGINT,
ADD COLUMN     "cap_period" "cap_period",
ADD COLUMN     "cap_spent" BIGINT;

-- What a cap declined says which cap, and nothing else does. Prisma knows no CHECK.
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_cap_of_decline" CHECK (
  num_nulls(cap_api_key_id, cap_period, cap_credits, cap_spent)
    = CASE WHEN decline_reason IS NOT DISTINCT FROM 'KEY_LIMIT_EXCEEDED' THEN 0 ELSE 4 END
);

-- What keys spent before their spending was counted: a cap that is set tomorrow counts all of it.
INSERT INTO "api_key_spend" (workspace_id, api_key_id, day, credits)
  SELECT workspace_id, api_key_id, (created_at AT TIME ZONE 'UTC')::date, sum(credits)
  FROM "ledger_entry"
  WHERE kind = 'USAGE' AND credits > 0 AND api_key_id IN (SELECT id FROM "api_key")
  GROUP BY 1, 2, 3;
