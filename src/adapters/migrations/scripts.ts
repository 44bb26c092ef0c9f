import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { DatabaseError, escapeLiteral } from 'pg';
import type { Pool } from 'pg';
import type { Migration } from './folder.ts';
import { DatabaseNotReady } from './not-ready.ts';

/**
 * The connection that the engine applies migrations through. The stock adapter splits a script on every semicolon, which
 * cuts function bodies; here a file is one query, which PostgreSQL runs as one transaction.
 */
export class MigrationScripts implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  failure: MigrationFailure | undefined;
  readonly #session: Pool;
  readonly #pending: Migration[];
  readonly #log: { info(line: string): void };

  constructor(session: Pool, pending: readonly Migration[], log: { info(line: string): void }) {
    this.#session = session;
    this.#pending = [...pending];
    this.#log = log;
  }

  async connect(): Promise<SqlDriverAdapter> {
    const adapter: SqlDriverAdapter = await new PrismaPg(this.#session).connect();
    adapter.executeScript = (script) => this.#execute(script);
    return adapter;
  }

  connectToShadowDb(): Promise<SqlDriverAdapter> {
    return Promise.reject(new Error('applying migrations needs no shadow database'));
  }

  async #execute(script: string): Promise<void> {
    // The engine hands over texts without names, in the order of the folders.
    const migration = this.#pending.shift();
    if (migration?.sql !== script) throw new Error('the schema engine ran a script that is no pending migration');
    this.#log.info(`Applying ${migration.name}`);
    try {
      await this.#session.query(migration.isTransactional ? withFinish(migration) : script);
    } catch (error) {
      this.failure = new MigrationFailure(migration, error);
      throw error;
    }
  }
}

/** Why a migration did not go through, in PostgreSQL's words. */
export class MigrationFailure {
  readonly migration: Migration;
  readonly #error: unknown;

  constructor(migration: Migration, error: unknown) {
    this.migration = migration;
    this.#error = error;
  }

  explain(): DatabaseNotReady {
    const state = this.migration.isTransactional
      ? 'Nothing of it was kept. Correct the cause and start again.'
      : 'It is no transaction, so part of it may have stayed: undo that before the next start, which says how.';
    return new DatabaseNotReady(
      'MIGRATION_FAILED',
      `${this.migration.name} failed${this.#where()}: ${this.#reason()} ${state}`,
      {
        cause: this.#error,
      },
    );
  }

  #where(): string {
    const position = this.#error instanceof DatabaseError ? Number(this.#error.position) : NaN;
    return Number.isNaN(position) ? '' : ` at line ${this.migration.sql.slice(0, position).split('\n').length}`;
  }

  #reason(): string {
    if (!(this.#error instanceof Error)) return String(this.#error);
    const { detail, hint } = this.#error as DatabaseError;
    return [this.#error.message, detail, hint]
      .filter((part) => part !== undefined)
      .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
      .join(' ');
  }
}

// The engine notes the end of a migration in a second statement. Killed between the two, it would leave a migration that
// is applied and looks interrupted; so the end is noted in the migration's own transaction too.
const withFinish = ({ name, sql }: Migration): string =>
  `${sql}\n;UPDATE "_prisma_migrations" SET "finished_at" = now()
   WHERE "migration_name" = ${escapeLiteral(name)} AND "finished_at" IS NULL AND "rolled_back_at" IS NULL`;
