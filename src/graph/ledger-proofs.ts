import { type LedgerVerdict, verifyLedger } from '#core/credits/ledger-proof';
import { NotFound } from '#core/errors';
import { builder } from '#graph/builder';
import { workspaceIdOf } from '#graph/workspaces';

const VerifyLedgerInput = builder.inputType('VerifyLedgerInput', {
  description: 'What verifyLedger needs.',
  fields: (t) => ({
    workspaceId: t.id({ required: true, description: 'Whose ledger.' }),
    incremental: t.boolean({
      defaultValue: false,
      description:
        'True: only what was written since the last proof. A long ledger is proved a million entries a call: go on so.',
    }),
  }),
});

const VerifyLedgerPayload = builder.objectRef<LedgerVerdict>('VerifyLedgerPayload').implement({
  description: 'The ledger was read.',
  fields: (t) => ({
    sound: t.boolean({
      description:
        'Whether every entry follows from the one before it, and balance, grants and holds from all of them.',
      resolve: ({ violation }) => violation === null,
    }),
    violation: t.exposeString('violation', { nullable: true, description: 'What is wrong first; null when sound.' }),
    seq: t.expose('seq', { type: 'Seq', description: 'Number of the last entry that was proved, now or before.' }),
    entries: t.exposeInt('entries', { description: 'How many entries this call read.' }),
  }),
});

builder.mutationField('verifyLedger', (t) =>
  t.field({
    type: VerifyLedgerPayload,
    description:
      "Proves a workspace's ledger as `commonpurse verify` does, beside everything that goes on, and remembers up to where. Operators only.",
    args: { input: t.arg({ type: VerifyLedgerInput, required: true, description: 'Whose, and from where.' }) },
    errors: { types: [NotFound] },
    resolve: async (_root, { input: { workspaceId, incremental } }, { db, access }) => {
      const permit = await access.permit('ledger:verify', workspaceIdOf(workspaceId), ['input', 'workspaceId']);
      return verifyLedger(db, permit, { isIncremental: incremental ?? false });
    },
  }),
);
