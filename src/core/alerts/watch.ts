import { lookAtAlerts } from '#core/alerts/looks';
import { mailFirings } from '#core/alerts/mails';
import { type Db, now } from '#core/db';
import type { Bus, Hint } from '#core/events/bus';
import type { Mailer } from '#core/mail';

const LOOK_INTERVAL_MS = 1_000;
/** What is told within this time is looked at together: a hot workspace costs four looks a second, not one a debit. */
const GATHER_MS = 250;
export interface AlertWatchOptions {
  db: Db;
  mailer: Mailer;
  publicUrl: string;
  /** Says what was decided just now; the look once a second finds what it did not say. */
  bus?: Bus | undefined;
  onError: (error: unknown) => void;
}

/** Looks at alerts when there is news and once a second, and mails what fired, beside other processes that do the same. */
export class AlertWatch {
  readonly #options: AlertWatchOptions;
  readonly #unsubscribe: () => void;
  readonly #interval: NodeJS.Timeout;
  readonly #news = new Set<string>();
  #gathering: NodeJS.Timeout | null = null;
  #look: Promise<void> | null = null;
  #mailing: Promise<void> | null = null;

  constructor(options: AlertWatchOptions) {
    this.#options = options;
    const onHint = (hint: Hint): void => {
      if (hint.kind === 'credits') this.#gather(hint.workspaceId);
    };
    this.#unsubscribe = options.bus?.subscribe(onHint) ?? (() => undefined);
    this.#interval = setInterval(() => void this.#lookAt(null), LOOK_INTERVAL_MS).unref();
  }

  /** Stops; resolves when what runs has ended. */
  async close(): Promise<void> {
    clearInterval(this.#interval);
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#unsubscribe();
    await this.#look;
    await this.#mailing;
  }

  /** One look at a time. */
  async #lookAt(workspaceIds: readonly string[] | null): Promise<void> {
    while (this.#look) await this.#look;
    this.#look = this.#lookOnce(workspaceIds);
    await this.#look;
  }

  #gather(workspaceId: string): void {
    this.#news.add(workspaceId);
    this.#gathering ??= setTimeout(() => {
      const workspaceIds = [...this.#news];
      this.#news.clear();
      this.#gathering = null;
      void this.#lookAt(workspaceIds);
    }, GATHER_MS).unref();
  }

  async #lookOnce(workspaceIds: readonly string[] | null): Promise<void> {
    const { db, onError } = this.#options;
    const at = now();
    try {
      await lookAtAlerts(db, { at, workspaceIds, onError });
    } catch (error) {
      onError(error);
    } finally {
      this.#look = null;
    }
    // A slow mail server keeps no alert waiting.
    this.#mailing ??= mailFirings(db, { ...this.#options, at })
      .catch(onError)
      .finally(() => (this.#mailing = null));
  }
}
