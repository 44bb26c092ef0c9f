/** A header as it is kept: in the order and spelling it came, its value null where that was withheld. */
export interface KeptHeader {
  name: string;
  value: string | null;
}

/**
 * Names whose values are secrets and not proofs. Whoever reads an inbox must not be able to act as the sender, so they
 * are not kept at all; that they came is.
 */
const SECRET_NAME = /authorization|cookie|token|secret|passw|api-?key|credential|session/i;

/** What is kept of a request's headers, from Node's flat list of names and values. */
export function keptHeaders(raw: readonly string[]): KeptHeader[] {
  return pairsOf(raw).map(([name, value]) => ({ name, value: SECRET_NAME.test(name) ? null : value }));
}

/** The value of a header that came exactly once, whatever its spelling; null otherwise. */
export function headerReader(raw: readonly string[]): (name: string) => string | null {
  const pairs = pairsOf(raw);
  return (wanted) => {
    const values = pairs.filter(([name]) => name.toLowerCase() === wanted.toLowerCase());
    return values.length === 1 ? (values[0]?.[1] ?? null) : null;
  };
}

function pairsOf(raw: readonly string[]): [name: string, value: string][] {
  return raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []));
}
