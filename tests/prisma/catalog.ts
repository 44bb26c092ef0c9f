import type { Client } from 'pg';

/** What Prisma's models can say about a database: a sorted line for each table, column, index, foreign key and enum. */
export async function listModelled(database: Client): Promise<string[]> {
  return listLines(database, [
    `SELECT 'table ' || relname FROM our_table`,
    `SELECT format('column %s.%s %s%s%s', relname, attname, format_type(atttypid, atttypmod),
        CASE WHEN attnotnull THEN ' not null' END, ' default ' || pg_get_expr(adbin, adrelid))
      FROM our_table JOIN pg_attribute ON attrelid = our_table.oid AND attnum > 0 AND NOT attisdropped
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum`,
    // A partitioned table's index is defined ON ONLY it, which says nothing about the columns.
    `SELECT format('index %s%s', replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON '),
        CASE WHEN indisprimary THEN ' (primary key)' END)
      FROM our_index WHERE is_modelled`,
    `SELECT format('foreign key %s.%s %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))
      FROM our_table JOIN pg_constraint ON conrelid = our_table.oid WHERE contype = 'f'`,
    // Without their order: a value added later stands last, wherever the models put it.
    `SELECT format('enum %s: %s', typname, string_agg(enumlabel, ', ' ORDER BY enumlabel COLLATE "C"))
      FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid GROUP BY typname`,
  ]);
}

/**
 * What they cannot say: checks, triggers, functions, views, partitioning, storage, partial and expression indexes.
 * Partitions with bounds are left out: they are made ahead by date, so they differ from month to month.
 */
export async function listUnmodelled(database: Client): Promise<string[]> {
  return listLines(database, [
    `SELECT format('%s is partitioned by %s', relname, pg_get_partkeydef(oid)) FROM our_table WHERE relkind = 'p'`,
    `SELECT format('%s is a partition of %s: %s', c.relname, parent.relname, pg_get_expr(c.relpartbound, c.oid))
      FROM pg_class c JOIN pg_inherits ON inhrelid = c.oid JOIN our_table parent ON parent.oid = inhparent
      WHERE pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT'`,
    `SELECT format('%s is unlogged', relname) FROM our_table WHERE relpersistence = 'u'`,
    `SELECT format('%s has row-level security', relname) FROM our_table WHERE relrowsecurity`,
    `SELECT format('%s stores with %s', relname, array_to_string(reloptions, ', '))
      FROM (SELECT relname, reloptions FROM our_table UNION ALL SELECT relname, reloptions FROM our_index) AS stored
      WHERE reloptions IS NOT NULL`,
    `SELECT format('%s: CONSTRAINT %s %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))
      FROM our_table JOIN pg_constraint ON conrelid = our_table.oid WHERE contype IN ('c', 'x')`,
    `SELECT pg_get_indexdef(indexrelid) FROM our_index WHERE NOT is_modelled`,
    `SELECT pg_get_triggerdef(pg_trigger.oid) FROM our_table JOIN pg_trigger ON tgrelid = our_table.oid WHERE NOT tgisinternal`,
    `SELECT rtrim(pg_get_functiondef(oid), E'\\n') FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')`,
    `SELECT format('CREATE VIEW %s AS%s', relname, pg_get_viewdef(oid))
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')`,
    `SELECT format('extension %s', extname) FROM pg_extension WHERE extname <> 'plpgsql'`,
  ]);
}

/** Lines of `before` that `after` lacks, marked "-", then those that it has instead, marked "+". */
export function compareLines(before: readonly string[], after: readonly string[]): string[] {
  const [old, fresh] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !fresh.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ];
}

// Our tables are those that are not a partition and not the migrations' own history.
const definitions = `
  WITH our_table AS (
    SELECT * FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname <> '_prisma_migrations'
  ), our_index AS (
    SELECT pg_index.*, pg_class.relname, pg_class.reloptions, indpred IS NULL AND indexprs IS NULL AS is_modelled
    FROM pg_index JOIN our_table ON indrelid = our_table.oid JOIN pg_class ON indexrelid = pg_class.oid
  )`;

async function listLines(database: Client, selects: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for (const select of selects) {
    const { rows } = await database.query<[string]>({ text: `${definitions} ${select}`, rowMode: 'array' });
    // Sorted here: servers differ in their collation.
    lines.push(...rows.map(([line]) => line).toSorted());
  }
  return lines;
}
