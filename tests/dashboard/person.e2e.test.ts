import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../world/server.ts';
import { codeNow } from '../world/totp.ts';
import { chromiumPath } from './browser.ts';
import {
  join,
  linkMailedTo,
  makeKey,
  makeWorkspace,
  openStage,
  type Place,
  signIn,
  slugIn,
  spendingOf,
  type Stage,
  type Visitor,
} from './stage.ts';

// Skipped: without a browser on PATH, which is said loudly as the tests start.
describe.skipIf(chromiumPath === null)('a person in a browser', { timeout: 120_000 }, () => {
  let stage: Stage;
  let ada: Person;
  let visitor: Visitor;
  beforeAll(async () => {
    stage = await openStage();
  }, 120_000);
  afterAll(() => stage?.close());
  beforeEach(async () => {
    await visitor?.context.close();
    visitor = await stage.enter();
    ada = await stage.server.signUp({ name: 'Ada' });
  });

  const main = () => visitor.page.locator('main');
  const dialog = () => visitor.page.getByRole('dialog');
  const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click();

  describe('keeps an account', () => {
    it('switches the second factor on, keeps its backup codes, and signs in with each', async () => {
      const { page } = visitor;
      await signIn(visitor, stage, ada);
      await page.goto('/');
      await page.goto(`/w/${await slugOf(visitor)}/account`);
      await main().getByRole('button', { name: 'Switch on' }).click();
      await dialog().getByLabel('Your password').fill('not the password');
      await press('Go on');
      await dialog().getByText('That is not your password.').waitFor();
      await dialog().getByLabel('Your password').fill(ada.password);
      await press('Go on');
      const secret = await dialog().locator('[data-slot=totp-secret]').innerText();
      await dialog().getByLabel('Six digits').fill('000000');
      await press('Go on');
      await dialog().getByText('That code is not right.').waitFor();
      await dialog().getByLabel('Six digits').fill(codeNow(secret));
      await press('Go on');
      await dialog().locator('[data-slot=backup-codes]').waitFor();
      const codes = await dialog().locator('[data-slot=backup-codes] li').allInnerTexts();
      expect(codes).toHaveLength(10);
      // The end of the session before is heard by now: what the page reads anew must not take the codes away.
      await page.waitForTimeout(2_500);
      expect(await dialog().getByRole('button', { name: 'I have kept them' }).isDisabled()).toBe(true);
      await press('Copy the backup codes');
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(codes.join('\n'));
      await press('I have kept them');
      await main().getByRole('button', { name: 'New backup codes' }).waitFor();

      await signOut(visitor);
      await fillSignIn(visitor, ada);
      await page.getByLabel('Six digits').fill(codeNow(secret));
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForURL('**/w/*/*');
      await signOut(visitor);
      await fillSignIn(visitor, ada);
      await page.getByRole('button', { name: 'Use a backup code' }).click();
      await page.getByLabel('Backup code').fill(codes[3] ?? '');
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForURL('**/w/*/*');
    });

    it('chooses another password by a mailed link, which works once, and signs in with that alone', async () => {
      const { page } = visitor;
      await page.goto('/sign-in');
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByLabel('E-mail').fill(ada.email);
      await page.getByRole('button', { name: 'Send the link' }).click();
      await page.getByText('Look into your mail').waitFor();
      const link = await linkMailedTo(stage.server, ada.email, 'reset-password');
      await page.goto(link);
      await page.getByLabel('New password').fill('battery staple horse');
      await page.getByRole('button', { name: 'Set the password' }).click();
      await page.getByText('Your new password is set').waitFor();
      await fillSignIn(visitor, ada);
      await page.getByText('This address and password do not belong together.').waitFor();
      await fillSignIn(visitor, { ...ada, password: 'battery staple horse' });
      await page.waitForURL('**/w/*/*');
      await page.goto(link);
      await page.getByText('This link does not work any more').waitFor();
      expect(await page.getByLabel('New password').count()).toBe(0);
    });

    it('signs another browser out, alone and by a new password, which notices while it stays', async () => {
      const other = await stage.enter();
      for (const each of [visitor, other]) {
        await signIn(each, stage, ada);
        await each.page.goto('/');
      }
      const slug = await slugOf(other);
      await other.page.locator('[data-slot=balance]').waitFor();
      await visitor.page.goto(`/w/${slug}/account`);
      await main().getByRole('button', { name: 'Sign out Chrome on Linux' }).click();
      await other.page.waitForURL('**/sign-in?next=*');
      await main().getByRole('button', { name: 'Sign out Chrome on Linux' }).waitFor({ state: 'detached' });

      await fillSignIn(other, ada);
      await other.page.locator('[data-slot=balance]').waitFor();
      await main().getByLabel('Current password').fill(ada.password);
      await main().getByLabel('New password').fill('battery staple horse');
      await main().getByRole('button', { name: 'Change the password' }).click();
      await other.page.waitForURL('**/sign-in?next=*');
      await visitor.page.getByText('Your password is changed').waitFor();
      await main().getByText('This browser').waitFor();
      expect(
        await main()
          .getByRole('button', { name: /^Sign out/ })
          .count(),
      ).toBe(0);
      await other.context.close();
    });
  });

  describe('owns a workspace', () => {
    let place: Place;
    beforeEach(async () => {
      place = await makeWorkspace(stage.server, ada, 'Northwind');
      await signIn(visitor, stage, ada);
    });

    it('gives it to another member, who owns it without a reload, and stays an admin', async () => {
      const bea = await stage.server.signUp({ name: 'Bea' });
      await join(stage.server, place, { by: ada, member: bea, role: 'MEMBER' });
      const other = await stage.enter();
      await signIn(other, stage, bea);
      await other.page.goto(`/w/${place.slug}/settings`);
      await other.page.getByRole('button', { name: 'Leave the workspace' }).waitFor();
      expect(await other.page.getByRole('button', { name: 'Delete the workspace' }).count()).toBe(0);

      const { page } = visitor;
      await page.goto(`/w/${place.slug}/settings`);
      await main()
        .getByLabel('New owner')
        .selectOption({ label: `Bea (${bea.email})` });
      await main().getByRole('button', { name: 'Transfer', exact: true }).click();
      await dialog().getByText('Bea may then do everything here, deleting it included.').waitFor();
      expect(await dialog().getByRole('button', { name: 'Transfer the workspace' }).isDisabled()).toBe(true);
      await dialog().getByLabel('Type “Northwind” to confirm').fill('Northwind');
      await press('Transfer the workspace');
      await main().getByRole('button', { name: 'Delete the workspace' }).waitFor({ state: 'detached' });
      await main().getByRole('button', { name: 'Rename' }).waitFor();
      await other.page.getByRole('button', { name: 'Delete the workspace' }).waitFor();
      await other.context.close();
    });

    it('deletes it by typing its name, and brings it back as it was', async () => {
      const { page } = visitor;
      const { secret } = await makeKey(stage.server, ada, place);
      await page.goto(`/w/${place.slug}/settings`);
      await main().getByRole('button', { name: 'Delete the workspace' }).click();
      await dialog().getByLabel('Type “Northwind” to confirm').fill('northwind');
      expect(await dialog().getByRole('button', { name: 'Delete the workspace' }).isDisabled()).toBe(true);
      await dialog().getByLabel('Type “Northwind” to confirm').fill('Northwind');
      await press('Delete the workspace');
      await page.waitForURL((url) => url.pathname.startsWith('/w/') && !url.pathname.includes(place.slug));
      expect(await spendingOf(stage.server, secret)).toBe('UNAUTHENTICATED');

      const elsewhere = await slugOf(visitor);
      await page.goto(`/w/${place.slug}/keys`);
      await page.getByText('No such workspace').waitFor();
      await page.goto(`/w/${elsewhere}/settings`);
      const deleted = main().getByRole('listitem').filter({ hasText: 'Northwind' });
      await deleted.getByText('erased in 7 days').waitFor();
      await deleted.getByRole('button', { name: 'Restore Northwind' }).click();
      await page.waitForURL(`**/w/${place.slug}/*`);
      await page.goto(`/w/${place.slug}/keys`);
      await main().getByText('Production Server').waitFor();
      expect(await spendingOf(stage.server, secret)).toBe('INSUFFICIENT_CREDITS');
    });

    it('rotates a key while the old secret works on, disables it, and revokes it for good', async () => {
      const { page } = visitor;
      const { secret } = await makeKey(stage.server, ada, place);
      await page.goto(`/w/${place.slug}/keys`);
      const key = main().getByRole('row').filter({ hasText: 'Production Server' });
      const start = async (item: string): Promise<void> => {
        await key.getByRole('button', { name: 'Actions for Production Server' }).click();
        await page.getByRole('menuitem', { name: item }).click();
      };
      await start('Rotate the secret');
      await dialog().getByText('keeps its name, caps and history').waitFor();
      await press('Rotate the secret');
      await press('Show');
      const next = await dialog().locator('[data-slot=secret]').innerText();
      await press('Copy the secret');
      await press('Done');
      await key
        .getByText(new RegExp(`Old secret …${secret.slice(-4)} ends (tomorrow|in 24 hours), not used since`))
        .waitFor();
      for (const each of [secret, next]) expect(await spendingOf(stage.server, each)).toBe('INSUFFICIENT_CREDITS');

      await start('Disable');
      await dialog().getByText('Whatever uses it is refused at once').waitFor();
      await press('Disable the key');
      await page.getByText('Production Server is disabled').waitFor();
      await key.getByText('Disabled').waitFor();
      expect(await spendingOf(stage.server, next)).toBe('UNAUTHENTICATED');
      await start('Enable');
      await press('Enable the key');
      await page.getByText('Production Server works again').waitFor();
      expect(await spendingOf(stage.server, next)).toBe('INSUFFICIENT_CREDITS');

      await start('Revoke');
      await dialog().getByText('Nothing brings it back.').waitFor();
      await press('Revoke the key');
      await page.getByText('Production Server is revoked').waitFor();
      expect(await spendingOf(stage.server, next)).toBe('UNAUTHENTICATED');
    });
  });

  it('does it all without an error in the console', () => {
    expect(stage.complaints).toEqual([]);
  });
});

async function slugOf({ page }: Visitor): Promise<string> {
  await page.waitForURL('**/w/*/*');
  return slugIn(page);
}

async function signOut({ page }: Visitor): Promise<void> {
  await page.getByRole('button', { name: 'Ada: account and theme' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in*');
}

async function fillSignIn({ page }: Visitor, { email, password }: Pick<Person, 'email' | 'password'>): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
