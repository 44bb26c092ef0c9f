import { useForm, useWatch } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import { CreateAlertDocument } from '../../generated/graphql.ts';
import { useShown } from '../../shell/workspace.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { AlertFields, type AlertForm, EMPTY, fieldOf, settingsOf } from './form.tsx';

interface Props {
  isOpen: boolean;
  onClose: () => void;
}

export function CreateAlertDialog({ isOpen, onClose }: Props) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Create an alert"
      description="If its condition is true already, it fires at once."
      className="w-[min(94vw,34rem)]"
    >
      <CreateForm onClose={onClose} />
    </Dialog>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const { workspace } = useShown();
  const { register, handleSubmit, formState, setError, control } = useForm<AlertForm>({ defaultValues: EMPTY });
  const condition = useWatch({ control, name: 'condition' });
  const [create, isRunning] = useAction(CreateAlertDocument);
  const idempotencyKey = useIdempotencyKey();
  const submit = handleSubmit(async (form) => {
    const input = { workspaceId: workspace.id, condition: form.condition, ...settingsOf(form) };
    const { payload, refusal } = await create({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
    if (refusal) setError(fieldOf(refusal.path), { message: refusal.message });
    if (!payload) return;
    onClose();
    toast.success(`${form.name} is on`);
  });
  return (
    <DialogForm
      onSubmit={submit}
      fault={formState.errors.root?.message}
      deed="Create alert"
      isRunning={isRunning}
      onCancel={onClose}
      className="gap-4"
    >
      <AlertFields register={register} errors={formState.errors} condition={condition} isNew />
    </DialogForm>
  );
}
