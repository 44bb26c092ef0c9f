import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportLog } from '#cli/export';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';

let server: TestServer;
let workspace: TestWorkspace;
let folder: string;
beforeAll(async () => {
  server = await openServer();
  folder = await mkdtemp(join(tmpdir(), 'commonpurse-export-'));
  workspace = await server.makeWorkspace({ credits: credits(10), key: { scopes: ['usage:write', 'usage:read'] } });
  const { actor } = workspace.key;
  const permit = await server.permit(actor, 'usage:write', workspace.workspaceId);
  for (const outcome of ['SUCCEEDED', 'FAILED'] as const) {
    const call = { apiKeyId: actor.apiKeyId, credits: credits(1), outcome, idempotencyKey: randomUUID() };
    await server.credits.recordUsage(permit, call);
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await server.close();
});

test('the command writes a file once it is whole, and leaves none that is not', async () => {
  const command = { log: 'usage', url: server.url, apiKey: workspace.key.secret, format: 'csv' } as const;
  await exportLog({ ...command, output: join(folder, 'failed.csv'), filter: ['outcome=FAILED'] });
  const lines = (await readFile(join(folder, 'failed.csv'), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(',FAILED,');
  const refused = exportLog({ ...command, output: join(folder, 'refused.csv'), filter: ['outcome=MAYBE'] });
  await expect(refused).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  const nobody = exportLog({ ...command, apiKey: 'cp_live_nonsense', output: join(folder, 'nobody.csv') });
  await expect(nobody).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await readdir(folder)).toEqual(['failed.csv']);
});
