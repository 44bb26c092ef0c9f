import { randomUUID } from 'node:crypto';
import { encodeId } from '#core/ids';
import type { TestServer } from '../world/server.ts';
import { type Outsider, revokedKey } from './callers.ts';
import type { Canaries } from './canaries.ts';
import { noThings } from './references.ts';
import type { Tenant } from './tenants.ts';
import type { Transports } from './transports.ts';

/** What goes on in a tenant while others ask. */
export class Bustle {
  readonly #server: TestServer;
  readonly #tenant: Tenant;
  readonly #canaries: Canaries;

  constructor(server: TestServer, tenant: Tenant, canaries: Canaries) {
    this.#server = server;
    this.#tenant = tenant;
    this.#canaries = canaries;
  }

  /** One call of the tenant's own key. @returns its idempotency key. */
  async spend(): Promise<string> {
    const idempotencyKey = randomUUID();
    const [tag, note] = [this.#canaries.mark(), this.#canaries.mark()];
    await this.#request(
      `mutation { r: recordUsage(input: { credits: "1", idempotencyKey: "${idempotencyKey}", tag: "${tag}", metadata: { note: "${note}" } }) { __typename } }`,
      { authorization: `Bearer ${this.#tenant.key.secret}` },
    );
    return idempotencyKey;
  }

  /** A key of the tenant, made once only. @returns its idempotency key. */
  async makeKey(): Promise<string> {
    const idempotencyKey = randomUUID();
    const { owner, workspaceId } = this.#tenant;
    await this.#server.makeKey(owner.actor, workspaceId, { name: this.#canaries.mark(), idempotencyKey });
    return idempotencyKey;
  }

  /** A change of name and an invitation that is taken back. */
  async change(): Promise<void> {
    const { owner, workspaceId } = this.#tenant;
    const [name, somebody] = [this.#canaries.mark(), this.#canaries.mark()];
    const workspace = `workspaceId: "${encodeId('Workspace', workspaceId)}"`;
    const headers = { cookie: owner.cookie };
    await this.#request(
      `mutation { r: renameWorkspace(input: { ${workspace}, name: "${name}" }) { __typename } }`,
      headers,
    );
    const invited = await this.#request(
      `mutation { r: inviteMember(input: { ${workspace}, email: "${somebody}@example.com", idempotencyKey: "${randomUUID()}" }) {
        __typename ... on InviteMemberPayload { invitation { id } } } }`,
      headers,
    );
    const invitation = invited as { invitation: { id: string } };
    this.#canaries.add(invitation.invitation.id);
    await this.#request(
      `mutation { r: revokeInvitation(input: { invitationId: "${invitation.invitation.id}" }) { __typename } }`,
      headers,
    );
  }

  /** A key that worked until now asks once more. @returns everything that it was told. */
  async askWithRevokedKey(transports: Transports): Promise<string> {
    const secret = await revokedKey(this.#server, this.#tenant);
    const caller: Outsider = {
      name: 'key revoked just now',
      headers: { authorization: `Bearer ${secret}` },
      own: noThings(),
    };
    const { body } = await transports.post(caller, {
      query: '{ workspace { id name balance { available } } }',
      variables: {},
    });
    return body;
  }

  /** Somebody follows, is removed, and life goes on. @returns what they were sent after that. */
  async followAfterRemoval(transports: Transports): Promise<string> {
    const { workspaceId, owner } = this.#tenant;
    const { removed } = this.#tenant;
    const { db } = this.#server;
    const { id: memberId } = await db.member.findFirstOrThrow({ where: { workspaceId, userId: removed.userId } });
    await db.member.update({ where: { id: memberId }, data: { removedAt: null, role: 'MEMBER' } });
    const caller: Outsider = { name: 'removed just now', headers: { cookie: removed.cookie }, own: noThings() };
    const frames = transports.watch(
      caller,
      `subscription { usageRecorded(workspaceId: "${encodeId('Workspace', workspaceId)}") { ... on UsageChange { usageEntry { tag } } ... on FeedSnapshot { seq } } }`,
    );
    await until(() => frames.length > 0);
    await this.#request(
      `mutation { r: removeMember(input: { memberId: "${encodeId('Member', memberId)}" }) { __typename } }`,
      { cookie: owner.cookie },
    );
    const before = frames.length;
    for (let call = 0; call < 3; call++) await this.spend();
    await until(() => frames.some((frame) => /closed|"error"|"complete"|UNAUTH|NOT_FOUND/.test(frame)));
    return frames.slice(before).join('\n');
  }

  async #request(query: string, headers: Record<string, string>): Promise<unknown> {
    const { data, errors } = await this.#server.request(query, { headers });
    const result = data?.r as { __typename: string } | undefined;
    if (errors || !result?.__typename.endsWith('Payload')) {
      throw new Error(`The tenant's own request failed: ${query} ${JSON.stringify({ data, errors })}`);
    }
    return result;
  }
}

/** Waits a second at most; who waits looks at what came, whatever that is. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 1_000;
  while (!condition() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
}
