import { sha256 } from '#lib/canonical-json';
import type { OperatorActor } from '#core/access/actor';
import { mintSecret, readSecretPrefix } from '#core/access/secret';
import { type Db, now } from '#core/db';
import { Unauthenticated } from '#core/errors';
import { newId } from '#core/ids';
import { checkName } from '#core/names';

/** Mints an operator token; its text is returned once and only its hash is stored. @throws ValidationFailed */
export async function createOperatorToken(db: Db, input: { name: string }): Promise<{ operatorTokenId: string; text: string }> {
  const name = checkName(input.name, ['name']);
  const secret = mintSecret('cp_op_');
  const token = await db.operatorToken.create({
    data: { id: newId(), name, hash: secret.hash, lastFour: secret.lastFour, createdAt: now() },
  });
  return { operatorTokenId: token.id, text: secret.text };
}

/** @throws Unauthenticated for anything but a live operator token. */
export async function verifyOperatorToken(db: Db, text: string): Promise<OperatorActor> {
  const token =
    readSecretPrefix(text) === 'cp_op_'
      ? await db.operatorToken.findUnique({ where: { hash: sha256(text) } })
      : null;
  if (!token || token.revokedAt || (token.expiresAt && token.expiresAt <= now())) {
    throw new Unauthenticated('This operator token is unknown, expired or was revoked: mint one with `commonpurse operator-token`.');
  }
  return { kind: 'OPERATOR', operatorTokenId: token.id };
}
