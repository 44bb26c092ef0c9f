import type { TestServer } from '../world/server.ts';
import { gatherOutsiders, type Outsider, type Outsiders } from './callers.ts';
import { Canaries } from './canaries.ts';
import { Coverage } from './coverage.ts';
import { Composer, type Draft, fill, type OperationKind } from './documents.ts';
import { bare, Likeness } from './likeness.ts';
import { Random } from './random.ts';
import { Absences, BEARERS } from './references.ts';
import { Bustle } from './scenes.ts';
import { countStatements } from './statements.ts';
import { makeTenant, type Tenant } from './tenants.ts';
import { type Answer, openTransports, type Operation, type Transport, type Transports } from './transports.ts';

/** What an outsider could tell from an answer. */
export interface Leak {
  what: string;
  number: number;
  caller: string;
  transport: Transport;
  operation: Operation;
  details: string;
}

export interface Tally {
  kinds: Map<string, number>;
  callers: Map<string, number>;
  transports: Map<string, number>;
  /** Answers that never reached a resolver: the generator's fault. */
  misread: string[];
}

const WAYS: Record<OperationKind, readonly Transport[]> = {
  query: ['post', 'post', 'post', 'get', 'socket', 'sse'],
  mutation: ['post', 'post', 'socket'],
  subscription: ['socket', 'socket', 'sse'],
};

/**
 * What is asked again answers the same now and then, unless something tells it apart: of several errors under one
 * object the first is told, and a cache that ran out adds a statement of its own.
 */
const TRIES = 6;

interface Attempt {
  caller: Outsider;
  transport: Transport;
  draft: Draft;
  foreign: readonly string[];
  absent: readonly string[];
}

interface Told {
  operation: Operation;
  answer: Answer;
  statements: number;
}

/** Two tenants full of canaries, one at rest and one at work, everybody else, and operations to no end. */
export class Fuzz {
  readonly quiet: Tenant;
  readonly canaries: Canaries;
  readonly bustle: Bustle;
  readonly transports: Transports;
  readonly outsiders: Outsiders;
  readonly coverage = new Coverage();
  readonly tally: Tally = { kinds: new Map(), callers: new Map(), transports: new Map(), misread: [] };
  readonly #seed: number;
  readonly #busy: Tenant;
  readonly #statements = countStatements();
  /** Whether a change succeeded on its caller's own side. */
  #hasMade = false;

  private constructor(
    seed: number,
    parts: { quiet: Tenant; busy: Tenant; outsiders: Outsiders; bustle: Bustle } & Pick<
      Fuzz,
      'canaries' | 'transports'
    >,
  ) {
    this.#seed = seed;
    this.quiet = parts.quiet;
    this.#busy = parts.busy;
    this.canaries = parts.canaries;
    this.bustle = parts.bustle;
    this.outsiders = parts.outsiders;
    this.transports = parts.transports;
  }

  static async open(server: TestServer, seed: number): Promise<Fuzz> {
    const canaries = new Canaries();
    const shared = await server.signUp({ name: 'Sam' });
    const quiet = await makeTenant(server, canaries, shared);
    const busy = await makeTenant(server, canaries, shared);
    const outsiders = await gatherOutsiders(server, quiet);
    const bustle = new Bustle(server, busy, canaries);
    return new Fuzz(seed, { quiet, busy, canaries, bustle, outsiders, transports: openTransports(server) });
  }

  close(): void {
    this.#statements.stop();
    this.transports.close();
  }

  /** One operation on what is somebody else's, and the same on what never was. `alone`: nothing else runs meanwhile. */
  async run(number: number, kind: OperationKind, isAlone: boolean): Promise<Leak | null> {
    const random = new Random(this.#seed, number);
    const picked = random.pick(this.outsiders.callers);
    const transport = random.pick(WAYS[kind]);
    const draft = new Composer(random, this.coverage, picked.own).compose(kind);
    // Few may spend at all, and what spends is worth more than another refusal.
    const isSpent = draft.text.includes('recordUsage') && random.chance(0.7);
    const caller = isSpent ? this.outsiders.spender : picked;
    this.coverage.hit(draft.places);
    this.#count({ kind, caller: caller.name, transport });
    const attempt = { caller, transport, draft, ...(await this.#names(draft, random)) };
    const found = await this.#compare(attempt, isAlone);
    if (this.#hasMade) await this.outsiders.mend();
    this.#hasMade = false;
    return found && { number, caller: caller.name, transport, ...found };
  }

  /** What comes unasked, or to somebody who lost their rights a moment ago. */
  async scene(number: number, name: 'askWithRevokedKey' | 'followAfterRemoval'): Promise<Leak | null> {
    const told = await this.bustle[name](this.transports);
    const transport = name === 'askWithRevokedKey' ? 'post' : 'socket';
    this.#count({ kind: name, caller: 'the past', transport });
    const leaks = this.canaries.leaksIn(told, '');
    if (leaks.length === 0) return null;
    const operation = { query: name, variables: {} };
    return {
      what: 'reads on',
      number,
      caller: 'the past',
      transport,
      operation,
      details: `${leaks.join(' ')} in ${told}`,
    };
  }

  async #names(draft: Draft, random: Random): Promise<Pick<Attempt, 'foreign' | 'absent'>> {
    const tenant = random.pick([this.quiet, this.#busy]);
    const foreign: string[] = [];
    const absent: string[] = [];
    const absences = new Absences(random);
    for (const { kind, own } of draft.holes) {
      const isSpending = draft.text.includes('recordUsage');
      const used = async (): Promise<string> => (isSpending ? this.bustle.spend() : this.bustle.makeKey());
      // A key that was used once is no longer unused by whoever tried it: each gets a fresh one.
      const name = own ?? (kind === 'idempotencyKey' ? await used() : random.pick(tenant.things[kind]));
      foreign.push(name);
      absent.push(own ?? absences.like(kind, name));
    }
    return { foreign, absent };
  }

  async #compare(attempt: Attempt, isAlone: boolean): Promise<Pick<Leak, 'what' | 'operation' | 'details'> | null> {
    const { draft, foreign, absent } = attempt;
    const knowsSecret = draft.holes.some(({ kind }) => BEARERS.includes(kind));
    const isChange = draft.kind === 'mutation';
    const isCounted = isAlone && !knowsSecret && draft.kind !== 'subscription';
    const answers = new Likeness();
    const statements = new Likeness();
    for (let turn = 1; ; turn++) {
      const real = await this.#ask(attempt, foreign);
      const none = await this.#ask(attempt, absent);
      const { operation, answer } = real;
      const leaks = this.canaries.leaksIn(`${answer.headers}\n${answer.body}`, JSON.stringify(operation));
      if (leaks.length > 0) return { what: 'shows', operation, details: `${leaks.join(' ')} in ${answer.body}` };
      this.#readRefusals(answer, operation);
      // What is done once is refused afterwards: asked again, it would look like what never was.
      if (isMade(draft, answer) !== isMade(draft, none.answer)) {
        return { what: 'lets through', operation, details: `${answer.body}\n--- but\n${none.answer.body}` };
      }
      const isLike = answers.add(bare(answer, foreign, isChange), bare(none.answer, absent, isChange));
      const isAsMuch = statements.add(`${real.statements} statements`, `${none.statements} statements`) || !isCounted;
      if (isLike && isAsMuch) return null;
      if (turn < TRIES) continue;
      if (!isLike) return { what: 'tells apart', operation, details: answers.describe() };
      return { what: 'works longer', operation, details: statements.describe() };
    }
  }

  async #ask({ caller, transport, draft }: Attempt, names: readonly string[]): Promise<Told> {
    const operation = fill(draft, names);
    const before = this.#statements.count();
    const answer = await this.transports[transport](caller, operation);
    if (isMade(draft, answer)) this.#hasMade = true;
    return { operation, answer, statements: this.#statements.count() - before };
  }

  #readRefusals({ body }: Answer, operation: Operation): void {
    if (/GRAPHQL_(PARSE|VALIDATION)_FAILED|BAD_USER_INPUT|too large|INTERNAL_SERVER_ERROR/.test(body)) {
      this.tally.misread.push(`${body}\n${operation.query} ${JSON.stringify(operation.variables)}`);
    }
  }

  #count({ kind, caller, transport }: { kind: string; caller: string; transport: string }): void {
    add(this.tally.kinds, kind);
    add(this.tally.callers, caller);
    add(this.tally.transports, transport);
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Whether an answer says that something was changed. */
function isMade({ kind }: Draft, { body }: Answer): boolean {
  return kind === 'mutation' && body.includes('Payload"');
}
