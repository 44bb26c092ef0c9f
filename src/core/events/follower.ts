/** How a follower wants its news: each as soon as it is there, or the newest of them at most a few times a second. */
export type Pace = 'EACH' | 'NEWEST';

/** One who follows a workspace: what it has checked, and its sleep until there is news. */
export class Follower {
  readonly pace: Pace;
  /** Up to which change of rights it has checked its own. */
  accessVersion: number;
  #resume: (() => void) | null = null;

  constructor({ pace, accessVersion }: { pace: Pace; accessVersion: number }) {
    this.pace = pace;
    this.accessVersion = accessVersion;
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
