import type { Config } from '#config';
import { ledgers } from '#core/credits/ledger-proof';
import { keySpending } from '#core/credits/spend-proof';
import { openDb } from '#core/db';
import { eventChains } from '#core/events/chain';
import { type Proof, Violation } from '#core/proofs';
import { usageSums } from '#core/usage/rollup-proof';
import { openDatabase } from '#main/database';

/** Everything that `commonpurse verify` proves, in the order it does. */
const proofsOf = ({ isIncremental }: VerifyOptions): Proof[] => [
  eventChains,
  ledgers({ isIncremental }),
  keySpending,
  usageSums,
];

interface VerifyOptions {
  /** Whether ledgers are proved from where their last proof ended. */
  isIncremental: boolean;
  log: (line: string) => void;
  /** Told often: rows found right so far, of about how many. */
  onProgress: (progress: { name: string; rows: number; size: number }) => void;
}

export interface ProofResult {
  name: string;
  /** Rows found right. */
  rows: number;
  /** From where on, in words; null from the beginning. */
  origin: string | null;
  /** The first row that is not, in words; null when all are. */
  violation: string | null;
}

/** Checks all proofs over the configured database, beside a server that may run on it. */
export async function verifyAll(config: Config, options: VerifyOptions): Promise<ProofResult[]> {
  const { log, onProgress } = options;
  const database = await openDatabase(config, { mode: 'command', log });
  const db = openDb({ url: database.url, connectionsMax: 1 });
  const results: ProofResult[] = [];
  try {
    for (const proof of proofsOf(options)) {
      const { name } = proof;
      const size = await proof.size(db);
      const result: ProofResult = { name, rows: 0, origin: (await proof.origin?.(db)) ?? null, violation: null };
      results.push(result);
      try {
        for await (const rows of proof.check(db)) {
          result.rows += rows;
          onProgress({ name, rows: result.rows, size });
        }
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        result.violation = error.message;
      }
    }
    return results;
  } finally {
    await db.$disconnect();
    await database.stop();
  }
}
