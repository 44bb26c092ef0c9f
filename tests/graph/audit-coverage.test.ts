import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVENT_TARGETS, type EventType } from '#core/events/catalogue';
import { encodeId } from '#core/ids';
import { openServer, type Person, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { join } from './rights/callers.ts';
import { mutations } from './rights/documents.ts';
import { inputFor, makeTargets, type Targets } from './rights/targets.ts';

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await openServer();
  person = await server.signUp();
}, 60_000);
afterAll(() => server.close());

/** What the audit log says after each mutation. */
const RECORDED: Readonly<Record<string, EventType>> = {
  createWorkspace: 'workspace.created',
  renameWorkspace: 'workspace.renamed',
  deleteWorkspace: 'workspace.deleted',
  restoreWorkspace: 'workspace.restored',
  transferWorkspace: 'workspace.transferred',
  changeMemberRole: 'member.role_changed',
  removeMember: 'member.removed',
  leaveWorkspace: 'member.left',
  inviteMember: 'invitation.created',
  resendInvitation: 'invitation.resent',
  revokeInvitation: 'invitation.revoked',
  acceptInvitation: 'invitation.accepted',
  assignPlan: 'workspace.plan_assigned',
  createApiKey: 'api_key.created',
  updateApiKey: 'api_key.updated',
  rotateApiKey: 'api_key.rotated',
  revokeApiKey: 'api_key.revoked',
  createInbox: 'inbox.created',
  updateInbox: 'inbox.updated',
  deactivateInbox: 'inbox.deactivated',
  createAlert: 'alert.created',
  updateAlert: 'alert.updated',
  muteAlert: 'alert.muted',
  testAlert: 'alert.fired',
  deleteAlert: 'alert.deleted',
  createWebhookEndpoint: 'webhook.created',
  updateWebhookEndpoint: 'webhook.updated',
  rotateWebhookSecret: 'webhook.rotated',
  deleteWebhookEndpoint: 'webhook.deleted',
  sendTestWebhook: 'webhook.tested',
  resendDelivery: 'webhook.replayed',
  replayDeliveries: 'webhook.replayed',
  connectIntegration: 'integration.connected',
  updateIntegration: 'integration.updated',
  testIntegration: 'integration.tested',
  disconnectIntegration: 'integration.disconnected',
};

/** Those that only operators may do. */
const OPERATORS: ReadonlySet<string> = new Set(['assignPlan']);

/** Mutations that the audit log says nothing of, and where else they stand. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  recordUsage: 'the ledger',
  recordUsageBatch: 'the ledger',
  createHold: 'the ledger',
  extendHold: 'the ledger',
  captureHold: 'the ledger',
  releaseHold: 'the ledger',
  verifyLedger: 'it only reads, and notes up to where',
  refundUsage: 'the ledger',
  grantCredits: 'the ledger',
  voidGrant: 'the ledger',
  adjustCredits: 'the ledger',
  claimDeliveries: 'each delivery says until when it is claimed',
  acknowledgeDeliveries: 'each delivery says when it was acknowledged',
  setOperation: 'no workspace: each entry of the ledger has the price it was charged',
  setPlan: 'no workspace: the plans query says what each is now',
  revokeSession: 'no workspace: a session belongs to its user',
  revokeOtherSessions: 'no workspace: a session belongs to its user',
};

test('every mutation has its event, or a reason to have none', () => {
  const known = [...Object.keys(RECORDED), ...Object.keys(ELSEWHERE)];
  expect(known.toSorted()).toEqual(mutations.map(({ name }) => name).toSorted());
  for (const type of Object.values(RECORDED)) expect(Object.keys(EVENT_TARGETS)).toContain(type.split('.')[0]);
});

/** Where the made input would change nothing. */
const CHANGING: Readonly<Record<string, (workspace: TestWorkspace) => Promise<object> | object>> = {
  changeMemberRole: () => ({ role: 'MEMBER' }),
  deleteWorkspace: () => ({ name: 'Acme' }),
  renameWorkspace: () => ({ name: 'Other' }),
  async assignPlan() {
    const [at, name] = [new Date(), 'pro'];
    const plan = { name, requestsPerMinute: 1_000_000, createdAt: at, updatedAt: at };
    await server.db.plan.upsert({ where: { name }, create: plan, update: {} });
    return { plan: name };
  },
  updateApiKey: () => ({ name: 'Other' }),
  updateInbox: () => ({ description: 'Other' }),
  updateAlert: () => ({ name: 'Other' }),
  async restoreWorkspace({ workspaceId: id }) {
    await server.db.workspace.update({ where: { id }, data: { deletedAt: new Date() } });
    return {};
  },
  async acceptInvitation({ workspaceId }) {
    const guest = await server.db.member.findFirstOrThrow({ where: { workspaceId, userId: person.userId } });
    const { cookie } = await ownerOf(workspaceId);
    await server.db.member.update({ where: { id: guest.id }, data: { removedAt: new Date() } });
    const input = `{ workspaceId: "${encodeId('Workspace', workspaceId)}", email: "${person.email}", idempotencyKey: "1" }`;
    await ask({ cookie }, `mutation { inviteMember(input: ${input}) { __typename } }`);
    return { token: /\/invitations\/(\w{32})/.exec(server.mails.at(-1) ?? '')?.[1] };
  },
};

async function ownerOf(workspaceId: string): Promise<Person> {
  const owner = await server.signUp();
  await join(server, workspaceId, { userId: owner.userId, role: 'OWNER' });
  return owner;
}

async function ask(
  { cookie, token }: { cookie?: string; token?: string },
  query: string,
  variables: Record<string, unknown> = {},
): Promise<void> {
  const headers: Record<string, string> = cookie === undefined ? {} : { cookie };
  const { data, errors } = await server.request(query, { variables, headers, ...(token && { token }) });
  const [result] = Object.values((data ?? {}) as Record<string, { __typename: string }>);
  expect({ result, errors }).toEqual({ result: { __typename: expect.stringMatching(/Payload$/) }, errors: undefined });
}

async function prepare(name: string): Promise<{ input: object; targets: Targets }> {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  await join(server, workspace.workspaceId, { userId: person.userId, role: 'OWNER' });
  const targets = await makeTargets(server, workspace);
  const mutation = mutations.find((each) => each.name === name);
  if (!mutation) throw new Error(`There is no mutation ${name}`);
  const input = { ...(await inputFor(mutation, targets)), ...(await CHANGING[name]?.(workspace)) };
  return { input, targets };
}

test.each(Object.entries(RECORDED))('%s is recorded as %s, once, with who did it', async (name, type) => {
  const { input } = await prepare(name);
  const { operatorTokenId, token } = server.operator;
  const isOperators = OPERATORS.has(name);
  const about = isOperators
    ? ({ type, actorKind: 'OPERATOR', actorId: operatorTokenId } as const)
    : ({ type, actorKind: 'USER', actorId: person.userId } as const);
  const before = await server.db.event.count({ where: about });
  const inputType = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  await ask(
    isOperators ? { token } : { cookie: person.cookie },
    `mutation ($input: ${inputType}!) { ${name}(input: $input) { __typename } }`,
    { input },
  );
  expect(await server.db.event.count({ where: about })).toBe(before + 1);
});
