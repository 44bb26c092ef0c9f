import type { Actor } from '#core/access/actor';
import { makeOperatorPermit, makePermit, type OperatorPermit, type Permit } from '#core/access/permit';
import { type Action, keyAllows, type OperatorAction, POLICY, type Role, roleAllows } from '#core/access/policy';
import type { Db } from '#core/db';
import { Forbidden, NotFound, Unauthenticated } from '#core/errors';

type Alive = { deletedAt: null } | { erasedAt: null };

/** What can be done to a workspace that is deleted and not erased: bring it back, and delete it again, which changes nothing. */
const SEES_DELETED: ReadonlySet<Action> = new Set(['workspace:restore', 'workspace:delete']);

/**
 * The rights of one actor for the length of one request, or until the next change of rights (server/shared-access.ts):
 * membership is read once per workspace and then remembered, so an Access must never live longer.
 */
export class Access {
  readonly actor: Actor;
  readonly #db: Db;
  /** Which workspaces exist for a user, as far as their life goes. */
  readonly #alive: Alive;
  readonly #roles = new Map<string, Promise<Role | null>>();

  constructor(db: Db, actor: Actor, alive: Alive = { deletedAt: null }) {
    this.#db = db;
    this.actor = actor;
    this.#alive = alive;
  }

  /** Whether the actor may see that this workspace exists. */
  async belongsTo(workspaceId: string): Promise<boolean> {
    switch (this.actor.kind) {
      case 'USER':
        return (await this.#roleIn(workspaceId, this.actor.userId)) !== null;
      case 'API_KEY':
        return this.actor.workspaceId === workspaceId;
      case 'OPERATOR':
        return true;
      case 'NOBODY':
        return false;
    }
  }

  /** The one answer to "may they": fields, node types and permits all ask it. */
  async can(action: Action, workspaceId: string): Promise<boolean> {
    switch (this.actor.kind) {
      case 'USER': {
        const role = await this.#roleIn(workspaceId, this.actor.userId);
        return role !== null && roleAllows(role, action);
      }
      case 'API_KEY':
        return this.actor.workspaceId === workspaceId && keyAllows(this.actor.scopes, this.actor.ceiling, action);
      case 'OPERATOR':
        return POLICY[action].operator;
      case 'NOBODY':
        return false;
    }
  }

  /**
   * Proof that the actor may do this in this workspace. To most actions a deleted workspace does not exist.
   * @throws Unauthenticated for nobody, NotFound for outsiders (a foreign workspace does not exist), Forbidden for insiders without the right.
   */
  async permit<A extends Action>(action: A, workspaceId: string, path: readonly string[] = []): Promise<Permit<A>> {
    this.requireSomebody();
    if (SEES_DELETED.has(action) && 'deletedAt' in this.#alive) {
      return new Access(this.#db, this.actor, { erasedAt: null }).permit(action, workspaceId, path);
    }
    if (!(await this.belongsTo(workspaceId))) throw new NotFound('No such workspace.', path);
    if (!(await this.can(action, workspaceId))) throw new Forbidden(`This credential may not do this (${action}).`);
    return makePermit(action, workspaceId, this.actor);
  }

  /** Reads the role anew when it is asked for next: for whoever changed it, or the workspace's life, in this request. */
  forget(workspaceId: string): void {
    this.#roles.delete(workspaceId);
  }

  /** @throws Unauthenticated for nobody. */
  requireSomebody(): void {
    if (this.actor.kind === 'NOBODY') throw new Unauthenticated('Sign in, or send an API key.');
  }

  /** @throws Unauthenticated for nobody, Forbidden for everyone but operators. */
  operatorPermit<A extends OperatorAction>(action: A): OperatorPermit<A> {
    if (this.actor.kind === 'NOBODY') throw new Unauthenticated('Send an operator token.');
    if (this.actor.kind !== 'OPERATOR') throw new Forbidden(`Only an operator may do this (${action}).`);
    return makeOperatorPermit(action, this.actor);
  }

  /** The signed-in user's role; null for outsiders, and for whoever is no user. */
  async roleIn(workspaceId: string): Promise<Role | null> {
    return this.actor.kind === 'USER' ? this.#roleIn(workspaceId, this.actor.userId) : null;
  }

  #roleIn(workspaceId: string, userId: string): Promise<Role | null> {
    const known = this.#roles.get(workspaceId);
    if (known) return known;
    const role = this.#db.member
      .findFirst({
        where: { workspaceId, userId, removedAt: null, workspace: this.#alive },
        select: { role: true },
      })
      .then((member) => member?.role ?? null);
    this.#roles.set(workspaceId, role);
    return role;
  }
}
