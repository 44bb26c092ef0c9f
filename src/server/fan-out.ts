import type { LiveStep } from '#graph/live-streams';
import { Cohort, type Member, type Steps } from '#server/cohort';

interface Joining {
  /** As the subscriber's rights are now. */
  cohort: string;
  /** Its own stream, which a cohort that it founds is run from. */
  steps: Steps;
  /** The last step of it. */
  step: LiveStep;
}

/**
 * The subscribers of all sockets. Each follows its stream alone until it has caught up; then it joins those who are sent
 * the same, and one stream is run for all of them. Who reads too slowly for its cohort goes on alone from where it was.
 */
export class FanOut {
  readonly #cohorts = new Map<string, Cohort>();
  readonly #onBehind: () => void;

  /** @param onBehind Called for each subscriber that its cohort leaves behind. */
  constructor(onBehind: () => void) {
    this.#onBehind = onBehind;
  }

  get cohortCount(): number {
    return this.#cohorts.size;
  }

  /** @returns the cohort it belongs to from now on, which may take over its stream; null while it must go on alone. */
  join(member: Member, { cohort: name, steps, step }: Joining): Cohort | null {
    const known = this.#cohorts.get(name);
    if (known) {
      if (!known.isOpenTo(step)) return null;
      void steps.return?.();
      known.add(member);
      return known;
    }
    if (!step.isCaughtUp) return null;
    const cohort = new Cohort(name, {
      steps,
      begun: step,
      onBehind: this.#onBehind,
      onOver: () => {
        if (this.#cohorts.get(name) === cohort) this.#cohorts.delete(name);
      },
    });
    cohort.add(member);
    this.#cohorts.set(name, cohort);
    void cohort.run();
    return cohort;
  }
}
