import type { Actor, OperatorActor } from '#core/access/actor';
import type { Action, OperatorAction } from '#core/access/policy';

declare const checked: unique symbol;

/**
 * Proof that an actor was allowed an action in a workspace. Writes in core take one, so a forgotten check does not
 * compile, and it carries the workspace id, so the tenant cannot be passed wrong. Only access.ts makes one.
 */
export interface Permit<A extends Action> {
  readonly action: A;
  readonly workspaceId: string;
  readonly actor: Actor;
  readonly [checked]: true;
}

/** The same for what only operators do, across workspaces. */
export interface OperatorPermit<A extends OperatorAction> {
  readonly action: A;
  readonly actor: OperatorActor;
  readonly [checked]: true;
}

/** For access.ts alone, after it has checked. */
export function makePermit<A extends Action>(action: A, workspaceId: string, actor: Actor): Permit<A> {
  return { action, workspaceId, actor } as Permit<A>;
}

/** For access.ts alone, after it has checked. */
export function makeOperatorPermit<A extends OperatorAction>(action: A, actor: OperatorActor): OperatorPermit<A> {
  return { action, actor } as OperatorPermit<A>;
}
