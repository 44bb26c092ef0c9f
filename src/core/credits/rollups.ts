import type { Books } from '#core/credits/books';

/** What is added to a quarter of an hour. Numbers are texts where they may outgrow a JavaScript number. */
interface Cell {
  workspace_id: string;
  api_key_id: string;
  member_id: string;
  operation: string;
  outcome: string;
  environment: string;
  /** As it is stored: "=" and the tag, so that no tag can be taken for none or for the rest. */
  tag: string;
  calls: number;
  credits: bigint;
  refunded: bigint;
  first_seq?: string;
  last_seq?: string;
}

/**
 * What the entries of a batch add to the sums of usage: a row for each key, operation, outcome and tag. The quarter is
 * that of the commit. Refunds are summed up in the quarter in which they are decided, so one that is over never changes.
 */
export function rollupRows({ account: { workspaceId }, entries }: Books) {
  const cells = new Map<string, Cell>();
  for (const { kind, seq, apiKeyId, memberId, operation, outcome, environment, tag, credits } of entries) {
    if ((kind !== 'USAGE' && kind !== 'CAPTURE' && kind !== 'REFUND') || apiKeyId === null || memberId === null)
      continue;
    // Operations have no space in their names, and the tag stands last: no two places have one name.
    const place = `${apiKeyId} ${outcome} ${operation ?? ''} ${tag === null ? '' : `=${tag}`}`;
    let cell = cells.get(place);
    if (!cell) {
      cell = {
        workspace_id: workspaceId,
        api_key_id: apiKeyId,
        member_id: memberId,
        operation: operation ?? '',
        outcome,
        environment,
        tag: tag === null ? '' : `=${tag}`,
        calls: 0,
        credits: 0n,
        refunded: 0n,
      };
      cells.set(place, cell);
    }
    if (kind === 'REFUND') {
      cell.refunded += credits;
      continue;
    }
    cell.calls += 1;
    cell.credits += credits;
    cell.first_seq ??= String(seq);
    cell.last_seq = String(seq);
  }
  return Array.from(cells.values(), (cell) => ({
    ...cell,
    credits: String(cell.credits),
    refunded: String(cell.refunded),
  }));
}
