import type { Db } from '#core/db';
import { encodeId } from '#core/ids';

/** Something that must hold for all that is stored, whoever wrote it. `commonpurse verify` checks each of them. */
export interface Proof {
  /** What is proved, for people. */
  name: string;
  /** About how many rows there are to read. */
  size(db: Db): Promise<number>;
  /** From where on it is proved, for people; null from the beginning. */
  origin?(db: Db): Promise<string | null>;
  /** Yields the number of rows found right, a batch at a time, in flat memory. @throws Violation at the first that is not. */
  check(db: Db): AsyncIterable<number>;
}

/** The first row that is not as it was recorded. */
export class Violation extends Error {
  readonly workspaceId: string;

  /** @param problem Which row, and what is wrong with it. */
  constructor(workspaceId: string, problem: string) {
    super(`workspace ${encodeId('Workspace', workspaceId)}: ${problem}`);
    this.name = 'Violation';
    this.workspaceId = workspaceId;
  }
}
