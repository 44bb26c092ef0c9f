import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlResultSet,
} from '@prisma/driver-adapter-utils';
import type { SchemaContainer, SchemaEngine } from '@prisma/schema-engine-wasm';

// The names that wasm-bindgen gives to the two ends of its wiring.
const setExports = '__wbg_set_wasm';
const startModule = '__wbindgen_start';

type Exports = { [startModule](): void };
type Glue = { SchemaEngine: typeof SchemaEngine; [setExports](exports: Exports): void };

// TypeScript ships this type only together with the browser's DOM.
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Exports } }> };
};

/** Every table and enum of the models is ours: nothing is hidden from the engine. */
export const unfiltered = { externalTables: [], externalEnums: [] };

const sameModels = 0;

let glue: Promise<Glue> | undefined;

/**
 * Prisma's schema engine over the given connections. The first call loads 5 MB of WebAssembly, so callers that may
 * turn out to have nothing to do ask the database first.
 */
export async function openEngine(factory: SqlMigrationAwareDriverAdapterFactory): Promise<SchemaEngine> {
  glue ??= loadGlue();
  const { SchemaEngine: Engine } = await glue;
  return Engine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
}

/** The SQL that turns a database made from the models `from` (nothing, if empty) into one made from `to`; '' if none. */
export async function diffModels(from: readonly SchemaContainer[], to: readonly SchemaContainer[]): Promise<string> {
  const engine = await openEngine(noDatabase);
  try {
    const { exitCode, stdout } = await engine.diff({
      from: from.length === 0 ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: [...from] },
      to: { tag: 'schemaDatamodel', files: [...to] },
      script: true,
      // The script for no difference is a comment, so only the exit code tells.
      exitCode: true,
      filters: unfiltered,
    });
    return exitCode === sameModels ? '' : (stdout ?? '');
  } finally {
    engine.free();
  }
}

// The package's own entry imports the .wasm file as a module, which Node.js 20 refuses without a flag.
async function loadGlue(): Promise<Glue> {
  const glueFile = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const imports = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as Glue;
  const bytes = await readFile(glueFile.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': imports });
  imports[setExports](instance.exports);
  instance.exports[startModule]();
  return imports;
}

const refuse = (): Promise<never> => Promise.reject(new Error('comparing models needs no database'));

// On connecting the engine asks whether its schema exists and for the server's version, and nothing after that.
const greeting: SqlResultSet = {
  columnNames: ['exists', 'version', 'numeric_version'],
  columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
  rows: [[true, 'PostgreSQL 15.0', 150_000]],
};

const noAdapter: SqlDriverAdapter = {
  provider: 'postgres',
  adapterName: 'none',
  queryRaw: ({ sql }) => (sql.includes('server_version_num') ? Promise.resolve(greeting) : refuse()),
  executeRaw: refuse,
  executeScript: refuse,
  startTransaction: refuse,
  dispose: () => Promise.resolve(),
};

const noDatabase: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'none',
  connect: () => Promise.resolve(noAdapter),
  connectToShadowDb: () => Promise.resolve(noAdapter),
};
