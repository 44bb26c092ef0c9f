import { z } from 'zod';

/** Schemas of what people write into settings. Their messages continue a sentence that begins with the setting's name. */

/** A URL that begins with one of the protocols, such as `smtp:`; stays a text. */
export function urlOf(...protocols: string[]) {
  const wanted = protocols.map((protocol) => `${protocol}//`).join(' or ');
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `is not a URL that begins with ${wanted}`,
    );
}

/** A web origin: scheme, host and port, no path. */
export const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBareOrigin = url && ['http:', 'https:'].includes(url.protocol) && url.href === `${url.origin}/`;
  if (isBareOrigin) return url.origin;
  context.addIssue({ code: 'custom', message: 'needs http:// or https://, a host, and no path' });
  return z.NEVER;
});

/** Items with commas between them; empty ones do not count. */
export const listOf = <Item extends z.ZodType<unknown, string>>(item: Item) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item));

/** true or false, also as yes, no, on, off, 1 and 0. */
export const truth = z.stringbool({ error: 'is neither true nor false' });
