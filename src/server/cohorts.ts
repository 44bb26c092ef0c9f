import { type DocumentNode, type ExecutionArgs, type ExecutionResult, Kind, OperationTypeNode } from 'graphql';
import type { Access } from '#core/access/access';

type Results = Map<string, Promise<ExecutionResult>>;

/**
 * What was sent of each event: subscribers with one document, the same variables and the same rights are a cohort, for
 * which an event is run once and put in text once. An `Access` lives for a second at most and no longer than the rights
 * that it tells of (shared-access.ts), and what is remembered here lives no longer than it.
 */
const shared = new WeakMap<Access, WeakMap<object, Results>>();

/** What the first of a cohort made of an event, also where that was a refusal. */
export function onceForCohort(
  { access, origin, key }: { access: Access; origin: object; key: string },
  run: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  const events = shared.get(access) ?? new WeakMap<object, Results>();
  shared.set(access, events);
  const results: Results = events.get(origin) ?? new Map<string, Promise<ExecutionResult>>();
  events.set(origin, results);
  const known = results.get(key);
  if (known) return known;
  const result = run();
  results.set(key, result);
  return result;
}

let documents = 0;
const documentNumbers = new WeakMap<DocumentNode, number>();

/** Names document and variables. Where a stream began makes no difference to what it is sent afterwards. */
export function cohortKey({ document, operationName, variableValues }: ExecutionArgs): string {
  // The parser answers the same text with the same object.
  const number = documentNumbers.get(document) ?? ++documents;
  documentNumbers.set(document, number);
  const { [cursorVariable(document) ?? '']: _, ...rest } = variableValues ?? {};
  return JSON.stringify([number, operationName ?? null, rest]);
}

const cursorVariables = new WeakMap<DocumentNode, string | null>();

/** The variable that the stream's own `after` takes, if nothing else takes it. */
function cursorVariable(document: DocumentNode): string | null {
  const known = cursorVariables.get(document);
  if (known !== undefined) return known;
  const name = findCursorVariable(document);
  cursorVariables.set(document, name);
  return name;
}

function findCursorVariable(document: DocumentNode): string | null {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== OperationTypeNode.SUBSCRIPTION)
      continue;
    for (const selection of definition.selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      const value = selection.arguments?.find(({ name }) => name.value === 'after')?.value;
      if (value?.kind !== Kind.VARIABLE) continue;
      const name = value.name.value;
      // Once where it is declared and once here.
      const uses = document.loc?.source.body.match(new RegExp(`\\$${name}\\b`, 'g'))?.length;
      if (uses === 2) return name;
    }
  }
  return null;
}
