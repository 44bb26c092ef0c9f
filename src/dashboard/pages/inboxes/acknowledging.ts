import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import { AcknowledgeDeliveriesDocument } from '../../generated/graphql.ts';

/** So many the server takes at once. */
const AT_ONCE_MAX = 100;

interface Acknowledging {
  /** Whether all of it was done. What was not is told. */
  acknowledge: (ids: readonly string[]) => Promise<boolean>;
  isRunning: boolean;
}

export function useAcknowledging(inboxId: string): Acknowledging {
  const [run, isRunning] = useAction(AcknowledgeDeliveriesDocument);
  const idempotencyKey = useIdempotencyKey();
  const acknowledge = async (ids: readonly string[]): Promise<boolean> => {
    for (let start = 0; start < ids.length; start += AT_ONCE_MAX) {
      const input = { inboxId, deliveryIds: ids.slice(start, start + AT_ONCE_MAX) };
      const { payload, refusal } = await run({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
      if (refusal) toast.error(refusal.message);
      if (!payload) return false;
    }
    toast.success(ids.length === 1 ? 'Acknowledged' : `${ids.length} are acknowledged`);
    return true;
  };
  return { acknowledge, isRunning };
}
