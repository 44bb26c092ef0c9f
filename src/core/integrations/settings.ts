import { ValidationFailed } from '#core/errors';
import type { Provider, Setting } from '#core/integrations/provider';
import type { Outbound } from '#core/outbound';

export interface SettingInput {
  name: string;
  value: string;
}

/** The settings of an integration by name, every one of its provider; secret ones apart, since they are sealed. */
export interface Settings {
  shown: Readonly<Record<string, string>>;
  secret: Readonly<Record<string, string>>;
}

const VALUE_LENGTH_MAX = 4_096;

/**
 * Settings after what was said: what is not said stays as it was, or is what it is taken for if left out.
 * @throws ValidationFailed naming the setting and the fix.
 */
export function readSettings(
  provider: Provider,
  said: readonly SettingInput[],
  { before, outbound }: { before: Settings | null; outbound: Pick<Outbound, 'problemOf'> },
): Settings {
  const known = Object.entries(provider.settings);
  const names = known.map(([name]) => name).join(', ');
  for (const { name } of said) {
    if (!Object.hasOwn(provider.settings, name))
      refuse(`has a name that ${provider.name} does not know: it has ${names}.`);
    if (said.filter((other) => other.name === name).length > 1) refuse(`has ${name} twice: give each once.`);
  }
  if (before) requireSecrets(provider, said, before);
  const shown: Record<string, string> = {};
  const secret: Record<string, string> = {};
  for (const [name, setting] of known) {
    const now = said.find((one) => one.name === name)?.value.trim();
    const value = now ?? before?.secret[name] ?? before?.shown[name] ?? setting.fallback;
    if (value === undefined) refuse(`has no ${name}, which ${provider.name} needs. ${setting.description}`);
    if (now !== undefined) checkValue(name, { setting, value, outbound });
    (setting.isSecret ? secret : shown)[name] = value;
  }
  return { shown, secret };
}

/** A secret that was sealed must not be sent to wherever somebody else says: they would read it there. */
function requireSecrets(provider: Provider, said: readonly SettingInput[], { shown, secret }: Settings): void {
  const moved = said.find(
    ({ name, value }) => provider.settings[name]?.isDestination === true && value.trim() !== shown[name],
  );
  if (!moved) return;
  const kept = Object.entries(secret).find(([name, value]) => value !== '' && !said.some((one) => one.name === name));
  if (!kept) return;
  const [name] = kept;
  throw new ValidationFailed(`${name} must be given anew, since another ${moved.name} would be sent it.`, [
    'input',
    'settings',
    name,
  ]);
}

function checkValue(
  name: string,
  { setting, value, outbound }: { setting: Setting; value: string; outbound: Pick<Outbound, 'problemOf'> },
): void {
  const problem =
    value.length > VALUE_LENGTH_MAX
      ? `is longer than ${VALUE_LENGTH_MAX} characters.`
      : setting.problemOf(value, outbound);
  if (problem !== null) throw new ValidationFailed(`${name} ${problem}`, ['input', 'settings', name]);
}

function refuse(rule: string): never {
  throw new ValidationFailed(`settings ${rule}`, ['input', 'settings']);
}
