import { useForm, useWatch } from 'react-hook-form';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import { CreateInboxDocument } from '../../generated/graphql.ts';
import { useShown } from '../../shell/workspace.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { DescriptionField, fieldOf, type InboxForm, ProviderFields, signingOf } from './form.tsx';
import type { Inbox } from './inboxes.ts';

interface Props {
  isOpen: boolean;
  onClose: () => void;
  onCreated: (inbox: Inbox) => void;
}

export function CreateInboxDialog({ isOpen, ...rest }: Props) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={rest.onClose}
      title="Create an inbox"
      description="It gets an address that nobody can guess: give that to the service."
    >
      <CreateForm {...rest} />
    </Dialog>
  );
}

const NAME = /^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$/;

function CreateForm({ onClose, onCreated }: Omit<Props, 'isOpen'>) {
  const { workspace } = useShown();
  const { register, handleSubmit, formState, setError, control } = useForm<InboxForm & { name: string }>({
    defaultValues: { name: '', description: '', provider: '', signingSecret: '' },
  });
  const { errors } = formState;
  const provider = useWatch({ control, name: 'provider' });
  const [create, isRunning] = useAction(CreateInboxDocument);
  const idempotencyKey = useIdempotencyKey();
  const submit = handleSubmit(async (form) => {
    const { name, description } = form;
    const input = { workspaceId: workspace.id, name, description, ...signingOf(form) };
    const { payload, refusal } = await create({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
    if (refusal) setError(refusal.path[1] === 'name' ? 'name' : fieldOf(refusal.path), { message: refusal.message });
    if (payload) onCreated(payload.inbox);
  });
  return (
    <DialogForm
      onSubmit={submit}
      fault={errors.root?.message}
      deed="Create inbox"
      isRunning={isRunning}
      onCancel={onClose}
      className="gap-4"
    >
      <Field label="Name" hint="Such as github-main. It stays taken for ever." error={errors.name?.message}>
        {(ids) => (
          <Input
            {...ids}
            autoFocus
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={50}
            className="font-mono text-[13px]"
            {...register('name', {
              validate: (name) => NAME.test(name) || '3 to 50 of a-z, 0-9 and -, with a letter or digit at both ends.',
            })}
          />
        )}
      </Field>
      <DescriptionField register={register} errors={errors} />
      <ProviderFields register={register} errors={errors} provider={provider} />
    </DialogForm>
  );
}
