import type { Edit } from '../isolation/planted-bugs.ts';

/** A mistake in how credits are decided or told, and the quick tests that must see it. */
export interface Mutant {
  name: string;
  edits: readonly Edit[];
  /** Words that the paths of the tests contain. */
  tests: readonly string[];
}

const CREDITS = 'src/core/credits';
const COMMIT = 'prisma/migrations/20261128102900_sums_of_named_tags/migration.sql';

const BATCHES = ['tests/core/credits/batches'];
const DISPATCHER = ['tests/core/credits/dispatcher'];
const COMMANDS = ['tests/trials/commands'];
const LIVE = ['tests/trials/chaos/live'];
const HOLDS = ['tests/core/credits/holds'];

/** Mistakes that people make in such an engine. What the tests do not notice when it is made, they do not prove. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'an answer is given though nothing was committed',
    edits: [{ file: `${CREDITS}/decider.ts`, find: "verdict?.verdict === 'DECIDED' ||", replace: 'true ||' }],
    tests: BATCHES,
  },
  {
    name: 'what was remembered is written without asking whether it still holds',
    edits: [
      {
        file: COMMIT,
        find: 'WHERE a.seq = seqs[array_position(locked, a.workspace_id)]\n',
        replace: 'WHERE a.seq <= seqs[array_position(locked, a.workspace_id)]\n',
      },
    ],
    tests: BATCHES,
  },
  {
    name: 'idempotency keys are not looked up under the lock',
    edits: [
      {
        file: COMMIT,
        find: 'WHERE replayed IS NULL OR f <> ALL (replayed));',
        replace: 'WHERE true);',
      },
    ],
    tests: [...BATCHES, ...COMMANDS],
  },
  {
    name: 'a key that occurs twice in a batch is decided twice',
    edits: [
      { file: `${CREDITS}/batch.ts`, find: 'if (entry?.idempotencyKeyHash) replays', replace: 'if (!entry) replays' },
    ],
    tests: BATCHES,
  },
  {
    name: 'another request with a known key gets its answer',
    edits: [{ file: `${CREDITS}/batch.ts`, find: 'sameBytes(requestHash, keyedBy.requestHash)', replace: 'true' }],
    tests: COMMANDS,
  },
  {
    name: 'declines are not kept under their key',
    edits: [
      {
        file: `${CREDITS}/debits.ts`,
        find: '    idempotencyKeyHash: keyedBy.idempotencyKeyHash,',
        replace: '    idempotencyKeyHash: decline ? null : keyedBy.idempotencyKeyHash,',
      },
    ],
    tests: [...COMMANDS, 'tests/core/credits/debits'],
  },
  {
    name: 'the last credit cannot be spent',
    edits: [{ file: `${CREDITS}/charge.ts`, find: 'due > books.available', replace: 'due >= books.available' }],
    tests: COMMANDS,
  },
  {
    name: 'a charge may be one too high',
    edits: [{ file: `${CREDITS}/charge.ts`, find: 'due > books.available', replace: 'due > books.available + 1n' }],
    tests: COMMANDS,
  },
  {
    name: 'numbers have gaps',
    edits: [{ file: `${CREDITS}/books.ts`, find: 'account.seq += 1n;', replace: 'account.seq += 2n;' }],
    tests: COMMANDS,
  },
  {
    name: 'grants burn without regard to their priority',
    edits: [{ file: `${CREDITS}/burn.ts`, find: 'a.priority - b.priority ||', replace: '' }],
    tests: ['tests/core/credits/books'],
  },
  {
    name: 'a grant whose time has come still pays',
    edits: [{ file: `${CREDITS}/due.ts`, find: '    if (expiresAt > at) {', replace: '    if (expiresAt !== at) {' }],
    tests: COMMANDS,
  },
  {
    name: 'the end of a grant does not end what was decided from it',
    edits: [
      {
        file: COMMIT,
        find: '      AND (a.valid_until IS NULL OR times[array_position(locked, a.workspace_id)] < a.valid_until)\n',
        replace: '',
      },
    ],
    tests: [...COMMANDS, ...BATCHES],
  },
  {
    name: 'what a key spent is not counted',
    edits: [
      {
        file: `${CREDITS}/debits.ts`,
        find: '  if (credits > 0n) books.countSpend',
        replace: '  if (credits > 9n) books.countSpend',
      },
    ],
    tests: COMMANDS,
  },
  {
    name: 'what a key spent is not counted where several grants paid',
    edits: [
      {
        file: `${CREDITS}/debits.ts`,
        find: '  if (credits > 0n) books.countSpend',
        replace: '  if (draws.length === 1) books.countSpend',
      },
    ],
    tests: COMMANDS,
  },
  {
    name: 'amounts go through floating-point numbers',
    edits: [
      {
        file: `${CREDITS}/store.ts`,
        find: 'credits: String(entry.credits),',
        replace: 'credits: String(Number(entry.credits)),',
      },
    ],
    tests: COMMANDS,
  },
  {
    name: 'what the database will not take fails the whole batch',
    edits: [
      { file: `${CREDITS}/decider.ts`, find: 'error instanceof DomainError || waiting.length === 1', replace: 'true' },
    ],
    tests: BATCHES,
  },
  {
    name: 'what is refused for overload is executed all the same',
    edits: [
      {
        file: `${CREDITS}/dispatcher.ts`,
        find: '      return Promise.reject(new Unavailable(OVERLOADED));',
        replace:
          '      queue.waiting.push(line, { command, since: 0, resolve: () => {}, reject: () => {} });\n      return Promise.reject(new Unavailable(OVERLOADED));',
      },
    ],
    tests: DISPATCHER,
  },
  {
    name: 'what was planned on top of a batch that fell is written',
    edits: [{ file: `${CREDITS}/dispatcher.ts`, find: 'if (next && !hasFallen) {', replace: 'if (next) {' }],
    tests: DISPATCHER,
  },
  {
    name: 'what a batch left undecided is forgotten',
    edits: [{ file: `${CREDITS}/dispatcher.ts`, find: 'queue.undecided.push(...left);', replace: '' }],
    tests: DISPATCHER,
  },
  {
    name: 'the rest of a final capture stays held',
    edits: [{ file: `${CREDITS}/captures.ts`, find: 'if (restOf(hold) > 0n && isFinal) {', replace: 'if (!hold) {' }],
    tests: HOLDS,
  },
  {
    name: 'a hold can be released twice',
    edits: [{ file: `${CREDITS}/due.ts`, find: '  hold.state = state;\n', replace: '' }],
    tests: HOLDS,
  },
  {
    name: 'a call can be refunded twice',
    edits: [
      {
        file: `${CREDITS}/refunds.ts`,
        find: '?? 0n) - draw.credits);',
        replace: '?? 0n));',
      },
    ],
    tests: ['tests/core/credits/corrections'],
  },
  {
    name: 'a follower passes over a row that is in memory, and nobody looks',
    edits: [
      {
        file: 'src/core/events/tail.ts',
        find: 'slice(start, start + READ_ROWS)',
        replace: 'slice(Math.min(start + (start % 97 === 96 ? 1 : 0), this.#ring.length - 1), start + READ_ROWS)',
      },
      { file: 'src/core/events/feed.ts', find: 'next.seq !== cursor + 1n', replace: 'next.seq <= cursor' },
    ],
    tests: LIVE,
  },
  {
    name: 'a follower is handed what was committed here though something is missing before it',
    edits: [{ file: 'src/core/events/tail.ts', find: ' || first.seq !== end + 1n) return;', replace: ') return;' }],
    tests: ['tests/core/events/feed.test.ts'],
  },
  {
    name: 'a gap that is not there is told as a reset',
    edits: [{ file: 'src/core/events/feed.ts', find: 'next.seq !== cursor + 1n', replace: 'next.seq % 97n === 0n' }],
    tests: LIVE,
  },
  {
    name: 'who comes back hears again what it heard last',
    edits: [
      {
        file: 'src/core/events/feed.ts',
        find: 'let cursor = after ?? head.seq;',
        replace: 'let cursor = after === null ? head.seq : after - 1n;',
      },
    ],
    tests: LIVE,
  },
  {
    name: 'a cursor that nobody was given is followed',
    edits: [{ file: 'src/core/events/feed.ts', find: 'after > head.seq ||', replace: '' }],
    tests: LIVE,
  },
  {
    name: 'a state is told with the balance of another moment',
    edits: [
      {
        file: 'src/graph/subscriptions.ts',
        find: 'event: balanceChange(newest)',
        replace:
          'event: { ...balanceChange(newest), balance: { ...balanceAfter(newest), available: balanceAfter(step.rows[0] ?? newest).available } }',
      },
    ],
    tests: LIVE,
  },
  {
    name: 'those who follow are sent what comes while their rights are in doubt',
    edits: [{ file: 'src/server/cohort.ts', find: 'while (this.#settling) await this.#settling;', replace: '' }],
    tests: ['tests/server/fan-out'],
  },
  {
    name: 'those who follow and have other rights by now stay where they were',
    edits: [
      { file: 'src/server/cohort.ts', find: 'if (cohort !== this.name) this.#sendAway(party);', replace: '' },
      { file: 'src/server/cohort.ts', find: 'if (cohort === this.name) return', replace: 'if (cohort) return' },
    ],
    tests: ['tests/server/fan-out'],
  },
  {
    name: 'those who follow the activity join others who have come further',
    edits: [
      {
        file: 'src/server/cohort.ts',
        find: 'return cursor === this.#place.cursor;',
        replace: 'return cursor !== null;',
      },
    ],
    tests: ['tests/live/activity-cohorts'],
  },
  {
    name: 'what one who follows asks of their own is sent to others of the same role',
    edits: [{ file: 'src/core/access/access.ts', find: 'if (!IMPERSONAL.has(name)) onPersonal();', replace: '' }],
    tests: ['tests/live/cohorts'],
  },
];
