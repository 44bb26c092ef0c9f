import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type LinkedPage, pageLink } from '#core/links';
import { placeOf } from '../../src/dashboard/shell/places.ts';

test('a link leads to a page that the dashboard has', () => {
  const pages = readFileSync('src/dashboard/shell/pages.ts', 'utf8');
  const linked: Record<LinkedPage, true> = { overview: true, alerts: true, integrations: true, webhooks: true };
  for (const page of Object.keys(linked) as LinkedPage[]) {
    expect(pages).toContain(`path: '${page}'`);
    const link = pageLink(page, { slug: 'acme', publicUrl: 'https://x.example' });
    expect(link).toBe(`https://x.example${placeOf('acme', page)}`);
  }
});
