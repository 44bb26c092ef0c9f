/** Asked before a credential that nobody remembers is looked up, and told when there is none. */
export interface LookupGuard {
  /** @throws RateLimited when this address may have nothing looked up. */
  before(address: string | null): Promise<void>;
  failed(address: string | null): void;
}

/** Lets everybody. */
export const OPEN: LookupGuard = { before: async () => undefined, failed: () => undefined };
