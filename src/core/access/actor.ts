import type { Role } from '#core/access/policy';

/** Who is asking. Resolved once per request, at the edge. */
export type Actor = NobodyActor | UserActor | ApiKeyActor | OperatorActor;

interface FromSomewhere {
  /** Network address of the caller; null where there is none, as in a job. */
  address: string | null;
}

export interface NobodyActor extends FromSomewhere {
  kind: 'NOBODY';
}

export interface UserActor extends FromSomewhere {
  kind: 'USER';
  userId: string;
  sessionId: string;
  /** The workspace in which it stands for all who have its rights there: for them it can see no other. */
  standsInFor?: string;
}

export interface ApiKeyActor extends FromSomewhere {
  kind: 'API_KEY';
  apiKeyId: string;
  /** Which of the key's secrets was sent. */
  secretId: string;
  workspaceId: string;
  memberId: string;
  environment: 'LIVE' | 'TEST';
  scopes: readonly string[];
  /** Current role of the key's creator, or their last one once removed. */
  ceiling: Role;
  /** When this credential stops working by itself. */
  expiresAt: Date | null;
  /** What its requests count against: the workspace's plan, and the limits of the key and of the key that made it. */
  quotas: readonly Quota[];
}

/** Requests in 60 seconds that all who share a bucket may make together. */
export interface Quota {
  bucket: string;
  perMinute: number;
}

export interface OperatorActor extends FromSomewhere {
  kind: 'OPERATOR';
  operatorTokenId: string;
}

/** Who did it, as ledger and events store it. */
export interface ActorStamp {
  actorKind: 'USER' | 'API_KEY' | 'OPERATOR' | 'SYSTEM';
  actorId: string | null;
}

/** The actor as events store it: who, and from where. */
export function originOf(actor: Actor): ActorStamp & { address: string | null } {
  return { ...stampOf(actor), address: actor.address };
}

/** The actor as the ledger stores it; nobody is stored as the system itself. */
export function stampOf(actor: Actor): ActorStamp {
  switch (actor.kind) {
    case 'USER':
      return { actorKind: 'USER', actorId: actor.userId };
    case 'API_KEY':
      return { actorKind: 'API_KEY', actorId: actor.apiKeyId };
    case 'OPERATOR':
      return { actorKind: 'OPERATOR', actorId: actor.operatorTokenId };
    case 'NOBODY':
      return { actorKind: 'SYSTEM', actorId: null };
  }
}
