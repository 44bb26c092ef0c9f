import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { DisconnectIntegrationDocument, UpdateIntegrationDocument } from '../../generated/graphql.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { fieldOf, IntegrationFields, type IntegrationForm, settingsOf } from './form.tsx';
import { type Integration, integrationName, type ProviderKind } from './integrations.ts';

export interface IntegrationDeed {
  kind: 'edit' | 'pause' | 'resume' | 'disconnect';
  integration: Integration;
  provider: ProviderKind | undefined;
}

type DeedProps = Omit<IntegrationDeed, 'kind'> & { onClose: () => void };

/** What the menu of an integration starts. */
export function IntegrationDialogs({ deed, onClose }: { deed: IntegrationDeed | null; onClose: () => void }) {
  if (!deed) return null;
  const { kind, integration, provider } = deed;
  const shared = { integration, provider, onClose };
  if (kind === 'disconnect') return <DisconnectDialog {...shared} />;
  if (kind !== 'edit') return <SwitchDialog {...shared} isPausing={kind === 'pause'} />;
  return provider ? <EditDialog {...shared} provider={provider} /> : null;
}

function EditDialog({ integration, provider, onClose }: DeedProps & { provider: ProviderKind }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Edit “${integrationName(integration, provider)}”`}
      description="What is on its way goes out as it is set now."
      className="w-[min(94vw,36rem)]"
    >
      <EditForm integration={integration} provider={provider} onClose={onClose} />
    </Dialog>
  );
}

function EditForm({ integration, provider, onClose }: DeedProps & { provider: ProviderKind }) {
  const { id, description, eventTypes, settings } = integration;
  const { register, handleSubmit, formState, setError } = useForm<IntegrationForm>({
    defaultValues: {
      description,
      eventTypes,
      settings: Object.fromEntries(settings.map(({ name, value }) => [name, value ?? ''])),
    },
  });
  const [update, isRunning] = useAction(UpdateIntegrationDocument);
  const submit = handleSubmit(async (form) => {
    const input = {
      integrationId: id,
      description: form.description,
      eventTypes: form.eventTypes,
      settings: settingsOf(provider, form),
    };
    const { payload, refusal } = await update({ input });
    if (refusal) setError(fieldOf(refusal.path), { message: refusal.message });
    if (!payload) return;
    onClose();
    toast.success(`${integrationName(payload.integration ?? integration, provider)} is changed`);
  });
  return (
    <DialogForm
      onSubmit={submit}
      fault={formState.errors.root?.message}
      deed="Save"
      isRunning={isRunning}
      onCancel={onClose}
    >
      <IntegrationFields kind={provider} register={register} errors={formState.errors} isKept />
    </DialogForm>
  );
}

function SwitchDialog({ integration, provider, onClose, isPausing }: DeedProps & { isPausing: boolean }) {
  const [sendsMissed, setSendsMissed] = useState(false);
  const [update, isRunning] = useAction(UpdateIntegrationDocument);
  const name = integrationName(integration, provider);
  const run = () => {
    const change = isPausing ? { paused: true } : { paused: false, sendMissed: sendsMissed };
    return update({ input: { integrationId: integration.id, ...change } });
  };
  return (
    <DeedDialog
      title={isPausing ? `Pause “${name}”?` : `Resume “${name}”?`}
      description={
        isPausing
          ? 'It is told nothing until you resume it. What happens meanwhile is kept: then you can have it told.'
          : 'It is told of what happens from now on.'
      }
      deed={isPausing ? 'Pause the integration' : 'Resume the integration'}
      isRunning={isRunning}
      run={run}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(isPausing ? `${name} is paused` : `${name} is told again`);
      }}
    >
      {!isPausing && integration.waitingCount > 0 && (
        <Checkbox
          label={`Also what it missed: ${integration.waitingCount} ${integration.waitingCount === 1 ? 'message' : 'messages'}`}
          checked={sendsMissed}
          onChange={({ target }) => setSendsMissed(target.checked)}
        />
      )}
    </DeedDialog>
  );
}

function DisconnectDialog({ integration, provider, onClose }: DeedProps) {
  const [disconnect, isRunning] = useAction(DisconnectIntegrationDocument);
  const name = integrationName(integration, provider);
  return (
    <ConfirmDialog
      title={`Disconnect “${name}”?`}
      consequences={[
        'It is told nothing any more; what waits to be sent is not sent.',
        'Its credentials are deleted here. Withdraw them at the service too.',
        'Alerts that chose it tell the others.',
      ]}
      deed="Disconnect"
      isRunning={isRunning}
      run={() => disconnect({ input: { integrationId: integration.id } })}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(`${name} is disconnected`);
      }}
    />
  );
}
