import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { headerReader } from '#core/inboxes/headers';
import { SCHEMES } from '#core/inboxes/signatures/providers';
import type { SignedMessage } from '#core/inboxes/signatures/scheme';
import type { InboxProvider } from '#generated/prisma/enums';
import { newSecret, signedHeaders } from '../../inboxes/senders.ts';

const AT = new Date('2026-11-28T12:00:00Z');
const SECONDS = AT.getTime() / 1_000;
const PROVIDERS = Object.keys(SCHEMES) as InboxProvider[];
const TIMED: readonly InboxProvider[] = ['STRIPE', 'SLACK', 'STANDARD_WEBHOOKS'];
// Neither JSON nor UTF-8: only the bytes count.
const BODY = new Uint8Array([0x7b, 0xff, 0x00, 0xfe, 0x0d, 0x0a]);

function message(headers: Record<string, string>, { body = BODY, receivedAt = AT }: Partial<SignedMessage> = {}) {
  return { body, receivedAt, header: headerReader(Object.entries(headers).flat()) };
}

const signed = (provider: InboxProvider, secret: string, seconds = SECONDS, body: Uint8Array = BODY) =>
  signedHeaders(provider, { secret, body, seconds, eventId: 'evt_1' });

describe.each(PROVIDERS)('%s', (provider) => {
  const scheme = SCHEMES[provider];
  const secret = newSecret(provider);

  test('what it signed is verified, whatever the bytes are and however its headers are spelled', () => {
    const headers = signed(provider, secret);
    expect(scheme.isSecret(secret)).toBe(true);
    expect(scheme.verify(message(headers), secret)).toBe(true);
    const shouted = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect(scheme.verify(message(shouted), secret)).toBe(true);
  });

  test('another secret, another byte, another header and no header fail', () => {
    const headers = signed(provider, secret);
    expect(scheme.verify(message(headers), newSecret(provider))).toBe(false);
    expect(scheme.verify(message(headers, { body: Uint8Array.of(...BODY, 0) }), secret)).toBe(false);
    expect(scheme.verify(message({}), secret)).toBe(false);
    for (const [name, value] of Object.entries(headers)) {
      if (!/signature|hmac/i.test(name)) continue;
      const at = value.length - 5;
      const flipped = `${value.slice(0, at)}${value[at] === '0' ? '1' : '0'}${value.slice(at + 1)}`;
      for (const wrong of [flipped, '', 'x', value.slice(0, -8), `x${value}`]) {
        expect(scheme.verify(message({ ...headers, [name]: wrong }), secret)).toBe(false);
      }
    }
  });

  test('a header that comes twice counts for none', () => {
    const raw = Object.entries(signed(provider, secret)).flat();
    const [name = '', value = ''] = raw.slice(0, 2);
    const twice = { ...message({}), header: headerReader([...raw, name, value]) };
    expect(scheme.verify(twice, secret)).toBe(false);
  });

  test('what is no secret of it is told before it is kept', () => {
    for (const text of ['', 'short', 'two words of secret', `${secret}\n`, 'x'.repeat(300)]) {
      expect(scheme.isSecret(text)).toBe(false);
    }
  });
});

test.each(TIMED)('%s: five minutes early or late are let pass, a second more is a recording', (provider) => {
  const secret = newSecret(provider);
  const verifyAt = (seconds: number): boolean =>
    SCHEMES[provider].verify(message(signed(provider, secret, seconds)), secret);
  expect([-300, 300].map((shift) => verifyAt(SECONDS + shift))).toEqual([true, true]);
  expect([-301, 301, -SECONDS].map((shift) => verifyAt(SECONDS + shift))).toEqual([false, false, false]);
});

test('while a secret is changed, one right signature of several is enough', () => {
  const [old, fresh] = [newSecret('STRIPE'), newSecret('STRIPE')];
  const signature = (secret: string): string => {
    const value = signed('STRIPE', secret)['stripe-signature'] ?? '';
    return value.slice(value.indexOf('v1='));
  };
  const both = `t=${SECONDS},${signature(old)},${signature(fresh)},v0=deadbeef`;
  for (const secret of [old, fresh]) {
    expect(SCHEMES.STRIPE.verify(message({ 'stripe-signature': both }), secret)).toBe(true);
  }
  const standard = newSecret('STANDARD_WEBHOOKS');
  const headers = signed('STANDARD_WEBHOOKS', standard);
  const listed = `v1,bm9uZQ== v1a,${'x'.repeat(40)} ${headers['webhook-signature']}`;
  const several = message({ ...headers, 'webhook-signature': listed });
  expect(SCHEMES.STANDARD_WEBHOOKS.verify(several, standard)).toBe(true);
});

test('a thousand wrong signatures before the right one are not worth their time', () => {
  const secret = newSecret('STRIPE');
  const value = signed('STRIPE', secret)['stripe-signature'] ?? '';
  const many = value.replace('v1=', `${'v1=00,'.repeat(1_000)}v1=`);
  expect(SCHEMES.STRIPE.verify(message({ 'stripe-signature': many }), secret)).toBe(false);
});

test('the examples that the providers print are verified', () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  const github = message(
    { 'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
    { body: Buffer.from('Hello, World!') },
  );
  expect(SCHEMES.GITHUB.verify(github, "It's a Secret to Everybody")).toBe(true);
  // https://api.slack.com/authentication/verifying-requests-from-slack
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  const slack = message(
    {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    { body: Buffer.from(body), receivedAt: new Date(1_531_420_618_000) },
  );
  expect(SCHEMES.SLACK.verify(slack, '8f742231b10e8888abcd99yyyzzz85a5')).toBe(true);
});

test('each provider names its events where it says that it does', () => {
  const json = Buffer.from(JSON.stringify({ id: 'evt_1', event_id: 'Ev1', type: 'url_verification', challenge: 'c1' }));
  const headers = { 'x-github-delivery': 'g1', 'x-shopify-webhook-id': 's1', 'webhook-id': 'w1' };
  const all = message(headers, { body: json });
  expect(PROVIDERS.map((provider) => SCHEMES[provider].eventId(all))).toEqual(['evt_1', 'g1', 's1', 'Ev1', 'w1']);
  const event = message({ ...headers, 'x-shopify-event-id': 'e1' }, { body: json });
  expect(SCHEMES.SHOPIFY.eventId(event)).toBe('e1');
  for (const text of ['', 'null', '[1]', '"id"', '{"id":7}', '{"__proto__":{"id":"x"}}', '['.repeat(500_000)]) {
    expect(SCHEMES.STRIPE.eventId(message({}, { body: Buffer.from(text) }))).toBeNull();
  }
  expect(SCHEMES.SLACK.challenge?.(all)).toBe('c1');
  expect(SCHEMES.SLACK.challenge?.(message({}, { body: Buffer.from('{"challenge":"c1"}') }))).toBeNull();
});

test('a signature of another length is no reason to throw', () => {
  const secret = newSecret('GITHUB');
  const digest = createHmac('sha512', secret).update(BODY).digest('hex');
  expect(SCHEMES.GITHUB.verify(message({ 'x-hub-signature-256': `sha256=${digest}` }), secret)).toBe(false);
});
