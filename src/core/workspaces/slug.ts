import { randomBase62 } from '#lib/base62';

/** First path segments that are or may become routes of the server. */
const RESERVED_SLUGS = new Set(
  'admin api assets auth docs export favicon graphql health healthz help inbox invitations login logout metrics new operator readyz root schema settings sign-in sign-up static status support webhooks www'.split(
    ' ',
  ),
);

const SLUG_LENGTH_MAX = 40;

/** A readable, unreserved slug for a name; not yet known to be free. */
export function slugFor(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, SLUG_LENGTH_MAX)
    .replace(/-+$/, '');
  return slug.length < 2 || RESERVED_SLUGS.has(slug) ? withSuffix(slug || 'workspace') : slug;
}

/** Another try when a slug is taken: the same slug with five random characters. */
export function withSuffix(slug: string): string {
  return `${slug.slice(0, SLUG_LENGTH_MAX - 6)}-${randomBase62(5).toLowerCase()}`;
}
