import type { Actor } from '#core/access/actor';
import { makeOperatorPermit, makePermit, type OperatorPermit, type Permit } from '#core/access/permit';
import { type Action, keyAllows, type OperatorAction, POLICY, type Role, roleAllows } from '#core/access/policy';
import { findRole, type Life } from '#core/access/roles';
import type { Db } from '#core/db';
import { Forbidden, NotFound, Unauthenticated } from '#core/errors';

/** What can be done to a workspace that is deleted and not erased: bring it back, and delete it again, which changes nothing. */
const SEES_DELETED: ReadonlySet<Action> = new Set(['workspace:restore', 'workspace:delete']);

/** Of an actor, what those with the same rights in its workspace have too. */
const IMPERSONAL: ReadonlySet<PropertyKey> = new Set([
  'kind',
  'standsInFor',
  'workspaceId',
  'environment',
  'scopes',
  'ceiling',
]);

interface Reach {
  life: Life;
  /** Where the actor stands for all who have its rights, and who hears of questions whose answer is its own alone. */
  standIn?: { workspaceId: string; onPersonal: () => void };
}

/**
 * The rights of one actor for the length of one request, or until the next change of rights (server/shared-access.ts):
 * membership is read once per workspace and then remembered, so an Access must never live longer.
 */
export class Access {
  readonly actor: Actor;
  readonly #db: Db;
  readonly #who: Actor;
  readonly #reach: Reach;
  #roles = new Map<string, Promise<Role | null>>();

  constructor(db: Db, actor: Actor, reach: Reach = { life: 'LIVING' }) {
    this.#db = db;
    this.#who = actor;
    this.#reach = reach;
    const { standIn } = reach;
    this.actor = standIn ? watched(actor, standIn) : actor;
  }

  /** Names who it is, from wherever they come: whoever has the same name is answered the same. */
  get identity(): string {
    const actor = this.#who;
    switch (actor.kind) {
      case 'USER':
        return `USER ${actor.userId} ${actor.sessionId}`;
      case 'API_KEY':
        return `API_KEY ${actor.apiKeyId} ${actor.secretId}`;
      case 'OPERATOR':
        return `OPERATOR ${actor.operatorTokenId}`;
      case 'NOBODY':
        return actor.kind;
    }
  }

  /**
   * Names what the actor may do in a workspace: whoever has the same name is answered the same there, but for what is
   * personal (`standIn`).
   */
  async rightsIn(workspaceId: string): Promise<string> {
    const actor = this.#who;
    switch (actor.kind) {
      case 'USER':
        return `USER ${await this.#roleIn(workspaceId, actor.userId)}`;
      case 'API_KEY':
        return `API_KEY ${actor.environment} ${actor.ceiling} ${actor.scopes.toSorted().join(' ')}`;
      case 'OPERATOR':
      case 'NOBODY':
        return this.identity;
    }
  }

  /**
   * The same rights for work whose outcome is for all who have them in this workspace.
   * @param onPersonal Called when something was asked whose answer may be another for another of them.
   */
  standIn(workspaceId: string, onPersonal: () => void): Access {
    const access = new Access(this.#db, this.#who, { ...this.#reach, standIn: { workspaceId, onPersonal } });
    access.#roles = this.#roles;
    return access;
  }

  /** Whether the actor may see that this workspace exists. */
  async belongsTo(workspaceId: string): Promise<boolean> {
    const actor = this.#askedOf(workspaceId);
    switch (actor.kind) {
      case 'USER':
        return (await this.#roleIn(workspaceId, actor.userId)) !== null;
      case 'API_KEY':
        return actor.workspaceId === workspaceId;
      case 'OPERATOR':
        return true;
      case 'NOBODY':
        return false;
    }
  }

  /** The one answer to "may they": fields, node types and permits all ask it. */
  async can(action: Action, workspaceId: string): Promise<boolean> {
    const actor = this.#askedOf(workspaceId);
    switch (actor.kind) {
      case 'USER': {
        const role = await this.#roleIn(workspaceId, actor.userId);
        return role !== null && roleAllows(role, action);
      }
      case 'API_KEY':
        return actor.workspaceId === workspaceId && keyAllows(actor.scopes, actor.ceiling, action);
      case 'OPERATOR':
        return POLICY[action].operator;
      case 'NOBODY':
        return false;
    }
  }

  /**
   * The same of what belongs to a key: what a key recorded or holds, and the key itself, it may read without any scope.
   * The right is asked about first, since who has it need not be told apart from others who have it.
   */
  async canOrIsOwn(
    action: Action,
    { workspaceId, apiKeyId }: { workspaceId: string; apiKeyId: string | null },
  ): Promise<boolean> {
    if (await this.can(action, workspaceId)) return true;
    return this.actor.kind === 'API_KEY' && this.actor.apiKeyId === apiKeyId;
  }

  /**
   * Proof that the actor may do this in this workspace. To most actions a deleted workspace does not exist.
   * @throws Unauthenticated for nobody, NotFound for outsiders (a foreign workspace does not exist), Forbidden for insiders without the right.
   */
  async permit<A extends Action>(action: A, workspaceId: string, path: readonly string[] = []): Promise<Permit<A>> {
    this.requireSomebody();
    if (SEES_DELETED.has(action) && this.#reach.life === 'LIVING') {
      return new Access(this.#db, this.#who, { ...this.#reach, life: 'NOT_ERASED' }).permit(action, workspaceId, path);
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
    const actor = this.#askedOf(workspaceId);
    return actor.kind === 'USER' ? this.#roleIn(workspaceId, actor.userId) : null;
  }

  /** Who it is, for a question about one workspace: what holds in another is not the same for all. */
  #askedOf(workspaceId: string): Actor {
    const { standIn } = this.#reach;
    if (standIn && standIn.workspaceId !== workspaceId && this.#who.kind === 'USER') standIn.onPersonal();
    return this.#who;
  }

  #roleIn(workspaceId: string, userId: string): Promise<Role | null> {
    const known = this.#roles.get(workspaceId);
    if (known) return known;
    const role = findRole(this.#db, { workspaceId, userId, life: this.#reach.life });
    this.#roles.set(workspaceId, role);
    // That it could not be read is no answer: who asks again reads again.
    role.catch(() => this.#roles.delete(workspaceId));
    return role;
  }
}

function watched(actor: Actor, { workspaceId, onPersonal }: NonNullable<Reach['standIn']>): Actor {
  const standIn: Actor = actor.kind === 'USER' ? { ...actor, standsInFor: workspaceId } : actor;
  return new Proxy(standIn, {
    get(target, name) {
      if (!IMPERSONAL.has(name)) onPersonal();
      return target[name as keyof Actor];
    },
  });
}
