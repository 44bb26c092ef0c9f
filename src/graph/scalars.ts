import { builder } from '#graph/builder';
import { formatMicro, parseMicro } from '#lib/micro';

const SEQ = /^(0|[1-9]\d{0,17})$/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** What a scalar refuses. No GraphQLError: of anything else, graphql says where the value stands. */
export class UnacceptableValue extends TypeError {}

builder.scalarType('Credits', {
  description:
    'An amount of credits: always a decimal string with at most six places, such as "12.5", so that no client rounds it. Inputs may also be whole numbers.',
  serialize: (micro) => formatMicro(micro),
  parseValue: (value) => parseAmount('Credits', value),
});

builder.scalarType('Units', {
  description:
    'A quantity with at most six decimal places, as a decimal string such as "3" or "0.25". Inputs may also be whole numbers.',
  serialize: (micro) => formatMicro(micro),
  parseValue: (value) => parseAmount('Units', value),
});

builder.scalarType('Seq', {
  description:
    "The number of a decision about a workspace's credits: a decimal string, gapless per workspace, in commit order. Pass the last one you saw as `after` to resume a subscription.",
  serialize: (seq) => seq.toString(),
  parseValue: (value) => {
    const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
    if (typeof text !== 'string' || !SEQ.test(text))
      throw new UnacceptableValue('Seq must be a whole number from 0 up, as a string.');
    return BigInt(text);
  },
});

builder.scalarType('DateTime', {
  description: 'A moment in ISO 8601 with a time zone, such as "2026-11-23T21:31:57.000Z". Output is always UTC.',
  serialize: (date) => date.toISOString(),
  parseValue: (value) => {
    const date = typeof value === 'string' && ISO_TIME.test(value) ? new Date(value) : null;
    // A time zone can carry the last hours of 9999 into a year of five digits, which no database reads as ISO 8601.
    if (date === null || Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9_999) {
      throw new UnacceptableValue('DateTime must be ISO 8601 with a time zone, such as "2026-11-23T21:31:57Z".');
    }
    return date;
  },
});

builder.scalarType('JSONObject', {
  description: 'A JSON object.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new UnacceptableValue('JSONObject must be a JSON object.');
    return value as Record<string, unknown>;
  },
});

function parseAmount(scalar: string, value: unknown): bigint {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  const micro = typeof text === 'string' ? parseMicro(text) : null;
  if (micro === null || micro < 0n) {
    throw new UnacceptableValue(
      `${scalar} must be a decimal string that is not negative and has at most six places and no exponent, such as "12.5"; whole numbers may be plain.`,
    );
  }
  return micro;
}
