import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { openServer } from '../world/server.ts';

test('with SMTP_URL the links that confirm an address and reset a password go out by mail', async () => {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => smtp.close(() => resolve())));
  const { port } = smtp.server.address() as AddressInfo;
  const from = 'Commonpurse <no-reply@example.com>';
  const server = await openServer({ mail: { smtpUrl: `smtp://127.0.0.1:${port}`, from } });
  onTestFinished(() => server.close());
  await server.signUp({ email: 'grace@example.com' });
  expect(
    (await server.auth('request-password-reset', { email: 'grace@example.com', redirectTo: server.url })).status,
  ).toBe(200);
  await expect.poll(() => mails.length).toBe(2);
  expect(mails[0]).toContain('/auth/verify-email?token=');
  expect(mails[1]).toContain('To: grace@example.com');
  expect(mails[1]).toContain('From: Commonpurse <no-reply@example.com>');
  expect(mails[1]?.replaceAll('=\r\n', '')).toContain('/auth/reset-password/');
  expect(server.mails).toEqual([]);
});
