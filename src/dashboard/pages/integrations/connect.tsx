import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import { ConnectIntegrationDocument } from '../../generated/graphql.ts';
import { useShown } from '../../shell/workspace.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { fieldOf, IntegrationFields, type IntegrationForm, settingsOf } from './form.tsx';
import type { ProviderKind } from './integrations.ts';

interface Props {
  kind: ProviderKind;
  onClose: () => void;
}

export function ConnectDialog({ kind, onClose }: Props) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Connect ${kind.name}`}
      description={kind.description}
      className="w-[min(94vw,36rem)]"
    >
      <ConnectForm kind={kind} onClose={onClose} />
    </Dialog>
  );
}

function ConnectForm({ kind, onClose }: Props) {
  const { workspace } = useShown();
  const { register, handleSubmit, formState, setError } = useForm<IntegrationForm>({
    defaultValues: { description: '', eventTypes: [], settings: {} },
  });
  const [connect, isRunning] = useAction(ConnectIntegrationDocument);
  const idempotencyKey = useIdempotencyKey();
  const submit = handleSubmit(async (form) => {
    const { description, eventTypes } = form;
    const input = {
      workspaceId: workspace.id,
      provider: kind.provider,
      description,
      eventTypes,
      settings: settingsOf(kind, form),
    };
    const { payload, refusal } = await connect({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
    if (refusal) setError(fieldOf(refusal.path), { message: refusal.message });
    if (!payload) return;
    onClose();
    toast.success(`${kind.name} is connected`);
  });
  return (
    <DialogForm
      onSubmit={submit}
      fault={formState.errors.root?.message}
      deed="Connect"
      isRunning={isRunning}
      onCancel={onClose}
    >
      <IntegrationFields kind={kind} register={register} errors={formState.errors} />
    </DialogForm>
  );
}
