import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { query } from '../world/scratch-database.ts';
import { openWorld, type World } from '../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

function verify(): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    DATABASE_URL: world.databaseUrl,
    AUTH_SECRET: 'x'.repeat(32),
    SEALING_KEY: Buffer.alloc(32).toString('base64'),
  };
  const args = ['--conditions=source', '--import', 'tsx', 'src/cli/main.ts', 'verify'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

test(
  'verify counts what is right and exits with 0; at the first row that is not, it names it and exits with 1',
  { timeout: 60_000 },
  async () => {
    const { workspaceId } = await world.makeWorkspace();
    const whole = await verify();
    expect(whole).toEqual({
      code: 0,
      stdout:
        'audit log: 3 rows as recorded\nledgers: 0 rows as recorded\nspending of keys: 0 rows as recorded\nsums of usage: 0 rows as recorded\nVerified.\n',
      stderr: '',
    });

    await query(
      world.databaseUrl,
      `SET session_replication_role = replica; UPDATE event SET type = 'api_key.revoked' WHERE workspace_id = '${workspaceId}' AND number = 2`,
    );
    const broken = await verify();
    expect(broken).toMatchObject({ code: 1, stderr: '' });
    expect(broken.stdout).toContain(`workspace ${encodeId('Workspace', workspaceId)}: event 2 was changed.`);
    expect(broken.stdout).not.toContain('Verified.');
  },
);
