import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

/** The distribution's browser on PATH; says loudly when there is none. */
export const chromiumPath = ((): string | null => {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (!found) process.stderr.write('SKIPPED: no chromium on PATH, so the dashboard is not tested in a browser.\n');
  return found ?? null;
})();

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    // A container has neither user namespaces nor much shared memory; only our own pages are opened.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'],
  });
}

/** Builds what is stale: the server under test hands out the dashboard as it is in dist. */
export function buildDashboard(): void {
  const launcher = fileURLToPath(new URL('../../bin/commonpurse.mjs', import.meta.url));
  // The tests' own `source` condition would make the launcher run src instead of dist.
  execFileSync(process.execPath, [launcher, 'prepare'], { env: { ...process.env, NODE_OPTIONS: '' } });
}

/** Waits until the page has its title and nothing of it is still being loaded. */
export async function waitUntilRead(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.locator('[data-slot=skeleton], [aria-label=Loading]').first().waitFor({ state: 'detached' });
}
