import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openAesSealer } from '#adapters/aes-sealer';
import { openSmtpMailer } from '#adapters/mail';
import { startWorker, type Worker } from '#main/worker';
import { openServer, type TestServer } from '../world/server.ts';
import { WORKER_SETTINGS } from '../world/worker-settings.ts';
import { credits } from '../world/world.ts';

let one: TestServer;
let other: TestServer;
beforeAll(async () => {
  one = await openServer({}, { isShared: true });
  other = await openServer({}, { beside: one });
}, 60_000);
afterAll(async () => {
  await other.close();
  await one.close();
});

const CREATE = `mutation ($input: CreateAlertInput!) {
  createAlert(input: $input) { ... on CreateAlertPayload { alert { id state } } ... on UserError { message } } }`;
const DEBIT = `mutation ($key: String!) { recordUsage(input: { credits: "1", idempotencyKey: $key }) { __typename } }`;
const READ = `query ($id: ID!) { node(id: $id) { ... on Alert { state
  firings { edges { node { value threshold seq isTest clearedAt isMailing mailError } } } } } }`;

/** A mail server that keeps what it is given. */
async function openMailServer(): Promise<{ url: string; mails: string[] }> {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => smtp.close(() => resolve())));
  return { url: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`, mails };
}

async function openWorker(smtpUrl: string): Promise<Worker> {
  const worker = await startWorker({
    databaseUrl: one.databaseUrl,
    directUrl: one.databaseUrl,
    sharedThrough: null,
    sealer: openAesSealer({ current: Buffer.alloc(32, 7) }),
    settings: WORKER_SETTINGS,
    mailer: openSmtpMailer({ url: smtpUrl, from: 'Commonpurse <no-reply@example.com>' }),
    publicUrl: one.url,
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => worker.close());
  return worker;
}

test(
  '1,000 debits across a threshold from two nodes, under two workers, fire one alert and mail it once',
  { timeout: 120_000 },
  async () => {
    const { url, mails } = await openMailServer();
    await Promise.all([openWorker(url), openWorker(url)]);
    const { key, owner, workspaceId } = await one.makeWorkspace({
      credits: credits(1_200),
      key: { scopes: ['usage:write', 'alerts:write'] },
    });
    const input = {
      name: 'Low',
      condition: 'BALANCE',
      threshold: '700',
      mailedRoles: ['OWNER'],
      idempotencyKey: randomUUID(),
    };
    const { data } = await one.request(CREATE, { token: key.secret, variables: { input } });
    expect(data.createAlert).toMatchObject({ alert: { state: 'ARMED' } });
    const debitAt = async (node: TestServer): Promise<void> => {
      for (let call = 0; call < 25; call++)
        await node.request(DEBIT, { token: key.secret, variables: { key: randomUUID() } });
    };
    await Promise.all(Array.from({ length: 40 }, (_, caller) => debitAt(caller % 2 === 0 ? one : other)));
    const variables = { id: data.createAlert.alert.id };
    const read = async (): Promise<unknown> => (await other.request(READ, { token: key.secret, variables })).data.node;
    const firings = {
      edges: [
        {
          node: {
            value: '699',
            threshold: '700',
            seq: '502',
            isTest: false,
            clearedAt: null,
            isMailing: false,
            mailError: null,
          },
        },
      ],
    };
    await expect.poll(read, { timeout: 20_000, interval: 200 }).toEqual({ state: 'FIRING', firings });
    const told = await one.db.event.findMany({
      where: { workspaceId, type: { in: ['alert.fired', 'workspace.balance_low'] } },
    });
    expect(told.map(({ type }) => type).toSorted()).toEqual(['alert.fired', 'workspace.balance_low']);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain(`To: ${owner.email}`);
    expect(mails[0]?.replaceAll('=\r\n', '')).toContain('What can be spent is 699 credits, below 700 credits.');
  },
);
