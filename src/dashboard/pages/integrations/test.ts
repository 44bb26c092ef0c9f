import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { newKey } from '../../api/idempotency.ts';
import { TestIntegrationDocument } from '../../generated/graphql.ts';
import type { Integration } from './integrations.ts';

/** Sends an example, marked as a test. Each press is a message of its own. */
export function useTest({ id }: Integration, name: string): () => Promise<void> {
  const [test] = useAction(TestIntegrationDocument);
  return async () => {
    const { payload, refusal } = await test({ input: { integrationId: id, idempotencyKey: newKey() } });
    if (refusal) toast.error(refusal.message);
    if (payload) toast.success(`A test is on its way to ${name}`);
  };
}
