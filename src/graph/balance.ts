import { isDue, readTidied } from '#core/credits/due-balance';
import type { LedgerEntry } from '#generated/prisma/client';
import { builder } from '#graph/builder';

/** A balance at the moment of one decision, in micro-credits. */
export interface BalanceView {
  workspaceId: string;
  available: bigint;
  held: bigint;
  seq: bigint;
}

/** The balance right after a ledger entry. */
export function balanceAfter(
  entry: Pick<LedgerEntry, 'workspaceId' | 'availableAfter' | 'heldAfter' | 'seq'>,
): BalanceView {
  const { workspaceId, availableAfter: available, heldAfter: held, seq } = entry;
  return { workspaceId, available, held, seq };
}

export const BalanceType = builder.objectRef<BalanceView>('Balance').implement({
  description: 'The credits of a workspace, shared by all its API keys. Never below zero.',
  authScopes: ({ workspaceId }) => ({ can: { action: 'balance:read', workspaceId } }),
  fields: (t) => ({
    available: t.expose('available', { type: 'Credits', description: 'What can be spent now.' }),
    held: t.expose('held', {
      type: 'Credits',
      description: 'What is set aside by open holds; never part of `available`.',
    }),
    total: t.field({
      type: 'Credits',
      description: 'available + held.',
      resolve: ({ available, held }) => available + held,
    }),
    seq: t.expose('seq', { type: 'Seq', description: 'Number of the last decision this balance includes.' }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  balance: t.field({
    type: BalanceType,
    description: 'The shared credit balance.',
    select: { balance: true },
    resolve: async ({ balance }, _args, { db, credits }) => {
      if (!balance) throw new Error('A workspace without a balance row');
      return isDue(balance) ? readTidied(db, credits, balance) : balance;
    },
  }),
  lowBalanceThreshold: t.field({
    type: 'Credits',
    nullable: true,
    description:
      'What `available` has to stay above: the highest threshold of its BALANCE alerts. Null when it has no such alert.',
    authScopes: ({ id }) => ({ can: { action: 'balance:read', workspaceId: id } }),
    select: { balance: true },
    resolve: ({ balance }) => balance?.lowBalanceThreshold ?? null,
  }),
}));
