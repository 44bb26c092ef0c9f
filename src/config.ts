import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { AddressRange } from '#lib/cidr';
import { addressRange, portRange, type PortRange, trustProxy, type TrustProxy } from '#lib/network-values';
import { listOf, origin, truth, urlOf } from '#lib/text-values';

export type DatabaseConfig =
  | { kind: 'embedded' }
  | {
      kind: 'external';
      url: string;
      /** Never a pooler: LISTEN and advisory locks need one session. */ directUrl: string;
    };

export type LogLevel = (typeof logLevels)[number];

export type Config = {
  database: DatabaseConfig;
  dataDir: string;
  host: string;
  /** 0 asks the operating system for a free port. */
  port: number;
  /** An origin. Unset: the caller derives it from the port it got. */
  publicUrl: string | undefined;
  trustProxy: TrustProxy;
  corsOrigins: readonly string[];
  mail: { smtpUrl: string | undefined; from: string };
  signIn: {
    /** Whether a new address must be confirmed before its owner can sign in. */ isVerifiedEmailRequired: boolean;
    github: { clientId: string; clientSecret: string; url: string } | undefined;
  };
  /** Both are set with an external database; what is missing with the embedded one is generated into the data folder. */
  secrets: { authSecret: string | undefined; sealingKey: Buffer | undefined };
  /** Keys that sealed before the present one: what they sealed is still opened. */
  previousSealingKeys: readonly Buffer[];
  /** Where we may send what workspaces ask us to send, beside public addresses, and to which ports. */
  outbound: { allowedRanges: readonly AddressRange[]; ports: readonly PortRange[] };
  logLevel: LogLevel;
  metricsToken: string | undefined;
  /** Where all nodes count requests together. Unset: each counts its share. */
  redisUrl: string | undefined;
  /** Days after its erasure that a workspace's ledger goes too. Unset: it is kept for ever. */
  erasedLedgerDays: number | undefined;
  /** Whole months of the ledger that are kept besides the one that it is. Unset: all are. */
  ledgerMonths: number | undefined;
  /** Days that an idempotency key is remembered. */
  idempotencyDays: number;
  /** Days that what an inbox took is kept once nobody waits for it. */
  inboxRetentionDays: number;
  /** Days that is kept what other systems were told, with the log of how. */
  webhookDays: number;
  /** Whether an empty database gets the demo. */
  seed: boolean;
};

export type ConfigProblem = { variable: string; problem: string; fix: string };

/** Every bad variable at once. No text in it repeats a secret. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(formatProblems(problems));
    this.problems = problems;
  }
}

/** Reads the environment of this process, over what a file .env in the working directory says; throws ConfigError. */
export function readProcessConfig(): Config {
  try {
    // What is set already wins over the file.
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return readConfig(process.env);
}

/**
 * Turns an environment into a checked Config. An empty value counts as unset, so that `NAME=` in a file or a compose
 * template switches a variable off. Throws ConfigError, which lists every bad variable.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
  const parsed = environment.safeParse(given);
  const problems = [
    ...(parsed.error?.issues.map((issue) => problemOf(issue, given)) ?? []),
    ...missingCompanions(given),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const values = parsed.data;

  return {
    database: values.DATABASE_URL
      ? { kind: 'external', url: values.DATABASE_URL, directUrl: values.DATABASE_DIRECT_URL ?? values.DATABASE_URL }
      : { kind: 'embedded' },
    dataDir: resolve(values.COMMONPURSE_DATA_DIR),
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL,
    trustProxy: values.TRUST_PROXY,
    corsOrigins: values.CORS_ORIGINS,
    mail: { smtpUrl: values.SMTP_URL, from: values.MAIL_FROM },
    signIn: {
      isVerifiedEmailRequired: values.REQUIRE_VERIFIED_EMAIL,
      github:
        values.GITHUB_CLIENT_ID && values.GITHUB_CLIENT_SECRET
          ? { clientId: values.GITHUB_CLIENT_ID, clientSecret: values.GITHUB_CLIENT_SECRET, url: values.GITHUB_URL }
          : undefined,
    },
    secrets: { authSecret: values.AUTH_SECRET, sealingKey: values.SEALING_KEY },
    previousSealingKeys: values.SEALING_KEYS_PREVIOUS,
    outbound: { allowedRanges: values.OUTBOUND_ALLOWED_CIDRS, ports: values.OUTBOUND_ALLOWED_PORTS },
    logLevel: values.LOG_LEVEL,
    metricsToken: values.METRICS_TOKEN,
    redisUrl: values.REDIS_URL,
    erasedLedgerDays: values.ERASED_LEDGER_DAYS,
    ledgerMonths: values.LEDGER_MONTHS,
    idempotencyDays: values.IDEMPOTENCY_DAYS,
    inboxRetentionDays: values.INBOX_RETENTION_DAYS,
    webhookDays: values.WEBHOOK_DAYS,
    seed: values.SEED ?? !values.DATABASE_URL,
  };
}

/** What a person reads on the terminal when the server does not start. */
export const formatConfigError = (error: ConfigError): string =>
  `Commonpurse cannot start, because of its environment variables:\n\n${formatProblems(error.problems)}\n\nEvery variable is explained in .env.example.`;

const formatProblems = (problems: readonly ConfigProblem[]): string =>
  problems.map(({ variable, problem, fix }) => `  ${variable} ${problem}. ${fix}`).join('\n');

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const sealingKey = z.string().transform((text, context) => {
  const key = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (key.length === 32) return key;
  context.addIssue({ code: 'custom', message: 'is not the base64 form of 32 bytes' });
  return z.NEVER;
});

const isHost = (text: string): boolean => isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);
const isSender = (text: string): boolean => /^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(text);

const databaseFix =
  'Use postgresql://user:password@host:5432/database, with special characters of the password percent-encoded.';
const githubFix = 'Copy both values from the OAuth app in the developer settings of GitHub, or set neither.';
const secretFix = 'Generate one with: openssl rand -base64 32';

const numberLike = (pattern: RegExp, problem: string) => z.string().regex(pattern, problem).transform(Number);

const days = numberLike(/^[1-9]\d{0,3}$/, 'is not a whole number of days from 1 to 9999').default(30);
const daysFix = 'Use a number of days of at least 1, or leave it out for 30.';

/** `isShown`: the value holds no secret, so an error may repeat it. */
const variables = {
  DATABASE_URL: { schema: urlOf('postgresql:', 'postgres:').optional(), fix: databaseFix },
  DATABASE_DIRECT_URL: { schema: urlOf('postgresql:', 'postgres:').optional(), fix: databaseFix },
  COMMONPURSE_DATA_DIR: { schema: z.string().default('.commonpurse'), fix: 'Name a folder.', isShown: true },
  HOST: {
    schema: z.string().refine(isHost, 'is neither an address nor a host name').default('127.0.0.1'),
    fix: 'Use 127.0.0.1 for this machine only, 0.0.0.0 or :: for every interface.',
    isShown: true,
  },
  PORT: {
    schema: numberLike(/^\d{1,5}$/, 'is not a whole number')
      .refine((port) => port <= 65_535, 'is above 65535')
      .default(4000),
    fix: 'Use a number from 1 to 65535, or 0 for any free port.',
    isShown: true,
  },
  PUBLIC_URL: {
    schema: origin.optional(),
    fix: 'Use the address that browsers see, for example https://purse.example.com',
  },
  TRUST_PROXY: {
    schema: trustProxy,
    fix: 'Use false, the number of proxies in front (1), or their addresses and ranges (10.0.0.0/8,::1).',
    isShown: true,
  },
  CORS_ORIGINS: {
    // `*` cannot be offered: requests carry the session cookie.
    schema: listOf(origin).default([]),
    fix: 'Use origins with commas between them, for example https://app.example.com,http://localhost:5173',
  },
  SMTP_URL: {
    schema: urlOf('smtp:', 'smtps:').optional(),
    fix: 'Use smtp://user:password@host:587 or smtps://user:password@host:465',
  },
  MAIL_FROM: {
    schema: z.string().refine(isSender, 'is not a sender').default('Commonpurse <no-reply@localhost>'),
    fix: 'Use an address with or without a name: Commonpurse <purse@example.com>',
    isShown: true,
  },
  AUTH_SECRET: { schema: z.string().min(32, 'is shorter than 32 characters').optional(), fix: secretFix },
  SEALING_KEY: { schema: sealingKey.optional(), fix: secretFix },
  SEALING_KEYS_PREVIOUS: {
    schema: listOf(sealingKey).default([]),
    fix: 'List the keys that SEALING_KEY had before, with commas between them.',
  },
  OUTBOUND_ALLOWED_CIDRS: {
    schema: listOf(addressRange).default([]),
    fix: 'Use addresses and ranges with commas between them, for example 10.1.0.0/16,fd00::/8',
    isShown: true,
  },
  OUTBOUND_ALLOWED_PORTS: {
    schema: listOf(portRange).default([80, 443].map((port) => ({ first: port, last: port }))),
    fix: 'Use ports and ranges with commas between them, for example 80,443,8000-8999',
    isShown: true,
  },
  REQUIRE_VERIFIED_EMAIL: { schema: truth.default(false), fix: 'Use true or false.', isShown: true },
  GITHUB_CLIENT_ID: { schema: z.string().optional(), fix: githubFix },
  GITHUB_CLIENT_SECRET: { schema: z.string().optional(), fix: githubFix },
  GITHUB_URL: {
    schema: origin.default('https://github.com'),
    fix: 'Use the address of your GitHub Enterprise server.',
  },
  LOG_LEVEL: {
    schema: z.enum(logLevels, 'is not a level').default('info'),
    fix: `Use one of ${logLevels.join(', ')}.`,
    isShown: true,
  },
  METRICS_TOKEN: { schema: z.string().min(16, 'is shorter than 16 characters').optional(), fix: secretFix },
  REDIS_URL: {
    schema: urlOf('redis:', 'rediss:').optional(),
    fix: 'Use redis://user:password@host:6379/0, or rediss:// for TLS.',
  },
  ERASED_LEDGER_DAYS: {
    schema: numberLike(/^\d{1,5}$/, 'is not a whole number of days below 100000').optional(),
    fix: 'Use a number of days such as 3650, or leave it out to keep the ledger for ever.',
    isShown: true,
  },
  LEDGER_MONTHS: {
    schema: numberLike(/^([2-9]|[1-9]\d{1,3})$/, 'is not a whole number of months from 2 to 9999').optional(),
    fix: 'Use a number of months such as 24, or leave it out to keep the ledger for ever.',
    isShown: true,
  },
  IDEMPOTENCY_DAYS: { schema: days, fix: daysFix, isShown: true },
  INBOX_RETENTION_DAYS: { schema: days, fix: daysFix, isShown: true },
  WEBHOOK_DAYS: {
    schema: z
      .string()
      .regex(/^([5-9]|[1-9]\d{1,3})$/, 'is not a whole number of days from 5 to 9999')
      .transform(Number)
      .default(30),
    fix: 'Use a number of days of at least 5, or leave it out for 30.',
    isShown: true,
  },
  SEED: { schema: truth.optional(), fix: 'Use true or false.', isShown: true },
};

type VariableName = keyof typeof variables;
type Schemas = { [Name in VariableName]: (typeof variables)[Name]['schema'] };

export const variableNames = Object.keys(variables) as readonly VariableName[];

const environment = z.object(
  Object.fromEntries(variableNames.map((name) => [name, variables[name].schema])) as Schemas,
);

function problemOf(issue: z.core.$ZodIssue, given: Record<string, string>): ConfigProblem {
  const variable = issue.path[0] as VariableName;
  const definition: { fix: string; isShown?: boolean } = variables[variable];
  const value = definition.isShown ? ` (it is ${JSON.stringify((given[variable] ?? '').slice(0, 80))})` : '';
  return { variable, problem: `${issue.message}${value}`, fix: definition.fix };
}

/** Apart from the schema, because zod checks relations only once every single value is right, and one run shall name all. */
function missingCompanions(given: Record<string, string>): ConfigProblem[] {
  const requirements: [variable: VariableName, isMissing: boolean, reason: string][] = [
    [
      'DATABASE_URL',
      !given['DATABASE_URL'] && !!given['DATABASE_DIRECT_URL'],
      'is required when DATABASE_DIRECT_URL is set',
    ],
    ['AUTH_SECRET', !!given['DATABASE_URL'] && !given['AUTH_SECRET'], 'is required when DATABASE_URL is set'],
    ['SEALING_KEY', !!given['DATABASE_URL'] && !given['SEALING_KEY'], 'is required when DATABASE_URL is set'],
    [
      'GITHUB_CLIENT_ID',
      !given['GITHUB_CLIENT_ID'] && !!given['GITHUB_CLIENT_SECRET'],
      'is required when GITHUB_CLIENT_SECRET is set',
    ],
    [
      'GITHUB_CLIENT_SECRET',
      !given['GITHUB_CLIENT_SECRET'] && !!given['GITHUB_CLIENT_ID'],
      'is required when GITHUB_CLIENT_ID is set',
    ],
    ['MAIL_FROM', !!given['SMTP_URL'] && !given['MAIL_FROM'], 'is required when SMTP_URL is set'],
  ];
  return requirements
    .filter(([, isMissing]) => isMissing)
    .map(([variable, , reason]) => ({ variable, problem: reason, fix: variables[variable].fix }));
}
