import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCOPES } from '#core/access/policy';
import { encodeId } from '#core/ids';
import { openServer, type Person, type TestServer } from '../world/server.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

interface Column {
  place: string;
  value: string;
}

/** Every text and every byte of every row of every table, as a thief would read it from a backup. */
async function dump(): Promise<Column[]> {
  const tables = await server.db.$queryRaw<{ schema: string; name: string }[]>`
    SELECT schemaname AS schema, tablename AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;
  const columns: Column[] = [];
  for (const { schema, name } of tables) {
    const rows = await server.db.$queryRawUnsafe<{ row: Record<string, unknown> }[]>(
      `SELECT to_jsonb(t) AS row FROM "${schema}"."${name}" t`,
    );
    for (const { row } of rows) {
      for (const [column, value] of Object.entries(row)) {
        for (const text of readingsOf(value)) columns.push({ place: `${schema}.${name}.${column}`, value: text });
      }
    }
  }
  return columns;
}

/** A value as it stands; bytes, which PostgreSQL writes as \\x and hexadecimal digits, in every common spelling too. */
function readingsOf(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(readingsOf);
  if (typeof value !== 'string') return [];
  if (!/^\\x([0-9a-f]{2})+$/.test(value)) return [value];
  const bytes = Buffer.from(value.slice(2), 'hex');
  return [value, ...(['hex', 'base64', 'base64url', 'utf8'] as const).map((encoding) => bytes.toString(encoding))];
}

async function change({ cookie }: Person, mutation: string, selection: string) {
  const { data } = await server.request(`mutation { it: ${mutation} { ${selection} } }`, { headers: { cookie } });
  return data.it as { secret: string; apiKey: { id: string } };
}

const keyed = () => `idempotencyKey: "${randomUUID()}"`;

/** A workspace in which every kind of secret was handed out; the texts as their holders have them. */
async function handOutSecrets() {
  const [owner, invitee] = [await server.signUp(), await server.signUp()];
  const { id } = await server.db.workspace.findUniqueOrThrow({ where: { defaultOfId: owner.userId } });
  const workspaceId = `workspaceId: "${encodeId('Workspace', id)}"`;
  const key = await change(
    owner,
    `createApiKey(input: { ${workspaceId}, name: "Key", scopes: ${JSON.stringify(SCOPES)}, ${keyed()} })`,
    '... on CreateApiKeyPayload { secret apiKey { id } }',
  );
  const rotation = `rotateApiKey(input: { apiKeyId: "${key.apiKey.id}", ${keyed()} })`;
  const rotated = await change(owner, rotation, '... on RotateApiKeyPayload { secret apiKey { id } }');
  const invitation = `inviteMember(input: { ${workspaceId}, email: "${invitee.email}", ${keyed()} })`;
  await change(owner, invitation, '... on InviteMemberPayload { mailed }');
  await server.auth('send-verification-email', { email: owner.email });
  await server.auth('request-password-reset', { email: owner.email, redirectTo: server.url });
  const enabled = await server.auth('two-factor/enable', { password: owner.password }, { cookie: owner.cookie });
  const { totpURI, backupCodes } = (await enabled.json()) as { totpURI: string; backupCodes: string[] };
  const mails = server.mails.join('\n');
  const mailed = (link: RegExp): string => {
    const [, token] = link.exec(mails) ?? [];
    if (token === undefined) throw new Error(`No mail has ${link}`);
    return token;
  };
  const secrets: Record<string, string> = {
    'the rotated key': key.secret,
    'the key': rotated.secret,
    'the operator token': server.operator.token,
    'the invitation': mailed(/invitations\/([0-9A-Za-z]+)/),
    'the reset of the password': mailed(/reset-password\/([\w-]+)/),
    'the confirmation of the address': mailed(/verify-email\?token=([\w.-]+)/),
    'the cookie': decodeURIComponent(owner.cookie.split('=').slice(1).join('=').split(';')[0] ?? ''),
    'the password': owner.password,
    'the second factor': new URL(totpURI).searchParams.get('secret') ?? '',
    ...Object.fromEntries(backupCodes.map((code, index) => [`backup code ${index}`, code])),
  };
  return { owner, invitee, workspaceId: id, secrets };
}

test('a dump of the database holds no secret, and nothing in it opens anything', { timeout: 60_000 }, async () => {
  const { owner, invitee, secrets } = await handOutSecrets();
  // What holds is found: otherwise the search below would prove nothing.
  for (const name of ['the rotated key', 'the key']) {
    const { data } = await server.request('{ apiKey { id } }', { token: secrets[name] ?? '' });
    expect(data.apiKey).not.toBeNull();
  }
  const columns = await dump();
  expect(columns.some(({ value }) => value === owner.email)).toBe(true);
  const found = Object.entries(secrets).flatMap(([name, secret]) =>
    columns.filter(({ value }) => value.includes(secret)).map(({ place }) => `${name} is in ${place}`),
  );
  expect(Object.entries(secrets).filter(([, secret]) => secret.length < 8)).toEqual([]);
  expect(found).toEqual([]);

  const candidates = [...new Set(columns.map(({ value }) => value))].filter((value) => /^[!-~]{16,256}$/.test(value));
  expect(candidates.length).toBeGreaterThan(50);
  const opened: string[] = [];
  const cookieName = owner.cookie.split('=')[0] ?? '';
  for (const candidate of candidates) {
    const asBearer = await server.request('{ viewer { id } apiKey { id } }', { token: candidate });
    if (asBearer.errors?.[0]?.extensions['code'] !== 'UNAUTHENTICATED') opened.push(`${candidate} as a bearer token`);
    const cookie = `${cookieName}=${encodeURIComponent(candidate)}`;
    const { data: asCookie } = await server.request('{ viewer { id } }', { headers: { cookie } });
    if (asCookie.viewer !== null) opened.push(`${candidate} as a cookie`);
    const accepted = await server.request(
      'mutation ($token: String!) { it: acceptInvitation(input: { token: $token }) { __typename } }',
      { variables: { token: candidate }, headers: { cookie: invitee.cookie } },
    );
    if (accepted.data.it.__typename !== 'NotFound') opened.push(`${candidate} as an invitation`);
    const reset = await server.auth('reset-password', { newPassword: 'a thief was here', token: candidate });
    if (reset.status < 400) opened.push(`${candidate} as a reset of the password`);
  }
  expect(opened).toEqual([]);
});

test('the events of all this say what happened and hold no secret', async () => {
  const { workspaceId, secrets } = await handOutSecrets();
  const events = await server.db.event.findMany({ where: { workspaceId } });
  const types = events.map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(['api_key.created', 'api_key.rotated', 'invitation.created']));
  const text = JSON.stringify(events, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  expect(Object.entries(secrets).filter(([, secret]) => text.includes(secret))).toEqual([]);
});
