/** What a route of /auth/* answers: its body, or a sentence for the person. */
export type Answer = { ok: true; body: Record<string, unknown> } | { ok: false; sentence: string };

/** The sentences for what people meet; the library's own are shown for the rest. */
const SENTENCES: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: 'This address and password do not belong together.',
  USER_ALREADY_EXISTS: 'This address has an account already: sign in instead.',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'This address has an account already: sign in instead.',
  PASSWORD_TOO_SHORT: 'Choose a password of at least 10 characters.',
  PASSWORD_TOO_LONG: 'Choose a password of at most 128 characters.',
  INVALID_PASSWORD: 'That is not your password.',
  INVALID_TOKEN: 'This link has been used or is too old: ask for another one.',
  INVALID_CODE: 'That code is not right. Codes change every 30 seconds.',
  INVALID_BACKUP_CODE: 'That is none of your unused backup codes.',
  INVALID_TWO_FACTOR_COOKIE: 'This took too long: sign in again.',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'Too many wrong codes: sign in again.',
  EMAIL_NOT_VERIFIED: 'Confirm your address first: we have sent you the link.',
};

const underWay = new Set<Promise<Answer>>();

/** Waits until no form is under way: its answer may bring the cookie of another session. */
export async function whenAnswered(): Promise<void> {
  await Promise.all(underWay);
}

/** Posts a form of sign-in. */
export async function postSignIn(path: string, form: object): Promise<Answer> {
  const answer = post(path, form);
  underWay.add(answer);
  return answer.finally(() => underWay.delete(answer));
}

async function post(path: string, form: object): Promise<Answer> {
  try {
    const response = await fetch(`/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form),
    });
    const body = ((await response.json().catch(() => null)) ?? {}) as Record<string, unknown>;
    if (response.ok) return { ok: true, body };
    if (response.status === 429) return { ok: false, sentence: 'Too many attempts: wait a minute, then try again.' };
    const code = typeof body['code'] === 'string' ? body['code'] : '';
    const own = typeof body['message'] === 'string' ? body['message'] : null;
    return { ok: false, sentence: SENTENCES[code] ?? own ?? 'Something went wrong on our side: try again.' };
  } catch {
    return { ok: false, sentence: 'The server cannot be reached. Check your connection, then try again.' };
  }
}

/** The ways of signing in that this server has beside the password; none while it cannot be asked. */
export async function readOffers(): Promise<{ github: boolean }> {
  try {
    const response = await fetch('/auth/offers');
    const offers: unknown = response.ok ? await response.json() : null;
    return { github: (offers as { github?: unknown } | null)?.github === true };
  } catch {
    return { github: false };
  }
}
