import type { GenericOAuthConfig } from 'better-auth/plugins/generic-oauth';
import { z } from 'zod';

/** An OAuth app of github.com, or of a GitHub Enterprise server at `url`. */
export interface GithubApp {
  clientId: string;
  clientSecret: string;
  url: string;
}

const ANSWER_MS = 10_000;

const profiles = z.object({ id: z.number(), login: z.string(), name: z.string().nullish(), avatar_url: z.string() });
const addresses = z.array(z.object({ email: z.email(), primary: z.boolean(), verified: z.boolean() }));

/** GitHub as the generic provider: the library's own knows github.com alone, and takes unverified addresses. */
export function githubProvider({ clientId, clientSecret, url }: GithubApp): GenericOAuthConfig<'github'> {
  const api = url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`;
  return {
    providerId: 'github',
    name: 'GitHub',
    clientId,
    clientSecret,
    authorizationUrl: `${url}/login/oauth/authorize`,
    tokenUrl: `${url}/login/oauth/access_token`,
    scopes: ['read:user', 'user:email'],
    pkce: true,
    async getUserInfo({ accessToken }) {
      const [profile, emails] = await Promise.all([
        read(`${api}/user`, accessToken, profiles),
        read(`${api}/user/emails`, accessToken, addresses),
      ]);
      const email = emails?.find(({ primary, verified }) => primary && verified)?.email;
      // Whoever did not prove to GitHub that the address is theirs gets no account here, and nobody else's.
      if (!profile || !email) return null;
      const { id, login, name, avatar_url: image } = profile;
      return { id, name: name ?? login, email, emailVerified: true, image };
    },
  };
}

async function read<T>(url: string, token: string | undefined, schema: z.ZodType<T>): Promise<T | null> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'user-agent': 'Commonpurse' },
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch(() => null);
  return response?.ok ? (schema.safeParse(await response.json().catch(() => null)).data ?? null) : null;
}
