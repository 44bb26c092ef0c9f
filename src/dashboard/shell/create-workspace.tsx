import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../api/acting.ts';
import { useIdempotencyKey } from '../api/idempotency.ts';
import { CreateWorkspaceDocument } from '../generated/graphql.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Field, Input } from '../ui/field.tsx';
import { show, useOverlay } from './overlays.ts';
import { placeOf, useGo } from './places.ts';

export function CreateWorkspaceDialog() {
  const isOpen = useOverlay() === 'create-workspace';
  return (
    <Dialog
      isOpen={isOpen}
      onClose={() => show(null)}
      title="Create a workspace"
      description="It has a balance, keys, members and usage of its own. You will be its owner."
    >
      <CreateWorkspaceForm onCancel={() => show(null)} onDone={() => show(null)} />
    </Dialog>
  );
}

export function CreateWorkspaceForm({ onCancel, onDone }: { onCancel?: () => void; onDone?: () => void }) {
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { name: '' } });
  const [create, isRunning] = useAction(CreateWorkspaceDocument);
  const idempotencyKey = useIdempotencyKey();
  const go = useGo();
  const submit = handleSubmit(async ({ name }) => {
    const { payload, refusal } = await create({ input: { name, idempotencyKey: idempotencyKey({ name }) } });
    if (refusal) setError('name', { message: refusal.message });
    if (!payload) return;
    onDone?.();
    toast.success(`${payload.workspace.name} is ready`);
    go(placeOf(payload.workspace.slug));
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <Field label="Name" error={formState.errors.name?.message}>
        {(ids) => (
          <Input
            {...ids}
            autoFocus
            autoComplete="off"
            maxLength={80}
            placeholder="Client Northwind"
            {...register('name', { validate: (name) => name.trim() !== '' || 'Give it a name.' })}
          />
        )}
      </Field>
      <DialogActions>
        {onCancel && (
          <Button variant="outline" onClick={onCancel}>
            Cancel
          </Button>
        )}
        <Button type="submit" isBusy={isRunning}>
          Create workspace
        </Button>
      </DialogActions>
    </form>
  );
}
