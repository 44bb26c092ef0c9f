import { openOutbox, openSmtpMailer } from '#adapters/mail';
import type { Config } from '#config';
import type { Mailer } from '#core/mail';

/** How mail leaves this process; printed where no SMTP server is there to send it. */
export function openMailer({ smtpUrl, from }: Config['mail'], print: (text: string) => void): Mailer {
  return smtpUrl ? openSmtpMailer({ url: smtpUrl, from }) : openOutbox(print);
}
