/** The embedded database cannot serve; the message says why and what to do, and holds no secret. */
export class EmbeddedPostgresFailed extends Error {
  override name = 'EmbeddedPostgresFailed';
}

export const useOwnDatabase = 'Or set DATABASE_URL to a PostgreSQL (15 or newer) of your own.';
