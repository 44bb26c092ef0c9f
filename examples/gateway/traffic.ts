import { parseArgs } from 'node:util';
import { createClient } from '#client/client';
import { audit, openBooks } from './audit.ts';
import { planCalls, sendCalls } from './calls.ts';
import { DEMO_FILE, readDemo } from './demo.ts';

const { values } = parseArgs({
  options: {
    demo: { type: 'string', default: DEMO_FILE },
    gateway: { type: 'string', default: 'http://localhost:4100' },
    calls: { type: 'string', default: '200' },
    concurrency: { type: 'string', default: '4' },
    'top-up': { type: 'string' },
  },
});

const { url, operatorToken, workspace, keys } = await readDemo(values.demo);
const credits = values['top-up'];
if (credits !== undefined) {
  await createClient({ url, operatorToken }).grantCredits({ workspaceId: workspace.id, credits });
}
const purse = createClient({ url, apiKey: keys[0]?.secret ?? '' });
const opening = await openBooks(purse);
const calls = planCalls(Number(values.calls), keys);
console.log(
  `${calls.length} calls with ${keys.length} keys, ${values.concurrency} at once; the balance is ${opening.available}`,
);

const startedAt = performance.now();
const answers = await sendCalls(values.gateway, calls, { concurrency: Number(values.concurrency) });
const seconds = (performance.now() - startedAt) / 1_000;

const { faults, ...result } = await audit(purse, opening, answers);
console.log(`
  calls       ${result.calls}, sent ${result.sends} times in ${seconds.toFixed(1)} s
  succeeded   ${result.succeeded}
  failed      ${result.failed}, free of charge
  declined    ${result.declined}, nothing taken
  charged     ${result.charged} credits
  balance     ${opening.available} before, ${result.available} now
`);
for (const fault of faults) console.error(`  ✗ ${fault}`);
if (faults.length === 0) console.log('  ✓ one entry for each call, and the balance is right to the millionth');
process.exitCode = faults.length === 0 ? 0 : 1;
