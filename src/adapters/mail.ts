import { createTransport } from 'nodemailer';
import type { Mailer } from '#core/mail';

/** Sends through an SMTP server, `smtp://user:password@host:port`. */
export function openSmtpMailer({ url, from }: { url: string; from: string }): Mailer {
  // Whoever waits for the mail to be handed over does not wait for ever.
  const limits = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };
  const transport = createTransport({ url, ...limits }, { from });
  return {
    async send({ to, subject, text }) {
      await transport.sendMail({ to, subject, text });
    },
  };
}

/** The outbox of a development machine: prints the mail, so that its link can be followed. */
export function openOutbox(print: (line: string) => void): Mailer {
  return {
    async send({ to, subject, text }) {
      print(`Mail to ${to}: ${subject}\n${text.replace(/^/gm, '  ')}`);
    },
  };
}
