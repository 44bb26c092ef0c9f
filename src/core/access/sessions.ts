import type { UserActor } from '#core/access/actor';
import type { Db } from '#core/db';
import { NotFound } from '#core/errors';

/** A signed-in browser, as the sign-in library vouches for it. */
export interface SignedIn {
  userId: string;
  sessionId: string;
  /** When it ends unless it is used before. */
  expiresAt: Date;
}

/** The port to whatever keeps the sessions. */
export interface Sessions {
  /** The session a Cookie header carries, or null when it is absent, forged or over. */
  find(cookie: string): Promise<SignedIn | null>;
}

/** Sessions by their ids, as they are kept: also those whose time is over. */
export async function findSessions(db: Db, sessionIds: readonly string[]): Promise<Map<string, SignedIn>> {
  const sessions = await db.session.findMany({
    where: { id: { in: [...sessionIds] } },
    select: { id: true, userId: true, expiresAt: true },
  });
  return new Map(sessions.map(({ id, ...session }) => [id, { sessionId: id, ...session }]));
}

/** A session as its owner may see it: everything but the token. */
export interface SessionRecord {
  id: string;
  createdAt: Date;
  expiresAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
}

/** More than anybody has; a list needs an end. */
const SESSIONS_LISTED_MAX = 100;

/** The user's own sessions that still live, newest first, the newest hundred. */
export function listSessions(db: Db, { userId }: UserActor): Promise<SessionRecord[]> {
  return db.session.findMany({
    where: { userId, expiresAt: { gt: new Date() } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: SESSIONS_LISTED_MAX,
    select: { id: true, createdAt: true, expiresAt: true, ipAddress: true, userAgent: true },
  });
}

/** Ends one of the user's own sessions; the caller tells the bus. @throws NotFound for anybody else's too. */
export async function revokeSession(
  db: Db,
  { userId }: UserActor,
  { sessionId }: { sessionId: string },
): Promise<void> {
  const { count } = await db.session.deleteMany({ where: { id: sessionId, userId } });
  if (count === 0) throw new NotFound('No such session.', ['input', 'sessionId']);
}

/**
 * Ends all of the user's sessions but the one named, which must be theirs; returns the ids, of which the caller tells
 * the bus. @throws NotFound
 */
export async function revokeOtherSessions(
  db: Db,
  { userId }: UserActor,
  { keepSessionId }: { keepSessionId: string },
): Promise<string[]> {
  const sessions = await db.session.findMany({ where: { userId }, select: { id: true } });
  const ids = sessions.map(({ id }) => id).filter((id) => id !== keepSessionId);
  if (ids.length === sessions.length) throw new NotFound('No such session.', ['input', 'keepSessionId']);
  await db.session.deleteMany({ where: { id: { in: ids } } });
  return ids;
}
