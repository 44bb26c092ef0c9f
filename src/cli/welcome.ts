import type { Demo } from '#cli/demo';
import type { Config } from '#config';
import type { App } from '#main/app';
import type { Worker } from '#main/worker';

interface Facts {
  app: App;
  config: Config;
  demo: Demo | null;
  seconds: number;
}

/** What a person needs to go on: where it is, how to sign in, and one thing to try. */
export function welcome({ app: { url }, config, demo, seconds }: Facts): string {
  const key = demo?.keys[0];
  const lines = [
    `Commonpurse is ready after ${seconds.toFixed(1)} s`,
    '',
    `  Dashboard ${url}`,
    `  API       ${url}/graphql   (in a browser: an explorer)`,
  ];
  if (config.database.kind === 'embedded') lines.push(`  Database  embedded PostgreSQL, data in ${config.dataDir}`);
  if (!demo || !key) {
    lines.push('', '  Mint an operator token:', '    npx commonpurse operator-token', '');
    return lines.join('\n');
  }
  lines.push(
    `  Sign in   ${demo.user.email}   password ${demo.user.password}`,
    `  API key   ${key.secret}   ("${key.name}")`,
    '',
    '  Spend 5 credits:',
    `    curl ${url}/graphql -H 'content-type: application/json' -H 'authorization: Bearer ${key.secret}' \\`,
    `      -d '{"query":"mutation { recordUsage(input: { credits: 5, idempotencyKey: \\"my-first-call\\" }) { ... on RecordUsagePayload { credits balance { available } } ... on UserError { code message } } }"}'`,
    '',
    '  Watch the balance live, in another terminal:',
    `    npx commonpurse watch --url ${url} --api-key ${key.secret}`,
    '',
  );
  return lines.join('\n');
}

/** What a worker that runs alone does, and when. It answers on no port. */
export function welcomeWorker({ worker: { jobs }, seconds }: { worker: Worker; seconds: number }): string {
  const width = Math.max(...jobs.map(({ name }) => name.length));
  return [
    `Commonpurse's worker is ready after ${seconds.toFixed(1)} s`,
    '',
    ...jobs.map(({ name, cron }) => `  ${name.padEnd(width)}  ${cron}  (UTC)`),
    '',
  ].join('\n');
}
