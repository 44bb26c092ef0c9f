import { useForm, useWatch } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { DeactivateInboxDocument, UpdateInboxDocument } from '../../generated/graphql.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DescriptionField, fieldOf, type InboxForm, ProviderFields } from './form.tsx';
import type { Inbox } from './inboxes.ts';

export interface InboxDeed {
  kind: 'edit' | 'deactivate';
  inbox: Inbox;
}

interface DeedProps {
  inbox: Inbox;
  onClose: () => void;
}

/** What the menu of an inbox starts. */
export function InboxDialogs({ deed, onClose }: { deed: InboxDeed | null; onClose: () => void }) {
  if (!deed) return null;
  const { kind, inbox } = deed;
  return kind === 'edit' ? (
    <EditDialog inbox={inbox} onClose={onClose} />
  ) : (
    <DeactivateDialog inbox={inbox} onClose={onClose} />
  );
}

function EditDialog({ inbox, onClose }: DeedProps) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Edit “${inbox.name}”`}
      description="Holds for what comes from now on. Its name and its address stay."
    >
      <EditForm inbox={inbox} onClose={onClose} />
    </Dialog>
  );
}

function EditForm({ inbox, onClose }: DeedProps) {
  const before = inbox.provider ?? '';
  const { register, handleSubmit, formState, setError, control } = useForm<InboxForm>({
    defaultValues: { description: inbox.description ?? '', provider: before, signingSecret: '' },
  });
  const provider = useWatch({ control, name: 'provider' });
  const [update, isRunning] = useAction(UpdateInboxDocument);
  const submit = handleSubmit(async ({ description, provider: chosen, signingSecret }) => {
    const secret = signingSecret.trim();
    const signing =
      chosen === ''
        ? { provider: null }
        : { ...(chosen !== before && { provider: chosen }), ...(secret !== '' && { signingSecret: secret }) };
    const { payload, refusal } = await update({ input: { inboxId: inbox.id, description, ...signing } });
    if (refusal) setError(fieldOf(refusal.path), { message: refusal.message });
    if (!payload) return;
    onClose();
    toast.success(`${inbox.name} is changed`);
  });
  return (
    <DialogForm
      onSubmit={submit}
      fault={formState.errors.root?.message}
      deed="Save"
      isRunning={isRunning}
      onCancel={onClose}
      className="gap-4"
    >
      <DescriptionField register={register} errors={formState.errors} />
      <ProviderFields register={register} errors={formState.errors} provider={provider} isKept={provider === before} />
    </DialogForm>
  );
}

function DeactivateDialog({ inbox, onClose }: DeedProps) {
  const [deactivate, isRunning] = useAction(DeactivateInboxDocument);
  return (
    <ConfirmDialog
      title={`Deactivate “${inbox.name}”?`}
      consequences={[
        'Its address answers 404 at once: what is sent there from then on is lost.',
        'What came stays, and can still be read and acknowledged.',
        'Nothing brings it back, and its name stays taken for ever.',
      ]}
      deed="Deactivate the inbox"
      isRunning={isRunning}
      run={() => deactivate({ input: { inboxId: inbox.id } })}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(`${inbox.name} is deactivated`);
      }}
    />
  );
}
