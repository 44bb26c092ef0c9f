import type { IncomingMessage, ServerResponse } from 'node:http';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { createAuthMiddleware, isAPIError } from 'better-auth/api';
import { toNodeHandler } from 'better-auth/node';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { type GithubApp, githubProvider } from '#adapters/better-auth/github';
import { signInMails } from '#adapters/better-auth/mails';
import { offers } from '#adapters/better-auth/offers';
import { rateLimits } from '#adapters/better-auth/rate-limits';
import type { Sessions } from '#core/access/sessions';
import type { Db } from '#core/db';
import { Unavailable } from '#core/errors';
import type { Bus } from '#core/events/bus';
import { newId } from '#core/ids';
import type { Mailer } from '#core/mail';
import { presentableName } from '#core/names';
import { ensureDefaultWorkspace } from '#core/workspaces/workspaces';

export interface AuthOptions {
  db: Db;
  bus: Bus;
  mailer: Mailer;
  /** Signs cookies; at least 32 characters. */
  secret: string;
  /** Where people reach the server; also decides whether cookies are Secure. */
  publicUrl: string;
  trustedOrigins: readonly string[];
  /** Whether a new address must be confirmed before its owner can sign in. */
  isVerifiedEmailRequired: boolean;
  /** Whether signing up sends the mail that confirms the address; otherwise only on request. */
  sendsVerificationOnSignUp: boolean;
  /** Guesses that one address may make at each form. */
  attemptsPerMinute: number;
  /** Offers GitHub sign-in. */
  github: GithubApp | undefined;
  /** Told of mails that could not be sent. */
  onError: (error: unknown) => void;
}

export interface Auth extends Sessions {
  /** Serves /auth/*. Must get the request with its body unread. */
  handle(request: IncomingMessage, response: ServerResponse, address: string | null): Promise<void>;
}

/** Where the library reads the caller's address; what a caller itself sends there is overwritten. */
const ADDRESS_HEADER = 'x-commonpurse-address';

/** Our GraphQL API lists and ends sessions by id, and no page needs the tokens that these routes hand to scripts. */
const DISABLED_PATHS = [
  '/get-session',
  '/list-sessions',
  '/revoke-session',
  '/revoke-sessions',
  '/revoke-other-sessions',
  '/update-session',
  '/get-access-token',
  '/refresh-token',
  '/account-info',
  '/two-factor/send-otp',
  '/two-factor/verify-otp',
];

/** Sign-up, sign-in, sessions and password reset. Passwords, cookies and origin checks are the library's. */
export function openAuth(options: AuthOptions): Auth {
  const auth = createAuth(options);
  const handle = toNodeHandler(auth);
  return {
    async handle(request, response, address) {
      request.headers[ADDRESS_HEADER] = address ?? '';
      await handle(request, response);
    },
    async find(cookie) {
      const found = await auth.api.getSession({ headers: new Headers({ cookie }) }).catch((error: unknown) => {
        // The library keeps to itself why it could not read; it reads nothing but the database.
        throw isAPIError(error) ? new Unavailable('Your session could not be read: try again.') : error;
      });
      if (!found) return null;
      const { id: sessionId, expiresAt } = found.session;
      return { userId: found.user.id, sessionId, expiresAt: new Date(expiresAt) };
    },
  };
}

function createAuth(options: AuthOptions) {
  const { db, bus, secret, publicUrl, trustedOrigins, isVerifiedEmailRequired, github } = options;
  const mails = signInMails(options.mailer, options.onError);
  return betterAuth({
    appName: 'Commonpurse',
    baseURL: publicUrl,
    basePath: '/auth',
    secret,
    trustedOrigins: [...trustedOrigins],
    disabledPaths: DISABLED_PATHS,
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: prismaAdapter(db, { provider: 'postgresql', transaction: true }),
    rateLimit: rateLimits(options.attemptsPerMinute),
    // The library leaves its origin check out where NODE_ENV is "test"; no variable may switch ours off.
    advanced: {
      database: { generateId: () => newId() },
      cookiePrefix: 'commonpurse',
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    // A cached session would outlive its end.
    session: { cookieCache: { enabled: false } },
    // The two that would let a thief of the database act: reset tokens, and tokens of GitHub.
    verification: { storeIdentifier: 'hashed' },
    account: { encryptOAuthTokens: true },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 10,
      requireEmailVerification: isVerifiedEmailRequired,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: mails.sendPasswordReset,
    },
    emailVerification: {
      sendOnSignUp: options.sendsVerificationOnSignUp,
      sendVerificationEmail: mails.sendVerification,
    },
    plugins: [
      twoFactor({ issuer: 'Commonpurse' }),
      ...(github ? [genericOAuth({ config: [githubProvider(github)] })] : []),
      offers({ github: github !== undefined }),
    ],
    hooks: { before: endOtherSessions },
    databaseHooks: lifecycleHooks({ db, bus }),
  });
}

/** A new password ends what was signed in with the old one, whether or not the form asks for it. */
const endOtherSessions = createAuthMiddleware(async ({ path, body }) =>
  path === '/change-password' ? { context: { body: { ...(body as object), revokeOtherSessions: true } } } : undefined,
);

/** The library takes a name of any length and of any characters; others see it in lists and in mails. */
async function withPresentableName<User extends { name?: string | undefined }>(user: User) {
  return { data: user.name === undefined ? user : { ...user, name: presentableName(user.name, 80) || 'Somebody' } };
}

function lifecycleHooks({ db, bus }: Pick<AuthOptions, 'db' | 'bus'>) {
  return {
    user: {
      update: { before: withPresentableName },
      create: {
        before: withPresentableName,
        // Runs after the user is committed; if the process dies here, the next sign-in makes the workspace.
        after: async (user: { id: string; name: string }) => void (await ensureDefaultWorkspace(db, user)),
      },
    },
    session: {
      create: {
        after: async ({ userId }: { userId: string }) => {
          const user = await db.user.findUnique({ where: { id: userId } });
          if (user) await ensureDefaultWorkspace(db, user);
        },
      },
      delete: { after: async ({ id }: { id: string }) => bus.publish({ kind: 'session', sessionId: id }) },
    },
  };
}
