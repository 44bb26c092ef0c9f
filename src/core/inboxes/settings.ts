import { ValidationFailed } from '#core/errors';
import { SCHEMES } from '#core/inboxes/signatures/providers';
import { isStorable } from '#core/names';
import type { InboxProvider } from '#generated/prisma/enums';

const NAME = /^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$/;
const DESCRIPTION_LENGTH_MAX = 500;

/** Whose signatures to check, and with what. */
export interface SigningInput {
  provider?: InboxProvider | null | undefined;
  signingSecret?: string | null | undefined;
}

/** @throws ValidationFailed */
export function checkInboxName(name: string): string {
  if (NAME.test(name)) return name;
  throw refusal('name', 'must be 3 to 50 of a-z, 0-9 and -, and begin and end with a letter or digit.');
}

/** The trimmed description; null where nothing is left of it. @throws ValidationFailed */
export function checkDescription(description: string | null | undefined): string | null {
  const trimmed = description?.trim() ?? '';
  if (trimmed.length > DESCRIPTION_LENGTH_MAX)
    throw refusal('description', `is too long: at most ${DESCRIPTION_LENGTH_MAX} characters.`);
  if (!isStorable(trimmed)) throw refusal('description', 'has a NUL character or half a character: remove it.');
  return trimmed === '' ? null : trimmed;
}

/** Provider and secret, which make sense together alone; null for no checking. @throws ValidationFailed */
export function checkSigning({
  provider = null,
  signingSecret = null,
}: SigningInput): { provider: InboxProvider; secret: string } | null {
  if (provider === null) {
    if (signingSecret === null) return null;
    throw refusal('provider', 'is missing: say whose signing secret it is, or leave signingSecret out.');
  }
  const scheme = SCHEMES[provider];
  // Copied from a page, it often brings a space or a line's end along.
  const secret = signingSecret?.trim() ?? '';
  if (secret === '') throw refusal('signingSecret', `is missing: give ${scheme.secretRule}.`);
  if (!scheme.isSecret(secret)) throw refusal('signingSecret', `must be ${scheme.secretRule}.`);
  return { provider, secret };
}

function refusal(field: string, rule: string): ValidationFailed {
  return new ValidationFailed(`${field} ${rule}`, ['input', field]);
}
