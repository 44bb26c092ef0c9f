import { useForm } from 'react-hook-form';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import { CreateApiKeyDocument, type Environment } from '../../generated/graphql.ts';
import { useShown } from '../../shell/workspace.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { SCOPES_GIVEN } from './keys.ts';
import { fieldOf, type KeyForm, LimitFields, limitsOf, NameField, NO_CAPS, ScopeFields } from './limits.tsx';
import type { Revealed } from './reveal.tsx';

interface Props {
  isOpen: boolean;
  onClose: () => void;
  onCreated: (revealed: Revealed) => void;
}

export function CreateKeyDialog({ isOpen, onClose, onCreated }: Props) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Create an API key"
      description="Its secret is shown once, right after this."
      className="w-[min(94vw,36rem)]"
    >
      <CreateKeyForm onClose={onClose} onCreated={onCreated} />
    </Dialog>
  );
}

type CreateForm = KeyForm & { environment: Environment };

const EMPTY: CreateForm = {
  name: '',
  environment: 'LIVE',
  scopes: SCOPES_GIVEN,
  caps: NO_CAPS,
  requestsPerMinute: '',
  allowedAddresses: '',
  expiresAt: '',
};

function CreateKeyForm({ onClose, onCreated }: Omit<Props, 'isOpen'>) {
  const { workspace } = useShown();
  const { register, handleSubmit, formState, setError } = useForm<CreateForm>({ defaultValues: EMPTY });
  const [create, isRunning] = useAction(CreateApiKeyDocument);
  const idempotencyKey = useIdempotencyKey();
  const submit = handleSubmit(async (form) => {
    const { name, environment } = form;
    const input = { workspaceId: workspace.id, name, environment, ...limitsOf(form) };
    const { payload, refusal } = await create({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
    if (refusal) setError(fieldOf(refusal.path), { message: refusal.message });
    if (payload) onCreated({ kind: 'created', apiKey: payload.apiKey, secret: payload.secret ?? null });
  });
  const shared = { register: register as never, errors: formState.errors };
  return (
    <DialogForm
      onSubmit={submit}
      fault={formState.errors.root?.message}
      deed="Create key"
      isRunning={isRunning}
      onCancel={onClose}
    >
      <NameField {...shared} />
      <Field label="Environment" hint="Calls of a test key are logged and cost nothing.">
        {(ids) => (
          <Select {...ids} {...register('environment')}>
            <option value="LIVE">Live</option>
            <option value="TEST">Test</option>
          </Select>
        )}
      </Field>
      <ScopeFields {...shared} />
      <LimitFields {...shared} />
    </DialogForm>
  );
}
