import { EmbeddedPostgresFailed } from '#adapters/embedded-postgres/failure';
import { DataFolderInUse } from '#adapters/embedded-postgres/instance';
import { DatabaseNotReady } from '#adapters/migrations/not-ready';
import { ConfigError, formatConfigError } from '#config';
import { DomainError } from '#core/errors';

/** Ends a command: in words alone where a person can put it right, with a stack where it is a bug. */
export function fail(error: unknown): void {
  process.exitCode = 1;
  console.error(`commonpurse: ${explain(error)}`);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return formatConfigError(error);
  const isWordedForPeople = [DataFolderInUse, EmbeddedPostgresFailed, DatabaseNotReady, DomainError].some(
    (kind) => error instanceof kind,
  );
  if (isWordedForPeople && error instanceof Error) return error.message;
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE')
    return `port ${port} is taken. Stop what listens there, or set PORT (0 takes any free one).`;
  if (code === 'EACCES' && port !== undefined)
    return `port ${port} may not be used by this user. Set PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL') return `HOST ${address} is no address of this machine.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
