import { LRUCache } from 'lru-cache';

/** Of those that are followed here and were lately. */
const WORKSPACES_MAX = 50_000;

/** Up to which change of rights in each workspace everyone here was told, whichever of its logs showed it. */
export class AccessVersions {
  readonly #known = new LRUCache<string, number>({ max: WORKSPACES_MAX });

  /** @returns whether somebody may have lost a right since this was last called for the workspace. */
  note({ workspaceId, accessVersion }: { workspaceId: string; accessVersion: number }): boolean {
    const known = this.#known.get(workspaceId);
    // A read that took long may be older than what another has shown.
    if (known !== undefined && accessVersion <= known) return false;
    this.#known.set(workspaceId, accessVersion);
    return known !== undefined;
  }
}
