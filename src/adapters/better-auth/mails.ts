import type { Mail, Mailer } from '#core/mail';

interface Link {
  user: { email: string };
  url: string;
}

/** Makes the two mails of sign-in. They go out behind the answer, whose time would tell whether an account exists. */
export function signInMails(mailer: Mailer, onError: (error: unknown) => void) {
  const post = (mail: Mail): void => void mailer.send(mail).catch(onError);
  return {
    sendPasswordReset: async ({ user, url }: Link): Promise<void> =>
      post({
        to: user.email,
        subject: 'Reset your Commonpurse password',
        text: `Open this link to choose a new password. It works once, within an hour.\n\n${url}\n\nIf you did not ask for it, ignore this mail.`,
      }),
    sendVerification: async ({ user, url }: Link): Promise<void> =>
      post({
        to: user.email,
        subject: 'Confirm your address for Commonpurse',
        text: `Open this link within an hour to confirm that this address is yours.\n\n${url}\n\nIf you did not sign up, ignore this mail.`,
      }),
  };
}
