/** What a caller asks for. Micro-credits and milliseconds. */
export type Request =
  | { kind: 'DEBIT'; credits: bigint }
  | { kind: 'GRANT'; credits: bigint; priority: number; expiresAt: number | null };

/** Credits that a grant gives to, or gets back from, a decision. */
export interface Draw {
  grant: string;
  credits: bigint;
}

/** What must come of a decision. */
export interface Verdict {
  outcome: 'SUCCEEDED' | 'DECLINED';
  /** What moves. */
  credits: bigint;
  draws: Draw[];
  availableAfter: bigint;
}

interface Grant {
  id: string;
  priority: number;
  expiresAt: number | null;
  createdAt: number;
  remaining: bigint;
}

/**
 * What one workspace's credits must do, written from the rules alone: no SQL, no batches, no concurrency, nothing of the
 * code that it judges. One decision after another, each at its time.
 */
export class Model {
  readonly #grants: Grant[] = [];

  get available(): bigint {
    return this.#grants.reduce((sum, { remaining }) => sum + remaining, 0n);
  }

  /** Grants whose time has come with credits left: they must expire before anything else is decided. */
  dueAt(at: number): Draw[] {
    return this.#grants
      .filter(({ expiresAt, remaining }) => expiresAt !== null && expiresAt <= at && remaining > 0n)
      .map(({ id, remaining }) => ({ grant: id, credits: remaining }));
  }

  /** When a grant with credits left ends next. */
  get nextEnd(): number {
    const ends = this.#grants.filter(({ remaining }) => remaining > 0n).map(({ expiresAt }) => expiresAt ?? Infinity);
    return Math.min(Infinity, ...ends);
  }

  decide(request: Request, at: number, grantId: string): Verdict {
    return request.kind === 'GRANT' ? this.#grant(request, at, grantId) : this.#debit(request.credits);
  }

  /** Ends one grant. Throws when its time has not come or nothing is left of it. */
  expire(grantId: string, at: number): Verdict {
    const due = this.dueAt(at).find(({ grant }) => grant === grantId);
    if (!due) throw new Error(`grant ${grantId} has nothing to expire at ${at}`);
    this.#take(due);
    return this.#succeed(due.credits, [due]);
  }

  #grant({ credits, priority, expiresAt }: Request & { kind: 'GRANT' }, createdAt: number, id: string): Verdict {
    this.#grants.push({ id, priority, expiresAt, createdAt, remaining: credits });
    this.#grants.sort(
      (a, b) =>
        a.priority - b.priority ||
        compare(a.expiresAt ?? Infinity, b.expiresAt ?? Infinity) ||
        compare(a.createdAt, b.createdAt) ||
        compare(a.id, b.id),
    );
    return this.#succeed(credits, [{ grant: id, credits }]);
  }

  #debit(credits: bigint): Verdict {
    if (credits > this.available) {
      return { outcome: 'DECLINED', credits: 0n, draws: [], availableAfter: this.available };
    }
    const draws: Draw[] = [];
    let due = credits;
    for (const { id, remaining } of this.#grants) {
      const paid = remaining < due ? remaining : due;
      if (paid > 0n) draws.push({ grant: id, credits: paid });
      due -= paid;
    }
    for (const draw of draws) this.#take(draw);
    return this.#succeed(credits, draws);
  }

  #take({ grant: id, credits }: Draw): void {
    const index = this.#grants.findIndex((grant) => grant.id === id);
    const grant = this.#grants[index];
    if (!grant) throw new Error(`grant ${id} is unknown`);
    grant.remaining -= credits;
    if (grant.remaining === 0n) this.#grants.splice(index, 1);
  }

  #succeed(credits: bigint, draws: Draw[]): Verdict {
    return { outcome: 'SUCCEEDED', credits, draws, availableAfter: this.available };
  }
}

function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
