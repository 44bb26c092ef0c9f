/** What the gateway sells: fake, but the same answer to the same question, so that a retry can be compared. */

const FIRST_NAMES = ['Ada', 'Barbara', 'Edsger', 'Grace', 'Niklaus', 'Radia', 'Shafi', 'Tony'];
const LAST_NAMES = ['Dijkstra', 'Goldwasser', 'Hoare', 'Hopper', 'Liskov', 'Lovelace', 'Perlman', 'Wirth'];
const INDUSTRIES = ['Aerospace', 'Banking', 'Logistics', 'Pharmaceuticals', 'Software'];

export function searchPeople(query: string): { people: { name: string; company: string }[] } {
  return {
    people: Array.from({ length: 3 }, (_, index) => ({
      name: `${pick(FIRST_NAMES, `${query}:first:${index}`)} ${pick(LAST_NAMES, `${query}:last:${index}`)}`,
      company: `${pick(LAST_NAMES, `${query}:company:${index}`)} & Co`,
    })),
  };
}

/** The source knows nothing about .invalid domains and fails, as sources do. */
export async function enrichCompany(domain: string): Promise<{ domain: string; industry: string; employees: number }> {
  await takeTime(domain);
  if (domain.endsWith('.invalid')) throw new Error(`The source knows nothing about ${domain}`);
  return { domain, industry: pick(INDUSTRIES, domain), employees: 10 + (hash(domain) % 5_000) };
}

export async function summarize(text: string): Promise<{ summary: string }> {
  await takeTime(text);
  const [first = ''] = text.split(/(?<=[.!?])\s/, 1);
  return { summary: first.slice(0, 200) };
}

function takeTime(seed: string): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2 + (hash(seed) % 12)));
}

function pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[], seed: string): Item {
  return items[hash(seed) % items.length] as Item;
}

/** FNV-1a: short, and the same everywhere. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}
