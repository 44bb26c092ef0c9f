import { EmbeddedPostgresFailed } from '#adapters/embedded-postgres/failure';
import { DataFolderInUse } from '#adapters/embedded-postgres/instance';
import { DatabaseNotReady } from '#adapters/migrations/not-ready';
import { CommonpurseError } from '#client/errors';
import { ConfigError, formatConfigError } from '#config';
import { DomainError } from '#core/errors';
import { WrongSealingKey } from '#core/sealing';

const WORDED_FOR_PEOPLE = [
  DataFolderInUse,
  EmbeddedPostgresFailed,
  DatabaseNotReady,
  DomainError,
  CommonpurseError,
  WrongSealingKey,
];

/** What a person at a terminal reads of an error: words alone where they can put it right, a stack where it is a bug. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError) return formatConfigError(error);
  if (WORDED_FOR_PEOPLE.some((kind) => error instanceof kind)) return error.message;
  return explainSocket(error) ?? error.stack ?? error.message;
}

function explainSocket(error: Error): string | null {
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is taken. Stop what listens there, or set PORT (0 takes any free one).`;
    case 'EACCES':
      return port === undefined ? null : `port ${port} may not be used by this user. Set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
      return `HOST ${address} is no address of this machine.`;
    default:
      return null;
  }
}
