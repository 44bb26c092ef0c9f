import { Command, Option } from 'commander';
import type { ExportCommand } from '#cli/export';
import type { Part } from '#cli/start';
import { explain } from '#main/refusals';

const PARTS: readonly Part[] = ['server', 'worker'];

const program = new Command('commonpurse')
  .description('Workspaces with one shared, strictly prepaid credit balance.')
  .configureHelp({ showGlobalOptions: true });

// Each command is loaded when it is called: `watch` needs no server, and a start should not wait for a terminal's code.
program
  .command('start', { isDefault: true })
  .description('run the server and the jobs; without DATABASE_URL on an embedded PostgreSQL')
  .addOption(new Option('--only <part>', 'one of the two, where another process runs the other').choices(PARTS))
  .action(async (options: { only?: Part }) => (await import('#cli/start')).start(options));

program
  .command('migrate')
  .description('bring the database to this version')
  .action(async () => (await import('#cli/migrate')).migrate());

program
  .command('seed')
  .description('fill an empty database with the demo')
  .action(async () => (await import('#cli/seed')).seed());

program
  .command('verify')
  .description('prove that what is stored is what was recorded; names the first row that is not')
  .option('--incremental', 'read only the entries since the last proof of each ledger')
  .action(async (options: { incremental?: true }) => (await import('#cli/verify')).verify(options));

program
  .command('operator-token')
  .description('mint an operator token; it is printed once')
  .option('--name <name>', 'what it is for', 'Operator')
  .action(async (options: { name: string }) => (await import('#cli/operator-token')).printOperatorToken(options));

program
  .command('watch')
  .description('show the live balance and the last calls in this terminal')
  .addOption(new Option('--url <url>', 'where the server is').env('COMMONPURSE_URL').default('http://localhost:4000'))
  .addOption(
    new Option('--api-key <key>', 'an API key of the workspace').env('COMMONPURSE_API_KEY').makeOptionMandatory(),
  )
  .option('--json', 'one JSON object a line')
  .action(async (options: { url: string; apiKey: string; json?: true }) => (await import('#cli/watch')).watch(options));

program
  .command('export')
  .description('write the usage log, or the whole ledger, of a workspace as CSV or as JSON lines')
  .argument('<log>', 'usage or ledger')
  .addOption(new Option('--url <url>', 'where the server is').env('COMMONPURSE_URL').default('http://localhost:4000'))
  .addOption(
    new Option('--api-key <key>', 'an API key of the workspace, with the scope usage:read')
      .env('COMMONPURSE_API_KEY')
      .makeOptionMandatory(),
  )
  .addOption(new Option('--format <format>', 'how it is written').choices(['csv', 'ndjson']).default('csv'))
  .option('--output <file>', 'where to; left out: standard output')
  .option('--filter <name=value...>', 'as the parameters of /export say, for example outcome=FAILED')
  .action(async (log: string, options: Omit<ExportCommand, 'log'>) =>
    (await import('#cli/export')).exportLog({ ...options, log }),
  );

await program.parseAsync().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(`commonpurse: ${explain(error)}`);
});
