import type { IncomingMessage, ServerResponse } from 'node:http';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { toNodeHandler } from 'better-auth/node';
import type { Sessions } from '#core/access/sessions';
import type { Db } from '#core/db';
import type { Bus } from '#core/events/bus';
import { newId } from '#core/ids';
import type { Mailer } from '#core/mail';
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
}

export interface Auth extends Sessions {
  /** Serves /auth/*. Must get the request with its body unread. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Sign-up, sign-in, sessions and password reset. Passwords, cookies and origin checks are the library's. */
export function openAuth(options: AuthOptions): Auth {
  const auth = createAuth(options);
  const handle = toNodeHandler(auth);
  return {
    handle: async (request, response) => handle(request, response),
    async find(cookie) {
      const found = await auth.api.getSession({ headers: new Headers({ cookie }) });
      return found && { userId: found.user.id, sessionId: found.session.id };
    },
  };
}

function createAuth({ db, bus, mailer, secret, publicUrl, trustedOrigins }: AuthOptions) {
  return betterAuth({
    appName: 'Commonpurse',
    baseURL: publicUrl,
    basePath: '/auth',
    secret,
    trustedOrigins: [...trustedOrigins],
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: prismaAdapter(db, { provider: 'postgresql', transaction: true }),
    // The library leaves its origin check out where NODE_ENV is "test"; no variable may switch ours off.
    advanced: {
      database: { generateId: () => newId() },
      cookiePrefix: 'commonpurse',
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 10,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, url }) =>
        mailer.send({
          to: user.email,
          subject: 'Reset your Commonpurse password',
          text: `Open this link to choose a new password. It works once, within an hour.\n\n${url}\n\nIf you did not ask for it, ignore this mail.`,
        }),
    },
    databaseHooks: {
      user: {
        create: {
          // Runs after the user is committed; if the process dies here, the next sign-in makes the workspace.
          after: async (user) => void (await ensureDefaultWorkspace(db, user)),
        },
      },
      session: {
        create: {
          after: async ({ userId }) => {
            const user = await db.user.findUnique({ where: { id: userId } });
            if (user) await ensureDefaultWorkspace(db, user);
          },
        },
        delete: { after: async ({ id }) => bus.publish({ kind: 'session', sessionId: id }) },
      },
    },
  });
}
