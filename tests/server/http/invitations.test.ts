import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { openServer, type Person, type TestServer } from '../../world/server.ts';

let server: TestServer;
let smtp: SMTPServer;
const mails: string[] = [];

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('full') ? new Error('mailbox full') : null),
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      stream.on('end', () => {
        const mail = text.replaceAll('=\r\n', '');
        // Signing up sends a mail too.
        if (mail.includes('/invitations/')) mails.push(mail);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', () => resolve()));
  const { port } = smtp.server.address() as AddressInfo;
  server = await openServer({ mail: { smtpUrl: `smtp://127.0.0.1:${port}`, from: 'no-reply@example.com' } });
}, 60_000);
afterAll(async () => {
  await server.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});

const address = () => `${randomUUID()}@example.com`;

/** What a mutation here can answer; a test says what it expects by what it reads. */
interface Answered {
  code?: string;
  message?: string;
  invitation: { id: string };
  member: { id: string };
}

async function change({ cookie }: Person, mutation: string, selection = ''): Promise<Answered> {
  const { data, errors } = await server.request(
    `mutation { it: ${mutation} { __typename ${selection} ... on UserError { code message } } }`,
    { headers: { cookie } },
  );
  return (data?.it ?? { code: errors?.[0]?.extensions['code'] }) as Answered;
}

/** Somebody with a workspace of their own. */
async function makeOwner(name = 'Ada') {
  const person = await server.signUp({ name });
  const { id } = await server.db.workspace.findUniqueOrThrow({ where: { defaultOfId: person.userId } });
  return { ...person, id, workspaceId: encodeId('Workspace', id) };
}

const invite = (by: Person & { workspaceId: string }, email: string, role = 'MEMBER') =>
  change(
    by,
    `inviteMember(input: { workspaceId: "${by.workspaceId}", email: "${email}", role: ${role}, idempotencyKey: "${randomUUID()}" })`,
    '... on InviteMemberPayload { mailed invitation { id email role } }',
  );
const accept = (by: Person, token: string) =>
  change(
    by,
    `acceptInvitation(input: { token: "${token}" })`,
    '... on AcceptInvitationPayload { workspace { id } member { id role } }',
  );
const tokenOf = (mail: string | undefined) => /\/invitations\/([0-9A-Za-z]{32})/.exec(mail ?? '')?.[1] ?? '';
const unknown = { __typename: 'NotFound', code: 'NOT_FOUND', message: expect.any(String) as string };

test('who signs up through an invitation has a workspace of their own and lands in the invited one', async () => {
  const owner = await makeOwner('Ada\u2028Bcc: evil@example.com');
  const email = address();
  expect(await invite(owner, email.toUpperCase())).toMatchObject({
    mailed: true,
    invitation: { email, role: 'MEMBER' },
  });
  const mail = mails.at(-1);
  expect(mail).toContain(`To: ${email}`);
  expect(mail).not.toMatch(/^Bcc/m);
  const guest = await server.signUp({ email });
  const joined = await accept(guest, tokenOf(mail));
  expect(joined).toMatchObject({ workspace: { id: owner.workspaceId }, member: { role: 'MEMBER' } });
  expect(await accept(guest, tokenOf(mail))).toEqual(joined);
  const { data } = await server.request('{ viewer { workspaces { id } } }', { headers: { cookie: guest.cookie } });
  expect(data.viewer.workspaces).toHaveLength(2);
  expect(await server.db.user.findUnique({ where: { email } })).toMatchObject({ emailVerified: true });
  expect(await invite(owner, email)).toMatchObject({ code: 'ALREADY_MEMBER' });
  expect(JSON.stringify(await server.db.invitation.findMany())).not.toContain(tokenOf(mail));
});

test('guessed, foreign, replaced, re-sent and revoked tokens all answer alike', async () => {
  const owner = await makeOwner();
  const guest = await server.signUp();
  const stranger = await server.signUp();
  const { invitation } = await invite(owner, guest.email);
  const first = tokenOf(mails.at(-1));
  await change(owner, `resendInvitation(input: { invitationId: "${invitation.id}" })`);
  const second = tokenOf(mails.at(-1));
  const replaced = await invite(owner, guest.email, 'VIEWER');
  const third = tokenOf(mails.at(-1));
  expect(new Set([first, second, third]).size).toBe(3);
  const dead = [await accept(guest, 'x'.repeat(32)), await accept(guest, first), await accept(guest, second)];
  dead.push(await accept(stranger, third), await accept(guest, 'short'));
  expect(dead).toEqual(dead.map(() => unknown));
  expect(new Set(dead.map(({ message }) => message)).size).toBe(1);
  await change(owner, `revokeInvitation(input: { invitationId: "${replaced.invitation.id}" })`);
  expect(await accept(guest, third)).toEqual(dead[0]);
});

test('an expired invitation says so to the right person alone, and works again when it is sent again', async () => {
  const owner = await makeOwner();
  const [guest, stranger] = [await server.signUp(), await server.signUp()];
  const { invitation } = await invite(owner, guest.email);
  await server.db.invitation.updateMany({ where: { email: guest.email }, data: { expiresAt: new Date() } });
  expect(await accept(guest, tokenOf(mails.at(-1)))).toMatchObject({ code: 'INVITATION_EXPIRED' });
  expect(await accept(stranger, tokenOf(mails.at(-1)))).toEqual(unknown);
  await change(owner, `resendInvitation(input: { invitationId: "${invitation.id}" })`);
  expect(await accept(guest, tokenOf(mails.at(-1)))).toMatchObject({ member: { role: 'MEMBER' } });
});

test('a workspace mails at most 200 invitations a day, new or sent again', async () => {
  const owner = await makeOwner();
  const { invitation } = await invite(owner, address());
  const sent = (number: number) => ({
    workspaceId: owner.id,
    number: BigInt(1_000 + number),
    type: number % 2 ? 'invitation.created' : 'invitation.resent',
    actorKind: 'USER' as const,
    createdAt: new Date(),
    chainHash: Buffer.alloc(32),
  });
  await server.db.event.createMany({ data: Array.from({ length: 198 }, (_, number) => sent(number)) });
  const resend = () => change(owner, `resendInvitation(input: { invitationId: "${invitation.id}" })`);
  expect(await resend()).toEqual({ __typename: 'ResendInvitationPayload' });
  expect(await resend()).toMatchObject({ code: 'CONFLICT' });
  expect(await invite(owner, address())).toMatchObject({ code: 'CONFLICT' });
});

test('a mail that fails loses no invitation', async () => {
  const owner = await makeOwner();
  expect(await invite(owner, `full-${address()}`)).toMatchObject({ mailed: false, invitation: { role: 'MEMBER' } });
});

test('an offer ends with the right to make it, and who left comes back as the same member', async () => {
  const owner = await makeOwner();
  const [admin, guest] = [await server.signUp(), await server.signUp()];
  await invite(owner, admin.email, 'ADMIN');
  const { member } = await accept(admin, tokenOf(mails.at(-1)));
  const asAdmin = { ...admin, workspaceId: owner.workspaceId };
  expect(await invite(asAdmin, guest.email, 'OWNER')).toEqual({ code: 'FORBIDDEN' });
  await invite(asAdmin, guest.email);
  const token = tokenOf(mails.at(-1));
  await change(owner, `removeMember(input: { memberId: "${member.id}" })`);
  expect(await accept(guest, token)).toEqual(unknown);
  await invite(owner, admin.email, 'VIEWER');
  expect(await accept(admin, tokenOf(mails.at(-1)))).toMatchObject({ member: { id: member.id, role: 'VIEWER' } });
});

test('a member who left does not come back by the token they came with', async () => {
  const owner = await makeOwner();
  const guest = await server.signUp();
  await invite(owner, guest.email);
  const token = tokenOf(mails.at(-1));
  await accept(guest, token);
  await change(guest, `leaveWorkspace(input: { workspaceId: "${owner.workspaceId}" })`);
  expect(await accept(guest, token)).toEqual(unknown);
});

test('accepting twice at once joins once, and accepting while it is revoked does one or the other', async () => {
  const owner = await makeOwner();
  const [twice, racer] = [await server.signUp(), await server.signUp()];
  await invite(owner, twice.email);
  const token = tokenOf(mails.at(-1));
  const [one, other] = await Promise.all([accept(twice, token), accept(twice, token)]);
  expect(one).toEqual(other);
  expect(await server.db.event.count({ where: { workspaceId: owner.id, type: 'member.joined' } })).toBe(2);
  const { invitation } = await invite(owner, racer.email);
  const [accepted, revoked] = await Promise.all([
    accept(racer, tokenOf(mails.at(-1))),
    change(owner, `revokeInvitation(input: { invitationId: "${invitation.id}" })`),
  ]);
  expect([accepted.code, revoked.code].filter((code) => code === 'NOT_FOUND')).toHaveLength(1);
});

test('a key names its creator after they left', async () => {
  const owner = await makeOwner();
  const guest = await server.signUp();
  await invite(owner, guest.email);
  const { member } = await accept(guest, tokenOf(mails.at(-1)));
  const actor = { kind: 'USER', userId: guest.userId, sessionId: '', address: null, email: guest.email } as const;
  const { secret } = await server.makeKey(actor, owner.id, { scopes: ['keys:read'] });
  await change(owner, `removeMember(input: { memberId: "${member.id}" })`);
  const query = `{ workspace(id: "${owner.workspaceId}") { apiKeys { edges { node { creatorHasLeft createdBy { user { name } } } } } } }`;
  const seen = await server.request(query, { headers: { cookie: owner.cookie } });
  expect(seen.data.workspace.apiKeys.edges[0].node).toEqual({
    creatorHasLeft: true,
    createdBy: { user: { name: guest.name } },
  });
  const byKey = await server.request(query, { token: secret });
  expect(byKey.data.workspace.apiKeys.edges[0].node).toEqual({ creatorHasLeft: true, createdBy: null });
});
