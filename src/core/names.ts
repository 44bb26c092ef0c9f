import { ValidationFailed } from '#core/errors';

const NAME_LENGTH_MAX = 80;
// Control characters and bidirectional overrides: a name is shown in lists beside other people's.
const UNSAFE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
// Without one of these a name is a blank in every list.
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** The trimmed name. @throws ValidationFailed unless 1 to 80 characters, one of them visible. */
export function checkName(name: string, path: readonly string[] = ['input', 'name']): string {
  const trimmed = name.trim();
  const field = path.at(-1) ?? 'name';
  if (!VISIBLE.test(trimmed))
    throw new ValidationFailed(`${field} is empty: give it 1 to ${NAME_LENGTH_MAX} characters.`, path);
  if (Array.from(trimmed).length > NAME_LENGTH_MAX)
    throw new ValidationFailed(`${field} is too long: at most ${NAME_LENGTH_MAX} characters.`, path);
  if (trimmed.search(UNSAFE) !== -1 || !isStorable(trimmed))
    throw new ValidationFailed(`${field} has control characters: use plain text.`, path);
  return trimmed;
}

/** What can be shown of a name that nobody checked, cut to a length in characters; may be empty. */
export function presentableName(name: string, lengthMax: number): string {
  const safe = name.replace(UNSAFE, ' ').replace(LONE_SURROGATE, '').trim();
  return VISIBLE.test(safe) ? Array.from(safe).slice(0, lengthMax).join('').trim() : '';
}

/** A name that anybody chose as one line of a mail, to be put in quotes. */
export function oneLine(name: string, fallback: string): string {
  return presentableName(name.replaceAll(/\s+/g, ' '), NAME_LENGTH_MAX).replaceAll('"', "'") || fallback;
}

/** Whether PostgreSQL can keep the text as it is: it has no NUL character and, in jsonb, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.search(LONE_SURROGATE) === -1;
}
