import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../api/acting.ts';
import { RenameWorkspaceDocument } from '../generated/graphql.ts';
import { useShown } from '../shell/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Section } from '../ui/card.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Field, Input } from '../ui/field.tsx';
import { Page } from '../ui/page.tsx';
import { LeaveDialog } from './members/remove.tsx';
import { DeleteSection } from './settings/delete.tsx';
import { DeletedWorkspaces } from './settings/deleted-workspaces.tsx';
import { TransferSection } from './settings/transfer.tsx';

export function SettingsPage() {
  const { workspace, can } = useShown();
  return (
    <Page title="Settings" about="Of this workspace. Yours are under “Your account”." workspaceName={workspace.name}>
      <div className="grid max-w-2xl gap-5">
        <NameSection />
        <Identifiers />
        {can('workspace:transfer') && <TransferSection />}
        <LeaveSection />
        {can('workspace:delete') && <DeleteSection />}
        <DeletedWorkspaces />
      </div>
    </Page>
  );
}

function NameSection() {
  const { workspace, can } = useShown();
  const { register, handleSubmit, formState, setError, reset } = useForm({ values: { name: workspace.name } });
  const [rename, isRunning] = useAction(RenameWorkspaceDocument);
  const submit = handleSubmit(async ({ name }) => {
    const { payload, refusal } = await rename({ input: { workspaceId: workspace.id, name } });
    if (refusal) setError('name', { message: refusal.message });
    if (!payload) return;
    reset({ name: payload.workspace.name });
    toast.success('The workspace has another name');
  });
  const mayRename = can('workspace:rename');
  return (
    <Section title="Name" about="Links stay as they are when it changes.">
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-wrap items-end gap-3">
        <Field label="Name of the workspace" error={formState.errors.name?.message} className="min-w-56 flex-1">
          {(ids) => (
            <Input
              {...ids}
              maxLength={80}
              autoComplete="off"
              readOnly={!mayRename}
              {...register('name', { validate: (name) => name.trim() !== '' || 'Give it a name.' })}
            />
          )}
        </Field>
        {mayRename && (
          <Button type="submit" className="h-9" isBusy={isRunning} disabled={!formState.isDirty}>
            Rename
          </Button>
        )}
      </form>
    </Section>
  );
}

function Identifiers() {
  const { workspace } = useShown();
  return (
    <Section title="For programs" about="Requests with a session name the workspace; an API key implies its own.">
      <dl className="grid gap-1">
        {[
          ['Id', workspace.id],
          ['Slug', workspace.slug],
        ].map(([label, text = '']) => (
          <div key={label} className="flex items-center gap-3">
            <dt className="w-12 text-muted-foreground">{label}</dt>
            <dd className="flex min-w-0 items-center gap-1">
              <code className="truncate font-mono text-[13px]">{text}</code>
              <CopyButton text={text} label={`Copy the ${(label ?? '').toLowerCase()}`} />
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function LeaveSection() {
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title="Leave" about="The last owner cannot leave: transfer the workspace first, or delete it.">
      <div>
        <Button variant="outline" onClick={() => setAsking(true)}>
          Leave the workspace
        </Button>
      </div>
      {isAsking && <LeaveDialog onClose={() => setAsking(false)} />}
    </Section>
  );
}
