import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { UpdateApiKeyDocument } from '../../generated/graphql.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { localMinute } from '../../ui/time-text.ts';
import type { ApiKey } from './keys.ts';
import { fieldOf, type KeyForm, LimitFields, limitsOf, NameField, NO_CAPS, ScopeFields } from './limits.tsx';

export function EditKeyDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Edit “${apiKey.name}”`}
      description="Changes hold at once and everywhere. What it has spent counts against new caps too."
      className="w-[min(94vw,36rem)]"
    >
      <EditKeyForm apiKey={apiKey} onClose={onClose} />
    </Dialog>
  );
}

function EditKeyForm({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { register, handleSubmit, formState, setError } = useForm<KeyForm>({ defaultValues: formOf(apiKey) });
  const [update, isRunning] = useAction(UpdateApiKeyDocument);
  const submit = handleSubmit(async (form) => {
    const input = { apiKeyId: apiKey.id, name: form.name, ...limitsOf(form) };
    const { payload, refusal } = await update({ input });
    if (refusal) setError(fieldOf(refusal.path), { message: refusal.message });
    if (!payload) return;
    onClose();
    toast.success(`${payload.apiKey.name} is changed`);
  });
  const shared = { register, errors: formState.errors };
  return (
    <DialogForm
      onSubmit={submit}
      fault={formState.errors.root?.message}
      deed="Save"
      isRunning={isRunning}
      onCancel={onClose}
    >
      <NameField {...shared} />
      <ScopeFields {...shared} />
      <LimitFields {...shared} isOpen={apiKey.caps.length > 0 || apiKey.allowedAddresses.length > 0} />
    </DialogForm>
  );
}

function formOf(apiKey: ApiKey): KeyForm {
  const caps = apiKey.caps.map(({ period, credits }): [string, string] => [period, credits]);
  return {
    name: apiKey.name,
    scopes: apiKey.scopes,
    caps: { ...NO_CAPS, ...Object.fromEntries(caps) },
    requestsPerMinute: apiKey.requestsPerMinute?.toString() ?? '',
    allowedAddresses: apiKey.allowedAddresses.join('\n'),
    expiresAt: apiKey.expiresAt == null ? '' : localMinute(apiKey.expiresAt),
  };
}
