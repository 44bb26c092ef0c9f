import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { announce, announcementBody } from '#core/announcements/announced';
import { ANNOUNCEMENTS, isAnnouncementType } from '#core/announcements/catalogue';
import { newId } from '#core/ids';
import { mintSigningSecret, signatureHeaders } from '#core/webhooks/signature';

const source = { workspaceId: newId(), type: 'balance.low', number: 7n, occurredAt: new Date() } as const;
const announced = announce(source, ANNOUNCEMENTS['balance.low'].example);
const body = announcementBody(announced);

test('the package of Standard Webhooks verifies what is signed, and nothing that was changed', () => {
  const secret = mintSigningSecret();
  const headers = signatureHeaders({ id: 'evt_1', at: new Date(), body }, [secret]);
  const receiver = new Webhook(secret);
  expect(receiver.verify(body, headers)).toMatchObject({ type: 'balance.low', data: { available: '49.5' } });
  expect(() => receiver.verify(`${body} `, headers)).toThrow(WebhookVerificationError);
  expect(() => receiver.verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow(WebhookVerificationError);
  expect(() => new Webhook(mintSigningSecret()).verify(body, headers)).toThrow(WebhookVerificationError);
});

test('during a rotation either secret verifies', () => {
  const secrets = [mintSigningSecret(), mintSigningSecret()];
  const headers = signatureHeaders({ id: 'evt_1', at: new Date(), body }, secrets);
  for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toBeTruthy();
  expect(() => new Webhook(mintSigningSecret()).verify(body, headers)).toThrow(WebhookVerificationError);
});

test('the same source has the same id and the same bytes for ever, and no other has', () => {
  expect(announce(source, announced.data)).toEqual(announced);
  expect(announcementBody(announced)).toBe(body);
  expect(body).toMatch(/^\{"data":\{.*\},"id":"evt_[0-9a-z]{26}","timestamp":"[^"]+Z","type":"balance.low"\}$/);
  const others = [{ number: 8n }, { workspaceId: newId() }, { type: 'balance.depleted' as const }];
  const ids = others.map((other) => announce({ ...source, ...other }, announced.data as never).id);
  expect(new Set([announced.id, ...ids]).size).toBe(4);
});

test('only names in the catalogue are types', () => {
  expect(isAnnouncementType('balance.low')).toBe(true);
  for (const name of ['', 'balance', 'toString', '__proto__']) expect(isAnnouncementType(name)).toBe(false);
});
