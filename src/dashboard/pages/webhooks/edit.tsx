import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { UpdateWebhookEndpointDocument } from '../../generated/graphql.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { type Endpoint, endpointName } from './endpoints.ts';
import { EndpointFields, type EndpointForm, fieldOf } from './form.tsx';

export function EditEndpointDialog({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Edit “${endpointName(endpoint)}”`}
      description="What is on its way goes to the new URL too. The secret stays."
      className="w-[min(94vw,36rem)]"
    >
      <EditForm endpoint={endpoint} onClose={onClose} />
    </Dialog>
  );
}

function EditForm({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const { id, url, description, eventTypes, ordered } = endpoint;
  const { register, handleSubmit, formState, setError } = useForm<EndpointForm>({
    defaultValues: { url, description, eventTypes, ordered },
  });
  const [update, isRunning] = useAction(UpdateWebhookEndpointDocument);
  const submit = handleSubmit(async (form) => {
    const { payload, refusal } = await update({ input: { webhookEndpointId: id, ...form, url: form.url.trim() } });
    if (refusal) setError(fieldOf(refusal.path), { message: refusal.message });
    if (!payload) return;
    onClose();
    toast.success(`${endpointName(payload.webhookEndpoint)} is changed`);
  });
  return (
    <DialogForm
      onSubmit={submit}
      fault={formState.errors.root?.message}
      deed="Save"
      isRunning={isRunning}
      onCancel={onClose}
    >
      <EndpointFields register={register} errors={formState.errors} />
    </DialogForm>
  );
}
