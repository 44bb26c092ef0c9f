-- AlterTable
ALTER TABLE "workspace" ADD COLUMN     "plan_name" TEXT NOT NULL DEFAULT 'standard';

-- CreateTable
CREATE TABLE "plan" (
    "name" TEXT NOT NULL,
    "requests_per_minute" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "live_node" (
    "id" UUID NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "live_node_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "workspace_plan_name_idx" ON "workspace"("plan_name");

-- What Prisma's models cannot say.
ALTER TABLE "plan" ADD CONSTRAINT "plan_requests_per_minute_positive" CHECK ("requests_per_minute" > 0);
INSERT INTO "plan" ("name", "requests_per_minute", "created_at", "updated_at") VALUES ('standard', 600, now(), now());

-- AddForeignKey
ALTER TABLE "workspace" ADD CONSTRAINT "workspace_plan_name_fkey" FOREIGN KEY ("plan_name") REFERENCES "plan"("name") ON DELETE RESTRICT ON UPDATE CASCADE;
