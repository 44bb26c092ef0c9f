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

// One address, of characters that mean nothing in a mail's header.
const ADDRESS = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/;
const ADDRESS_LENGTH_MAX = 254;

/** A mail address as it is stored, in lower case; null for what is none. */
export function readMailAddress(text: string): string | null {
  const address = text.trim().toLowerCase();
  return address.length <= ADDRESS_LENGTH_MAX && ADDRESS.test(address) ? address : null;
}
