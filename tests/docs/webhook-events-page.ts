import { ANNOUNCEMENT_TYPES, ANNOUNCEMENTS } from '#core/announcements/catalogue';

/** docs/webhook-events.md as the catalogue of announcements has it. */
export function renderWebhookEventsPage(): string {
  const sections = ANNOUNCEMENT_TYPES.flatMap((type) => {
    const { description, example } = ANNOUNCEMENTS[type];
    return [`## ${type}`, '', description, '', '```json', jsonOf(example), '```', ''];
  });
  return [
    '# What webhooks tell',
    '',
    'Generated from `src/core/announcements/catalogue.ts` by `npm run test:unit -- tests/docs/webhooks.test.ts --update`.',
    '',
    'The body of each request has `id`, `type`, `timestamp` (when it happened) and `data`, of which each type has an example',
    'here. Credits are decimal texts, times ISO 8601 in UTC. See [webhooks](webhooks.md) for how they are sent.',
    '',
    ...sections,
  ].join('\n');
}

/** As the formatter wants it: a list of one text on one line. */
function jsonOf(example: unknown): string {
  return JSON.stringify(example, null, 2).replaceAll(/\[\s+("[^"]*")\s+\]/g, '[$1]');
}
