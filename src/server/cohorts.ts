import { type DocumentNode, type ExecutionArgs, type ExecutionResult, Kind, OperationTypeNode } from 'graphql';

type Results = Map<string, Promise<ExecutionResult>>;

/** So long what was sent of an event does for whoever is sent it too: what it tells of is read again after that. */
const SHARED_MS = 1_000;

/**
 * What was sent of each event: subscribers with one document, the same variables and the same rights are a cohort, for
 * which an event is run once and put in text once.
 */
let shared = { since: 0, results: new WeakMap<object, Results>() };

/** What the first of a cohort made of an event, also where that was a refusal; what failed is made again. */
export function onceForCohort(
  { origin, key }: { origin: object; key: string },
  run: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  const now = performance.now();
  if (now - shared.since > SHARED_MS) shared = { since: now, results: new WeakMap() };
  const results: Results = shared.results.get(origin) ?? new Map<string, Promise<ExecutionResult>>();
  shared.results.set(origin, results);
  const known = results.get(key);
  if (known) return known;
  const result = run();
  results.set(key, result);
  result.catch(() => results.delete(key));
  return result;
}

/**
 * By which rights an operation asks for what is one subscriber's own, found out by running it (`Access.standIn`). The
 * parser answers the same text with the same object.
 */
const personal = new WeakMap<DocumentNode, Set<string>>();

export function isPersonal(document: DocumentNode, rights: string): boolean {
  return personal.get(document)?.has(rights) ?? false;
}

export function notePersonal(document: DocumentNode, rights: string): void {
  const known = personal.get(document) ?? new Set<string>();
  personal.set(document, known.add(rights));
}

let documents = 0;
const documentNumbers = new WeakMap<DocumentNode, number>();

/** Names document and variables. Where a stream began makes no difference to what it is sent afterwards. */
export function cohortKey({ document, operationName, variableValues }: ExecutionArgs): string {
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
