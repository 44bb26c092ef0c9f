export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** How mail leaves the house. */
export interface Mailer {
  /** Resolves when the mail was handed over. @throws Error when it could not be. */
  send(mail: Mail): Promise<void>;
}
