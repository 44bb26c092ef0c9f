import { ValidationFailed } from '#core/errors';
import { listOperations, setOperation } from '#core/plans/operations';
import { builder } from '#graph/builder';

const OperationType = builder.prismaObject('Operation', {
  description: 'What is priced.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name that recordUsage takes, such as "search.people".' }),
    description: t.exposeString('description', { description: 'What the operation does, for people.' }),
    price: t.expose('price', { type: 'Credits', description: 'Credits for one unit.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the price or description last changed.' }),
  }),
});

builder.queryField('operations', (t) =>
  t.prismaField({
    type: [OperationType],
    description: 'The price list by name. For anyone with a credential.',
    resolve: (_query, _root, _args, { db, access }) => {
      access.requireSomebody();
      return listOperations(db);
    },
  }),
);

const SetOperationInput = builder.inputType('SetOperationInput', {
  description: 'What setOperation needs.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Lower-case words joined by dots, such as "search.people".' }),
    price: t.field({ type: 'Credits', required: true, description: 'Credits for one unit.' }),
    description: t.string({ description: 'What the operation does; left out, it stays as it was.' }),
  }),
});

const SetOperationPayload = builder
  .objectRef<Awaited<ReturnType<typeof setOperation>>>('SetOperationPayload')
  .implement({
    description: 'The operation is priced.',
    fields: (t) => ({
      operation: t.field({
        type: OperationType,
        description: 'The operation as it is now.',
        resolve: (operation) => operation,
      }),
    }),
  });

builder.mutationField('setOperation', (t) =>
  t.field({
    type: SetOperationPayload,
    description:
      'Creates an operation or changes its price; calls already made keep theirs. Operators only. Safe to repeat.',
    args: { input: t.arg({ type: SetOperationInput, required: true, description: 'The operation.' }) },
    errors: { types: [ValidationFailed] },
    resolve: (_root, { input: { description = null, ...input } }, { db, access }) =>
      setOperation(db, access.operatorPermit('operations:set'), { ...input, description }),
  }),
);
