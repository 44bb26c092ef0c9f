import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { DeleteAlertDocument, MuteAlertDocument, UpdateAlertDocument } from '../../generated/graphql.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import type { Alert } from './conditions.ts';
import { AlertFields, type AlertForm, fieldOf, formOf, settingsOf } from './form.tsx';

export interface AlertDeed {
  kind: 'edit' | 'mute' | 'delete';
  alert: Alert;
}

interface DeedProps {
  alert: Alert;
  onClose: () => void;
}

/** What the menu of an alert starts. */
export function AlertDialogs({ deed, onClose }: { deed: AlertDeed | null; onClose: () => void }) {
  if (!deed) return null;
  const { kind, alert } = deed;
  if (kind === 'edit') return <EditDialog alert={alert} onClose={onClose} />;
  if (kind === 'mute') return <MuteDialog alert={alert} onClose={onClose} />;
  return <DeleteDialog alert={alert} onClose={onClose} />;
}

function EditDialog({ alert, onClose }: DeedProps) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Edit “${alert.name}”`}
      description="It is looked at anew: a firing that the new threshold does not carry is over."
      className="w-[min(94vw,34rem)]"
    >
      <EditForm alert={alert} onClose={onClose} />
    </Dialog>
  );
}

function EditForm({ alert, onClose }: DeedProps) {
  const { register, handleSubmit, formState, setError } = useForm<AlertForm>({ defaultValues: formOf(alert) });
  const { condition } = alert;
  const [update, isRunning] = useAction(UpdateAlertDocument);
  const submit = handleSubmit(async (form) => {
    const { payload, refusal } = await update({ input: { alertId: alert.id, ...settingsOf({ ...form, condition }) } });
    if (refusal) setError(fieldOf(refusal.path), { message: refusal.message });
    if (!payload) return;
    onClose();
    toast.success(`${form.name} is changed`);
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
      <AlertFields register={register} errors={formState.errors} condition={condition} isNew={false} />
    </DialogForm>
  );
}

const HOUR_MS = 3_600_000;
const MUTES: readonly [hours: number, says: string][] = [
  [1, 'for an hour'],
  [8, 'for 8 hours'],
  [24, 'for a day'],
  [168, 'for a week'],
  [720, 'for 30 days'],
];

function MuteDialog({ alert, onClose }: DeedProps) {
  const [hours, setHours] = useState(8);
  const [mute, isRunning] = useAction(MuteAlertDocument);
  const run = () => {
    const until = new Date(Date.now() + hours * HOUR_MS).toISOString();
    return mute({ input: { alertId: alert.id, until } });
  };
  return (
    <DeedDialog
      title={`Mute “${alert.name}”`}
      description="Nobody looks at it for a while, and what it is firing is over. If its condition is true when the time comes, it fires then."
      deed="Mute the alert"
      isRunning={isRunning}
      run={run}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(`${alert.name} is muted`);
      }}
    >
      <Field label="How long">
        {(ids) => (
          <Select {...ids} value={hours} onChange={({ target }) => setHours(Number(target.value))}>
            {MUTES.map(([value, says]) => (
              <option key={value} value={value}>
                {says}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </DeedDialog>
  );
}

function DeleteDialog({ alert, onClose }: DeedProps) {
  const [run, isRunning] = useAction(DeleteAlertDocument);
  return (
    <ConfirmDialog
      title={`Delete “${alert.name}”?`}
      consequences={[
        'Nobody is told of it any more.',
        'Its history goes with it; the audit log keeps when it fired.',
        'To silence it for a while, mute it instead.',
      ]}
      deed="Delete the alert"
      isRunning={isRunning}
      run={() => run({ input: { alertId: alert.id } })}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(`${alert.name} is deleted`);
      }}
    />
  );
}
