import type { Rounds } from './report.ts';

/** One turn of everything that is compared, so that all of it meets the same neighbours. */
export interface Round {
  /** How long one measurement lasts. */
  seconds: number;
  figures: Rounds;
}

/** What is measured together. */
export interface Part {
  runRound(round: Round): Promise<void>;
  /** What was opened for it, and is nobody else's. */
  close?(): Promise<void>;
}
