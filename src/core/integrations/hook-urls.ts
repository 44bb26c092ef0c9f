import type { Setting } from '#core/integrations/provider';

const LENGTH_MAX = 2_048;

/** A URL that is itself the permission to write, at a host of the provider. */
export function hookUrl(host: RegExp, example: string): Setting {
  return {
    description: `The URL that it gives, such as ${example}`,
    isSecret: true,
    problemOf: (value, outbound) =>
      isAt(host, value) ? outbound.problemOf(value) : `must be the URL that the provider gave, such as ${example}`,
  };
}

function isAt(host: RegExp, text: string): boolean {
  if (text.length > LENGTH_MAX || !URL.canParse(text)) return false;
  const { protocol, port, username, password, hostname } = new URL(text);
  return protocol === 'https:' && `${port}${username}${password}` === '' && host.test(hostname);
}
