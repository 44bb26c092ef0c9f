import { ValidationFailed } from '#core/errors';

const NAME_LENGTH_MAX = 80;
// Control characters and bidirectional overrides: a name is shown in lists beside other people's.
const UNSAFE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** The trimmed name. @throws ValidationFailed unless 1 to 80 visible characters. */
export function checkName(name: string, path: readonly string[] = ['input', 'name']): string {
  const trimmed = name.trim();
  const field = path.at(-1) ?? 'name';
  if (trimmed.length === 0)
    throw new ValidationFailed(`${field} is empty: give it 1 to ${NAME_LENGTH_MAX} characters.`, path);
  if (Array.from(trimmed).length > NAME_LENGTH_MAX)
    throw new ValidationFailed(`${field} is too long: at most ${NAME_LENGTH_MAX} characters.`, path);
  if (UNSAFE.test(trimmed)) throw new ValidationFailed(`${field} has control characters: use plain text.`, path);
  return trimmed;
}
