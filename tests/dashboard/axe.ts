import { AxeBuilder } from '@axe-core/playwright';
import type { Visitor } from './stage.ts';

/** All that a theme can change: everything else is the same page. */
const RULES_OF_COLOR = ['color-contrast', 'link-in-text-block'];

/** What axe calls serious or critical on a page, in both themes. */
export async function faultsOf({ page }: Visitor, path: string): Promise<string[]> {
  await page.goto(path);
  await page.locator('h1, [role=dialog]').first().waitFor();
  await page.waitForLoadState('networkidle');
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const { violations } = await (colorScheme === 'light' ? axe : axe.withRules(RULES_OF_COLOR)).analyze();
    const faults = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    for (const { id, nodes } of faults)
      found.push(`${path} ${colorScheme} ${id}: ${nodes.map((node) => node.html).join(' ')}`);
  }
  return found;
}
