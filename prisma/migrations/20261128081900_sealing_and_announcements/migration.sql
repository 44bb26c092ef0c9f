-- CreateTable
CREATE TABLE "announcement" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "announcement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "announcement_cursor" (
    "workspace_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "is_depleted" BOOLEAN NOT NULL,

    CONSTRAINT "announcement_cursor_pkey" PRIMARY KEY ("workspace_id")
);

-- CreateTable
CREATE TABLE "sealing_key" (
    "id" TEXT NOT NULL,
    "canary" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sealing_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "announcement_created_at_idx" ON "announcement"("created_at");

-- CreateIndex
CREATE INDEX "announcement_workspace_id_created_at_idx" ON "announcement"("workspace_id", "created_at");
