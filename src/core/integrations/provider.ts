import type { Message } from '#core/integrations/message';
import type { Mail } from '#core/mail';
import type { Outbound, OutboundAnswer } from '#core/outbound';

/** Something that has to be known of a provider. All are texts, so that any form can ask for them. */
export interface Setting {
  /** For whoever fills it in. */
  description: string;
  /** Whether it lets whoever knows it write there: sealed, and never shown again. */
  isSecret: boolean;
  /** Whether it says where the secret ones are sent: with another, they have to be given anew. */
  isDestination?: boolean;
  /** What is taken if it is left out; without one it must be given. */
  fallback?: string;
  /** What is wrong with a value, as the end of a sentence that begins with its name; null when it is right. */
  problemOf(value: string, outbound: Pick<Outbound, 'problemOf'>): string | null;
}

/** A request to a provider; everything else about it, where it may go above all, is decided by whoever sends it. */
export interface ProviderRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body: unknown;
}

/** How what is told leaves: as a request, or as a mail. */
export type Format<Settings> =
  | {
      via: 'HTTP';
      request(settings: Settings, message: Message): ProviderRequest;
      /** What is said of an answer whose status is 2xx and that is a refusal all the same; null when it took the message. */
      refusal?(body: string): string | null;
    }
  | { via: 'MAIL'; mail(settings: Settings, message: Message): Mail };

/** Another service that a workspace can be connected with: all that is particular to it, in one file. */
export interface Provider<Name extends string = string> {
  /** As people call it. */
  name: string;
  /** What it does with what it is told, and where its settings are found. */
  description: string;
  settings: Readonly<Record<Name, Setting>>;
  format: Format<Readonly<Record<Name, string>>>;
}

/** Ties the functions of a provider to the names of its settings, and forgets them where all providers are listed. */
export function defineProvider<Name extends string>(provider: Provider<Name>): Provider {
  // Its functions are given what was read by its own settings alone (settings.ts), never another provider's.
  return provider;
}

/** What came after the head, on one line, for people. */
export function bodyOf({ head }: Pick<OutboundAnswer, 'head'>): string {
  const text = Buffer.from(head).toString('utf8');
  const at = text.indexOf('\r\n\r\n');
  return at === -1
    ? ''
    : text
        .slice(at + 4)
        .replaceAll(/\s+/g, ' ')
        .trim();
}
