import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

/** What a request is sent with: a session or a token. */
export type Credential = { cookie: string } | { authorization: string };

type Fields = Record<string, unknown>;

/** Talks to a server as people and programs do, and throws at whatever it refuses. */
export class Seeding {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async signUp(person: { name: string; email: string; password: string }): Promise<Credential> {
    return this.#enter('sign-up/email', person);
  }

  async signIn({ email, password }: { email: string; password: string }): Promise<Credential> {
    return this.#enter('sign-in/email', { email, password });
  }

  async #enter(path: string, body: object, triesLeft = 5): Promise<Credential> {
    const response = await fetch(`${this.#url}/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.#url },
      body: JSON.stringify(body),
    });
    if (!response.ok && triesLeft > 0) {
      await setTimeout(1_000);
      return this.#enter(path, body, triesLeft - 1);
    }
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    return { cookie: cookies.join('; ') };
  }

  /** Runs a mutation by its name; `fields` are read from its payload. */
  async deed(name: string, input: Fields, credential: Credential, fields = '__typename'): Promise<Fields> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on ${type}Payload { ${fields} } } }`;
    const data = await this.ask(document, credential, { input });
    const result = data[name] as Fields;
    // A call that is declined is part of a past; whatever else is refused is a mistake of it.
    const isMeant = /Payload$|^(InsufficientCredits|KeyLimitExceeded)$/.test(String(result['__typename']));
    if (!isMeant) throw new Error(`${name} was refused: ${JSON.stringify(result)}`);
    return result;
  }

  /** The same with a fresh idempotency key. */
  make(name: string, input: Fields, credential: Credential, fields?: string): Promise<Fields> {
    return this.deed(name, { ...input, idempotencyKey: randomUUID() }, credential, fields);
  }

  /** On a busy machine an answer may be late: what is asked again is done once, by its idempotency key. */
  async ask(query: string, credential: Credential, variables: object = {}, triesLeft = 20): Promise<Fields> {
    const response = await fetch(`${this.#url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.#url, ...credential },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: Fields; errors?: { extensions: { code: string } }[] };
    if (errors?.[0]?.extensions.code === 'UNAVAILABLE' && triesLeft > 0) {
      await setTimeout(1_000);
      return this.ask(query, credential, variables, triesLeft - 1);
    }
    if (!data || errors) throw new Error(`${query} answered ${JSON.stringify(errors)}`);
    return data;
  }
}
