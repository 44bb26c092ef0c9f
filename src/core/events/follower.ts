/** How a follower wants its news: each as soon as it is there, or the newest of them at most a few times a second. */
export type Pace = 'EACH' | 'NEWEST';

/** One who follows a log: its sleep until there is news. */
export class Follower {
  readonly pace: Pace;
  #resume: (() => void) | null = null;

  constructor(pace: Pace) {
    this.pace = pace;
  }

  /** Resolves when it is woken next. */
  sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  wake(): void {
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
  }
}
