import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOrCreateSecrets } from '#adapters/secret-files';
import { ConfigError, formatConfigError, readConfig, variableNames } from '#config';

const secrets = { AUTH_SECRET: 'x'.repeat(32), SEALING_KEY: Buffer.alloc(32, 7).toString('base64') };
const databaseUrl = 'postgresql://purse:hunter2@db.internal:5432/purse';
const external = { DATABASE_URL: databaseUrl, ...secrets };

function refusalOf(env: NodeJS.ProcessEnv): ConfigError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}

const refusedVariables = (env: NodeJS.ProcessEnv) => refusalOf(env).problems.map(({ variable }) => variable);

describe('readConfig', () => {
  it('needs nothing: the embedded database, on this machine only, with the demo', () => {
    expect(readConfig({})).toEqual({
      database: { kind: 'embedded' },
      dataDir: resolve('.commonpurse'),
      host: '127.0.0.1',
      port: 4000,
      publicUrl: undefined,
      trustProxy: { kind: 'nobody' },
      corsOrigins: [],
      mail: { smtpUrl: undefined, from: 'Commonpurse <no-reply@localhost>' },
      signIn: { isVerifiedEmailRequired: false, github: undefined },
      secrets: { authSecret: undefined, sealingKey: undefined },
      previousSealingKeys: [],
      outbound: {
        allowedRanges: [],
        ports: [
          { first: 80, last: 80 },
          { first: 443, last: 443 },
        ],
      },
      logLevel: 'info',
      metricsToken: undefined,
      redisUrl: undefined,
      erasedLedgerDays: undefined,
      ledgerMonths: undefined,
      idempotencyDays: 30,
      inboxRetentionDays: 30,
      webhookDays: 30,
      seed: true,
    });
  });

  it('takes an external database without a demo unless asked, and uses it directly where no direct URL is given', () => {
    const config = readConfig(external);
    expect(config.database).toEqual({ kind: 'external', url: databaseUrl, directUrl: databaseUrl });
    expect(config.secrets).toEqual({ authSecret: secrets.AUTH_SECRET, sealingKey: Buffer.alloc(32, 7) });
    expect(config.seed).toBe(false);
    expect(readConfig({ ...external, SEED: 'true' }).seed).toBe(true);

    const directUrl = 'postgres://purse@direct.internal/purse';
    expect(readConfig({ ...external, DATABASE_DIRECT_URL: directUrl }).database).toMatchObject({ directUrl });
  });

  it('counts an empty value as unset', () => {
    const blank = Object.fromEntries(variableNames.map((name) => [name, '  ']));
    expect(readConfig(blank)).toEqual(readConfig({}));
  });

  it('names the secrets that an external database requires', () => {
    const refusal = refusalOf({ DATABASE_URL: databaseUrl });
    expect(refusal.problems.map(({ variable, problem }) => `${variable} ${problem}`)).toEqual([
      'AUTH_SECRET is required when DATABASE_URL is set',
      'SEALING_KEY is required when DATABASE_URL is set',
    ]);
    expect(refusal.message).toContain('openssl rand -base64 32');
  });

  it('names the other companions that are missing', () => {
    expect(refusedVariables({ DATABASE_DIRECT_URL: databaseUrl })).toEqual(['DATABASE_URL']);
    expect(refusedVariables({ SMTP_URL: 'smtp://mail.example.com' })).toEqual(['MAIL_FROM']);
    expect(refusedVariables({ GITHUB_CLIENT_ID: 'x' })).toEqual(['GITHUB_CLIENT_SECRET']);
    expect(refusedVariables({ GITHUB_CLIENT_SECRET: 'x' })).toEqual(['GITHUB_CLIENT_ID']);
  });

  it('lists every bad variable at once, each with its fix, and repeats no secret', () => {
    const leak = 'tr0ub4dor';
    const env = {
      DATABASE_URL: `mysql://root:${leak}@db/purse`,
      DATABASE_DIRECT_URL: leak,
      HOST: 'http://localhost',
      PORT: '70000',
      PUBLIC_URL: 'purse.example.com',
      TRUST_PROXY: 'true',
      CORS_ORIGINS: '*',
      SMTP_URL: `imap://${leak}@mail`,
      MAIL_FROM: 'nobody',
      AUTH_SECRET: leak,
      SEALING_KEY: leak,
      SEALING_KEYS_PREVIOUS: leak,
      OUTBOUND_ALLOWED_CIDRS: 'intranet',
      OUTBOUND_ALLOWED_PORTS: '0-70000',
      LOG_LEVEL: 'loud',
      METRICS_TOKEN: leak,
      ERASED_LEDGER_DAYS: '-1',
      LEDGER_MONTHS: '1',
      WEBHOOK_DAYS: '4',
      REQUIRE_VERIFIED_EMAIL: 'perhaps',
      GITHUB_URL: 'github.com',
      SEED: 'perhaps',
    };
    const refusal = refusalOf(env);
    expect(refusal.problems.map(({ variable }) => variable).toSorted()).toEqual(Object.keys(env).toSorted());
    expect(refusal.problems.every(({ problem, fix }) => problem !== '' && fix !== '')).toBe(true);

    const text = formatConfigError(refusal);
    expect(text).not.toContain(leak);
    expect(text).toContain('PORT is above 65535 (it is "70000"). Use a number from 1 to 65535');
  });
});

describe('values', () => {
  it.each([
    ['false', { kind: 'nobody' }],
    ['0', { kind: 'nobody' }],
    ['2', { kind: 'hops', hops: 2 }],
    [
      '10.0.0.0/8, 192.0.2.7, ::1',
      {
        kind: 'addresses',
        ranges: [
          { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
          { address: '192.0.2.7', prefix: 32, family: 'ipv4' },
          { address: '::1', prefix: 128, family: 'ipv6' },
        ],
      },
    ],
  ])('TRUST_PROXY=%s is understood', (text, expected) => {
    expect(readConfig({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
  });

  it.each(['-1', '1.5', '10.0.0.0/33', '10.0.0.0/', '::1/129', 'proxy.internal', '10.0.0.1/8/9', ','])(
    'TRUST_PROXY=%s is refused',
    (text) => {
      expect(refusedVariables({ TRUST_PROXY: text })).toEqual(['TRUST_PROXY']);
    },
  );

  it('origins lose a closing slash, and a path is refused', () => {
    expect(readConfig({ PUBLIC_URL: 'https://purse.example.com/' }).publicUrl).toBe('https://purse.example.com');
    expect(readConfig({ CORS_ORIGINS: 'https://a.example, http://localhost:5173/' }).corsOrigins).toEqual([
      'https://a.example',
      'http://localhost:5173',
    ]);
    expect(refusedVariables({ PUBLIC_URL: 'https://example.com/purse' })).toEqual(['PUBLIC_URL']);
    expect(refusedVariables({ CORS_ORIGINS: 'https://a.example,b.example' })).toEqual(['CORS_ORIGINS']);
  });

  it.each(['4000.5', '-1', '0x50', '1e3', 'http'])('PORT=%s is refused', (port) => {
    expect(refusedVariables({ PORT: port })).toEqual(['PORT']);
  });

  it('PORT=0 is a free port', () => {
    expect(readConfig({ PORT: '0' }).port).toBe(0);
  });
});

it('.env.example explains exactly the variables that are read, with their defaults', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const lines = example.split('\n').filter((line) => /^[A-Z]/.test(line));
  const values = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(Object.keys(values).toSorted()).toEqual([...variableNames].toSorted());
  expect(readConfig(values)).toEqual(readConfig({}));
});

describe('loadOrCreateSecrets', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = join(mkdtempSync(join(tmpdir(), 'commonpurse-secrets-')), 'data');
  });
  afterEach(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }));

  it('makes them once, for their owner only', async () => {
    const made = await loadOrCreateSecrets(dataDir);
    expect(made.authSecret.length).toBeGreaterThanOrEqual(32);
    expect(made.sealingKey).toHaveLength(32);
    expect(await loadOrCreateSecrets(dataDir)).toEqual(made);
    for (const name of ['auth-secret', 'sealing-key']) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  });

  it('gives the same ones to starters at the same moment', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateSecrets(dataDir)));
    for (const secretsOfOne of all) expect(secretsOfOne).toEqual(all[0]);
  });

  it('prefers given ones, and then touches no file', async () => {
    const given = { authSecret: 'given', sealingKey: Buffer.alloc(32, 1) };
    expect(await loadOrCreateSecrets(dataDir, given)).toEqual(given);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('refuses a damaged file instead of replacing it', async () => {
    await loadOrCreateSecrets(dataDir);
    const path = join(dataDir, 'sealing-key');
    writeFileSync(path, 'half');
    await expect(loadOrCreateSecrets(dataDir)).rejects.toThrow(path);
    expect(readFileSync(path, 'utf8')).toBe('half');
  });
});
