import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { announce, announcementBody } from '#core/announcements/announced';
import { ANNOUNCEMENTS } from '#core/announcements/catalogue';
import { encodeAnnouncementId, newId } from '#core/ids';
import { mintSigningSecret, signatureHeaders } from '#core/webhooks/signature';
import { renderWebhookEventsPage } from './webhook-events-page.ts';

test('the page of events is what the catalogue says', async () => {
  await expect(renderWebhookEventsPage()).toMatchFileSnapshot('../../docs/webhook-events.md');
});

test('the receiver on the page takes what is signed, once, and refuses the rest', async () => {
  const [, program = ''] = /```js\n([^]+?)\n```/.exec(readFileSync('docs/webhooks.md', 'utf8')) ?? [];
  const secret = mintSigningSecret();
  const receiver = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let output = '';
    receiver.stdout.on('data', (part: Buffer) => (output += part.toString()));
    await expect.poll(() => output, { timeout: 10_000 }).toMatch(/listening on \d+\n/);
    const url = `http://127.0.0.1:${/listening on (\d+)/.exec(output)?.[1]}`;
    const source = { workspaceId: newId(), type: 'balance.low', number: 1n, occurredAt: new Date() } as const;
    const announced = announce(source, ANNOUNCEMENTS['balance.low'].example);
    const body = announcementBody(announced);
    const signed = { id: encodeAnnouncementId(announced.id), at: new Date(), body };
    const send = async (key: string) =>
      (await fetch(url, { method: 'POST', body, headers: signatureHeaders(signed, [key]) })).status;
    expect([await send(secret), await send(secret), await send(mintSigningSecret())]).toEqual([204, 204, 400]);
    await expect.poll(() => output.match(/balance\.low \{"available":"49.5"/g)).toHaveLength(1);
  } finally {
    receiver.kill();
  }
});
