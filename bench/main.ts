import { parseArgs } from 'node:util';
import { benchDashboard } from './dashboard.ts';
import { benchDebit } from './debit.ts';
import { benchHttp } from './http.ts';
import { benchKeys } from './keys.ts';
import { benchLive } from './live.ts';
import { type BenchOptions, printReport, type Report } from './report.ts';
import { benchRevocation } from './revocation.ts';
import { benchUsage } from './usage.ts';
import { benchWebhooks } from './webhooks.ts';

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  dashboard: benchDashboard,
  debit: benchDebit,
  http: benchHttp,
  keys: benchKeys,
  live: benchLive,
  revocation: benchRevocation,
  usage: benchUsage,
  webhooks: benchWebhooks,
};

const QUICK: BenchOptions = { rounds: 1, seconds: 0.1, preload: 0 };
const THOROUGH: BenchOptions = { rounds: 5, seconds: 2, preload: 0 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    preload: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const run = benches[positionals[0] ?? ''];
const fallback = values.quick ? QUICK : THOROUGH;
const options = {
  rounds: Number(values.rounds ?? fallback.rounds),
  seconds: Number(values.seconds ?? fallback.seconds),
  preload: Number(values.preload ?? fallback.preload),
};

const { rounds, seconds, preload } = options;
const only = positionals.slice(1);

if (run && Number.isInteger(rounds) && rounds > 0 && seconds > 0 && Number.isInteger(preload) && preload >= 0) {
  printReport(await run({ ...options, only }), values);
} else {
  const names = Object.keys(benches).join(' | ');
  console.error(`npm run bench -- ${names} [--quick] [--json] [--rounds 5] [--seconds 2] [--preload 10000000]`);
  console.error('npm run bench -- live [delivery] [traffic] [storm]');
  process.exitCode = 1;
}
