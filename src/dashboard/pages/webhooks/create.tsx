import { useForm } from 'react-hook-form';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import { CreateWebhookEndpointDocument } from '../../generated/graphql.ts';
import { useShown } from '../../shell/workspace.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EndpointFields, type EndpointForm, fieldOf } from './form.tsx';
import type { Revealed } from './reveal.tsx';

interface Props {
  isOpen: boolean;
  onClose: () => void;
  onCreated: (revealed: Revealed) => void;
}

export function CreateEndpointDialog({ isOpen, ...rest }: Props) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={rest.onClose}
      title="Add a webhook endpoint"
      description="It is sent signed requests about what happens from now on. The secret to verify them with is shown once, right after this."
      className="w-[min(94vw,36rem)]"
    >
      <CreateForm {...rest} />
    </Dialog>
  );
}

const EMPTY: EndpointForm = { url: '', description: '', eventTypes: [], ordered: false };

function CreateForm({ onClose, onCreated }: Omit<Props, 'isOpen'>) {
  const { workspace } = useShown();
  const { register, handleSubmit, formState, setError } = useForm<EndpointForm>({ defaultValues: EMPTY });
  const [create, isRunning] = useAction(CreateWebhookEndpointDocument);
  const idempotencyKey = useIdempotencyKey();
  const submit = handleSubmit(async (form) => {
    const input = { workspaceId: workspace.id, ...form, url: form.url.trim() };
    const { payload, refusal } = await create({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
    if (refusal) setError(fieldOf(refusal.path), { message: refusal.message });
    if (payload) onCreated({ kind: 'created', endpoint: payload.webhookEndpoint, secret: payload.secret ?? null });
  });
  return (
    <DialogForm
      onSubmit={submit}
      fault={formState.errors.root?.message}
      deed="Add endpoint"
      isRunning={isRunning}
      onCancel={onClose}
    >
      <EndpointFields register={register} errors={formState.errors} />
    </DialogForm>
  );
}
