import { expect, test } from 'vitest';
import { ANNOUNCEMENT_TYPES, ANNOUNCEMENTS, type AnnouncementType } from '#core/announcements/catalogue';
import { ValidationFailed } from '#core/errors';
import { newId } from '#core/ids';
import { messageOf } from '#core/integrations/message';
import { PROVIDER_NAMES, type ProviderName, PROVIDERS } from '#core/integrations/providers';
import { readSettings } from '#core/integrations/settings';

const outbound = { problemOf: (url: string) => (url.includes('10.0.0.1') ? 'leads to a private address.' : null) };

const URLS: Readonly<Record<string, string>> = {
  SLACK: 'https://hooks.slack.com/services/T0/B0/x',
  DISCORD: 'https://discord.com/api/webhooks/1/x',
  TEAMS: 'https://prod-1.westus.logic.azure.com:443/workflows/x?sig=y',
};

const said = (provider: ProviderName) =>
  provider === 'EMAIL'
    ? [{ name: 'to', value: 'Ada@example.com, grace@example.com' }]
    : [{ name: provider === 'HTTP' ? 'url' : 'webhookUrl', value: URLS[provider] ?? 'https://example.com/hook' }];

const read = (provider: ProviderName, settings: { name: string; value: string }[]) =>
  readSettings(PROVIDERS[provider], settings, { before: null, outbound });

const message = (type: AnnouncementType, data: unknown = ANNOUNCEMENTS[type].example, isTest = false) =>
  messageOf(
    { announcementId: newId(), type, data, isTest, occurredAt: new Date('2026-11-23T21:31:57Z') },
    { workspace: { name: 'Acme "East" <b>', slug: 'acme' }, publicUrl: 'https://commonpurse.example' },
  );

function sent(provider: ProviderName, about: ReturnType<typeof message>): string {
  const { shown, secret } = read(provider, said(provider));
  const { format } = PROVIDERS[provider];
  const settings = { ...shown, ...secret };
  return JSON.stringify(format.via === 'MAIL' ? format.mail(settings, about) : format.request(settings, about));
}

test.each(PROVIDER_NAMES)('%s says each type in a sentence, with where to look', (provider) => {
  for (const type of ANNOUNCEMENT_TYPES) {
    const about = message(type);
    const text = sent(provider, about);
    expect(text).toContain('https://commonpurse.example/w/acme/overview');
    expect(text).toContain(type);
    expect(about.title).toMatch(/^[A-Z0-9].*[.]$/);
    expect(text).not.toMatch(/undefined|\[object/);
  }
});

test('an alert is told as its mail tells it, and a test says that it is one', () => {
  const fired = { ...ANNOUNCEMENTS['alert.fired'].example, condition: 'BALANCE', value: '699', threshold: '700' };
  expect(message('alert.fired', fired)).toMatchObject({
    title: 'The alert "Runway" fired. What can be spent is 699 credits, below 700 credits.',
    isWarning: true,
  });
  expect(message('balance.low', undefined, true)).toMatchObject({
    title: 'Test: The balance is low: 49.5 credits, below 50.',
    isWarning: false,
  });
});

test('what a name says is no markup anywhere, calls nobody and begins no line', () => {
  const name = '<!channel> *@everyone* [x](https://evil.example)\r\nBcc: eve@example.com';
  const about = message('api_key.revoked', { apiKeyId: 'key_x', name });
  const slack = JSON.parse(sent('SLACK', about)) as { body: { text: string; blocks: { text?: { type: string } }[] } };
  expect(slack.body.text).not.toMatch(/<[!@]/);
  expect(slack.body.blocks[0]?.text?.type).toBe('plain_text');
  const discord = sent('DISCORD', about);
  expect(discord).toContain('"allowed_mentions":{"parse":[]}');
  expect(discord).not.toMatch(/[^\\]\[x/);
  expect(sent('TEAMS', about)).not.toMatch(/[^\\]\[x/);
  const mail = JSON.parse(sent('EMAIL', about)) as { to: string; subject: string };
  expect(mail.to).toBe('ada@example.com, grace@example.com');
  expect(mail.subject).not.toMatch(/[\r\n]/);
});

test.each<[ProviderName, string, string]>([
  ['SLACK', 'webhookUrl', 'http://hooks.slack.com/services/x'],
  ['SLACK', 'webhookUrl', 'https://hooks.slack.com.evil.example/services/x'],
  ['SLACK', 'webhookUrl', 'https://user:pass@hooks.slack.com/services/x'],
  ['SLACK', 'webhookUrl', 'https://hooks.slack.com:8443/services/x'],
  ['DISCORD', 'webhookUrl', 'https://evil.example/discord.com'],
  ['TEAMS', 'webhookUrl', 'not a URL'],
  ['TEAMS', 'webhookUrl', `https://x.logic.azure.com/${'x'.repeat(2_100)}`],
  ['HTTP', 'url', 'http://10.0.0.1/'],
  ['HTTP', 'headerName', 'Host'],
  ['HTTP', 'headerName', 'X Y'],
  ['HTTP', 'headerValue', 'a\r\nX-Other: b'],
  ['EMAIL', 'to', 'ada@example.com, nobody'],
  ['EMAIL', 'to', Array.from({ length: 11 }, (_, index) => `a${index}@example.com`).join(',')],
  ['EMAIL', 'to', ''],
])('%s refuses a wrong %s by name: %s', (provider, name, value) => {
  const settings = [...said(provider).filter((one) => one.name !== name), { name, value }];
  expect(() => read(provider, settings)).toThrow(new RegExp(`^${name} `));
});

test('a setting that is missing, unknown or there twice is refused with what to give', () => {
  expect(() => read('SLACK', [])).toThrow(/settings has no webhookUrl, which Slack needs/);
  expect(() => read('SLACK', [...said('SLACK'), { name: 'channel', value: '#ops' }])).toThrow(/it has webhookUrl/);
  expect(() => read('SLACK', [...said('SLACK'), ...said('SLACK')])).toThrow(/webhookUrl twice/);
  expect(() => read('HTTP', [{ name: '__proto__', value: 'x' }])).toThrow(ValidationFailed);
});

test('settings that are not named stay, secret ones too', () => {
  const before = read('HTTP', [...said('HTTP'), { name: 'headerValue', value: 'Bearer x' }]);
  const after = readSettings(PROVIDERS.HTTP, [{ name: 'headerName', value: 'X-Key' }], { before, outbound });
  expect(after).toEqual({
    shown: { url: 'https://example.com/hook', headerName: 'X-Key' },
    secret: { headerValue: 'Bearer x' },
  });
});

test('a secret that was given for one URL is not sent to another', () => {
  const before = read('HTTP', [...said('HTTP'), { name: 'headerValue', value: 'Bearer x' }]);
  const change = (...settings: { name: string; value: string }[]) =>
    readSettings(PROVIDERS.HTTP, settings, { before, outbound });
  const elsewhere = { name: 'url', value: 'https://evil.example/' };
  expect(() => change(elsewhere)).toThrow(/^headerValue must be given anew/);
  for (const value of ['', 'Bearer y'])
    expect(change(elsewhere, { name: 'headerValue', value })).toMatchObject({ secret: { headerValue: value } });
  expect(change({ name: 'url', value: ' https://example.com/hook ' })).toMatchObject({ secret: before.secret });
  const bare = read('HTTP', said('HTTP'));
  const { shown } = readSettings(PROVIDERS.HTTP, [elsewhere], { before: bare, outbound });
  expect(shown.url).toBe(elsewhere.value);
});
