import type { Role } from '#core/access/policy';
import type { Db } from '#core/db';
import type { ApiKey, ApiKeySecret, Plan } from '#generated/prisma/client';

type KeyColumns = Pick<
  ApiKey,
  'scopes' | 'expiresAt' | 'disabledAt' | 'revokedAt' | 'allowedAddresses' | 'requestsPerMinute' | 'id'
>;

/** A secret's key, with all that decides what it may do now. */
export interface FoundKey extends KeyColumns, Pick<ApiKey, 'workspaceId' | 'memberId' | 'environment'> {
  secret: Pick<ApiKeySecret, 'id' | 'expiresAt'>;
  /** Of the member who made it. */
  role: Role;
  plan: Pick<Plan, 'requestsPerMinute'>;
  /** The key that made it, if a key did. */
  parent: KeyColumns | null;
}

type Row = Omit<FoundKey, 'secret' | 'plan' | 'parent'> & {
  secretId: string;
  secretExpiresAt: Date | null;
  planRequestsPerMinute: number;
  parentId: string | null;
  parentScopes: string[];
  parentExpiresAt: Date | null;
  parentDisabledAt: Date | null;
  parentRevokedAt: Date | null;
  parentAllowedAddresses: string[];
  parentRequestsPerMinute: number | null;
};

/**
 * Finds keys by the hashes of their secrets, both in hexadecimal digits; none where a workspace is deleted. One statement:
 * relation by relation it was six, and when thousands of clients come back they are most of the work.
 */
export async function findKeys(db: Db, hashes: readonly string[]): Promise<Map<string, FoundKey>> {
  const rows = await db.$queryRaw<(Row & { hash: Uint8Array })[]>`
    SELECT secret.hash, key.id, key.workspace_id AS "workspaceId", key.member_id AS "memberId", key.environment::text, key.scopes,
      key.expires_at AS "expiresAt", key.disabled_at AS "disabledAt", key.revoked_at AS "revokedAt",
      key.allowed_addresses AS "allowedAddresses", key.requests_per_minute AS "requestsPerMinute",
      secret.id AS "secretId", secret.expires_at AS "secretExpiresAt", member.role::text,
      plan.requests_per_minute AS "planRequestsPerMinute", parent.id AS "parentId", parent.scopes AS "parentScopes",
      parent.expires_at AS "parentExpiresAt", parent.disabled_at AS "parentDisabledAt",
      parent.revoked_at AS "parentRevokedAt", parent.allowed_addresses AS "parentAllowedAddresses",
      parent.requests_per_minute AS "parentRequestsPerMinute"
    FROM api_key_secret secret
    JOIN api_key key ON key.id = secret.api_key_id
    JOIN member ON member.id = key.member_id
    JOIN workspace ON workspace.id = key.workspace_id
    JOIN plan ON plan.name = workspace.plan_name
    LEFT JOIN api_key parent ON parent.id = key.parent_id
    WHERE secret.hash = ANY (${hashes.map((hash) => Buffer.from(hash, 'hex'))}::bytea[]) AND workspace.deleted_at IS NULL`;
  return new Map(rows.map(({ hash, ...row }) => [Buffer.from(hash).toString('hex'), keyOf(row)]));
}

function keyOf(row: Row): FoundKey {
  const { secretId, secretExpiresAt, planRequestsPerMinute, ...key } = row;
  return {
    ...key,
    secret: { id: secretId, expiresAt: secretExpiresAt },
    plan: { requestsPerMinute: planRequestsPerMinute },
    parent: parentOf(row),
  };
}

function parentOf(row: Row): KeyColumns | null {
  if (row.parentId === null) return null;
  return {
    id: row.parentId,
    scopes: row.parentScopes,
    expiresAt: row.parentExpiresAt,
    disabledAt: row.parentDisabledAt,
    revokedAt: row.parentRevokedAt,
    allowedAddresses: row.parentAllowedAddresses,
    requestsPerMinute: row.parentRequestsPerMinute,
  };
}
