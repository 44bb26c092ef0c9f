-- AlterTable
ALTER TABLE "workspace" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- Prisma knows no CHECK. Only what was deleted can be erased, so nothing that lives can lose its ledger.
ALTER TABLE "workspace" ADD CONSTRAINT "workspace_erased_was_deleted" CHECK (erased_at IS NULL OR deleted_at IS NOT NULL);

-- One way to delete: rows of an erased workspace, in a transaction that said by name that it erases that workspace.
CREATE OR REPLACE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_LEVEL = 'ROW' AND TG_OP = 'DELETE' THEN
    IF current_setting('commonpurse.erasing', true) = OLD.workspace_id::text
      AND EXISTS (SELECT FROM workspace WHERE id = OLD.workspace_id AND erased_at IS NOT NULL)
    THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only: write a correcting row instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
