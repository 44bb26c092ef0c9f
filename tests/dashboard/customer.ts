import { randomUUID } from 'node:crypto';
import type { App } from '#main/app';
import type { SetClock } from './past.ts';
import { type Credential, Seeding } from './seeding.ts';

export interface Customer {
  user: { email: string; password: string };
  /** Their workspaces, by what is special about them. */
  slugs: { busy: string; low: string; empty: string };
}

interface Options {
  app: App;
  /** Everything that was mailed so far. */
  mails: readonly string[];
  setClock: SetClock;
  /** When the past is over, by the real clock. */
  present: number;
}

/** What the chapters of the past share. */
interface Past extends Omit<Options, 'app'> {
  seeding: Seeding;
  operator: Credential;
}

/** How far back it goes: the server is to start then. */
export const PAST_DAYS = 38;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PASSWORD = 'correct horse battery';
const MAYA = { name: 'Maya Lindqvist', email: 'maya@northwind.example', password: PASSWORD };

const TEAM = [
  { name: 'Tomás Herrera', email: 'tomas@northwind.example', role: 'ADMIN' },
  { name: 'Priya Raman', email: 'priya@northwind.example', role: 'MEMBER' },
  { name: 'Wilhelmina von Adelsberg-Montgomery', email: 'w.adelsberg-montgomery@northwind.example', role: 'MEMBER' },
  { name: 'Ken Ito', email: 'ken@auditors.example', role: 'VIEWER' },
];

const PRICES = [
  { name: 'search.people', price: '2', description: 'Find people by name, company or title.' },
  { name: 'enrich.company', price: '5', description: 'Everything public about one company.' },
  { name: 'ai.summarize', price: '0.333333', description: 'A summary; a unit is a thousand characters.' },
  { name: 'verify.email', price: '0.4', description: 'Whether an address takes mail.' },
];

/** `pace` is how many calls a busy hour has. */
const KEYS = [
  { name: 'Production Server', caps: [{ period: 'DAY', credits: '2500' }], pace: 14 },
  { name: 'Nightly enrichment', caps: [{ period: 'MONTH', credits: '20000' }], pace: 6 },
  { name: 'CI/CD Pipeline', caps: [], pace: 3 },
  { name: 'Zapier', caps: [{ period: 'WEEK', credits: '150' }], pace: 2 },
];
const TAGS = ['web', 'web', 'batch', 'mobile', null];

/** The same chances at every run, so that two rounds of pictures differ by what was changed. */
let state = 7;
function chance(below: number): number {
  state = (state * 48_271) % 2_147_483_647;
  return state % below;
}

/** A customer of some weeks: people, keys, one busy workspace, one that runs low, one without credits. All by the public API. */
export async function seedCustomer({ app, ...options }: Options): Promise<Customer> {
  const { present } = options;
  const at = (days: number): Date => new Date(present - days * DAY_MS);
  const operator = { authorization: `Bearer ${await app.mintOperatorToken('Billing')}` };
  const past: Past = { ...options, seeding: new Seeding(app.localUrl), operator };
  const { busy, secrets } = await begin(past, at);
  await liveThrough(past, { secrets, since: at(37.9), until: at(9), stepMs: 12 * HOUR_MS });
  await options.setClock(at(9));
  await changeSome(past, busy.id, at);
  await liveThrough(past, { secrets, since: at(8.9), until: new Date(present - HOUR_MS), stepMs: HOUR_MS });
  await options.setClock(null);
  await doToday(past, busy.id, secrets);
  return { user: MAYA, slugs: { busy: busy.slug, ...(await makeOthers(past)) } };
}

type Ago = (days: number) => Date;

/** Sign-ups, the plan, the first invoice, keys and the team. */
async function begin({ seeding, operator, mails }: Past, at: Ago) {
  for (const price of PRICES) await seeding.deed('setOperation', price, operator);
  const plan = { name: 'scale', discountPercent: 10, monthlyAllowance: '5000', requestsPerMinute: 1_000_000 };
  await seeding.deed('setPlan', plan, operator);
  const maya = await seeding.signUp(MAYA);
  const busy = await makeWorkspace(seeding, 'Northwind Analytics', maya);
  const workspaceId = busy.id;
  await seeding.deed('assignPlan', { workspaceId, plan: 'scale', timeZone: 'Europe/Stockholm' }, operator);
  await seeding.make('grantCredits', { workspaceId, credits: '42000', reason: 'Invoice 2026-1042' }, operator);
  const trial = { credits: '500', source: 'TRIAL', reason: 'Welcome', expiresAt: at(24) };
  await seeding.make('grantCredits', { workspaceId, ...trial }, operator);
  const secrets: string[] = [];
  for (const { name, caps } of KEYS) secrets.push((await makeKey(seeding, { workspaceId, name, caps }, maya)).secret);
  await makeKey(seeding, { workspaceId, name: 'Development', environment: 'TEST' }, maya);
  for (const { role, ...person } of TEAM) {
    await seeding.make('inviteMember', { workspaceId, email: person.email, role }, maya);
    const mail = mails.findLast((text) => text.includes(person.email) && text.includes('/invitations/'));
    const token = /\/invitations\/([^\s/?]+)/.exec(mail ?? '')?.[1];
    const invited = await seeding.signUp({ ...person, password: PASSWORD });
    await seeding.deed('acceptInvitation', { token }, invited);
  }
  return { busy, secrets };
}

interface Stretch {
  secrets: readonly string[];
  since: Date;
  until: Date;
  stepMs: number;
}

/** Calls that follow the hours of the day and the days of the week. */
async function liveThrough({ seeding, setClock }: Past, { secrets, since, until, stepMs }: Stretch): Promise<void> {
  for (let time = since.getTime(); time < until.getTime(); time += stepMs) {
    await setClock(new Date(time));
    for (const [index, { pace }] of KEYS.entries()) {
      const items = callsAt(index, pace, time, stepMs);
      if (items.length === 0) continue;
      await seeding.deed('recordUsageBatch', { items }, { authorization: `Bearer ${secrets[index]}` });
    }
  }
}

function callsAt(key: number, pace: number, time: number, stepMs: number): object[] {
  const at = new Date(time);
  const hour = at.getUTCHours();
  const isWeekend = at.getUTCDay() % 6 === 0;
  const isNightly = key === 1;
  const byHour = isNightly ? (hour < 5 ? 2 : 0.05) : 0.25 + 0.75 * Math.max(0, Math.sin(((hour - 5) / 15) * Math.PI));
  const busy = byHour * (isWeekend && !isNightly ? 0.35 : 1) * (0.8 + chance(40) / 100);
  const count = Math.min(100, Math.round((pace * busy * stepMs) / HOUR_MS));
  return Array.from({ length: count }, () => callOf(key));
}

function callOf(key: number): object {
  const name = PRICES[key === 1 ? 1 : chance(PRICES.length)]?.name;
  return {
    operation: name,
    ...(name === 'ai.summarize' && { units: String(1 + chance(12)) }),
    outcome: chance(100) < 3 ? 'FAILED' : 'SUCCEEDED',
    latencyMs: 35 + chance(300) + (chance(20) === 0 ? 1_800 : 0),
    tag: TAGS[chance(TAGS.length)],
    idempotencyKey: randomUUID(),
  };
}

/** What people changed along the way. */
async function changeSome({ seeding, operator }: Past, workspaceId: string, at: Ago): Promise<void> {
  const maya = await seeding.signIn(MAYA);
  const autumn = { credits: '1500', source: 'PROMOTION', reason: 'Autumn credit', expiresAt: at(-5) };
  await seeding.make('grantCredits', { workspaceId, ...autumn }, operator);
  await seeding.make('grantCredits', { workspaceId, credits: '20000', reason: 'Invoice 2026-1187' }, operator);
  const legacy = await makeKey(seeding, { workspaceId, name: 'Legacy importer' }, maya);
  await spend(seeding, legacy.secret, { operation: 'verify.email' });
  const alert = { workspaceId, mailedRoles: ['OWNER', 'ADMIN'] };
  const alerts = [
    { name: 'Balance runs low', condition: 'BALANCE', threshold: '5000' },
    { name: 'A key near its cap', condition: 'KEY_CAP_PERCENT', threshold: '80' },
    { name: 'Calls fail', condition: 'ERROR_PERCENT', threshold: '10', windowMinutes: 60, callsMin: 50 },
  ];
  for (const each of alerts) await seeding.make('createAlert', { ...alert, ...each }, maya);
  await seeding.deed('revokeApiKey', { apiKeyId: legacy.id }, maya);
}

async function doToday({ seeding, operator }: Past, workspaceId: string, secrets: readonly string[]): Promise<void> {
  const maya = await seeding.signIn(MAYA);
  const invited = [
    { email: 'sofia.almeida@northwind.example', role: 'MEMBER' },
    { email: 'finance@northwind.example', role: 'VIEWER' },
  ];
  for (const each of invited) await seeding.make('inviteMember', { workspaceId, ...each }, maya);
  const [production = '', , , zapier = ''] = secrets;
  const correction = { workspaceId, credits: '12.5', direction: 'ADD', reason: 'Outage of 24 November' };
  await seeding.make('adjustCredits', correction, operator);
  const asProduction = { authorization: `Bearer ${production}` };
  for (const credits of ['120', '48.5'])
    await seeding.make('createHold', { credits, operation: 'ai.summarize', seconds: 3_600 }, asProduction);
  await spend(seeding, zapier, { credits: '400', tag: 'sync' });
  for (let index = 0; index < 25; index++)
    await seeding.deed('recordUsage', callOf(0) as Record<string, unknown>, asProduction);
  const metadata = { customer: 'cus_8841', region: 'eu-north-1', query: 'head of data' };
  const paid = await seeding.make(
    'recordUsage',
    { operation: 'search.people', tag: 'web', latencyMs: 212, metadata },
    asProduction,
    'usageEntry { id }',
  );
  const usageEntryId = (paid['usageEntry'] as { id: string }).id;
  await seeding.make('refundUsage', { usageEntryId, reason: 'Returned nothing' }, operator);
  const last = { operation: 'ai.summarize', units: '7.5', tag: 'web', latencyMs: 1_204, metadata };
  await seeding.make('recordUsage', last, asProduction);
}

/** One that runs low, and the one that everybody gets as they sign up. */
async function makeOthers({ seeding, operator }: Past): Promise<{ low: string; empty: string }> {
  const maya = await seeding.signIn(MAYA);
  const { id: workspaceId, slug: low } = await makeWorkspace(seeding, 'Northwind Staging', maya);
  await seeding.make('grantCredits', { workspaceId, credits: '200', reason: 'For tests' }, operator);
  const alert = { name: 'Balance runs low', condition: 'BALANCE', threshold: '100', mailedRoles: ['OWNER'] };
  await seeding.make('createAlert', { workspaceId, ...alert }, maya);
  const { secret } = await makeKey(seeding, { workspaceId, name: 'Staging' }, maya);
  await spend(seeding, secret, { credits: '158.25' });
  const { viewer } = await seeding.ask('{ viewer { workspaces { slug balance { total } } } }', maya);
  const { workspaces } = viewer as { workspaces: { slug: string; balance: { total: string } }[] };
  return { low, empty: workspaces.find(({ balance }) => balance.total === '0')?.slug ?? '' };
}

async function makeWorkspace(seeding: Seeding, name: string, owner: Credential): Promise<{ id: string; slug: string }> {
  const made = await seeding.make('createWorkspace', { name }, owner, 'workspace { id slug }');
  return made['workspace'] as { id: string; slug: string };
}

async function makeKey(seeding: Seeding, input: object, owner: Credential): Promise<{ id: string; secret: string }> {
  const { secret, apiKey } = await seeding.make('createApiKey', { ...input }, owner, 'secret apiKey { id }');
  return { id: (apiKey as { id: string }).id, secret: String(secret) };
}

async function spend(seeding: Seeding, secret: string, call: object): Promise<void> {
  await seeding.make('recordUsage', { ...call }, { authorization: `Bearer ${secret}` });
}
