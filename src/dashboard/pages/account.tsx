import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { refresh } from '../api/refreshes.ts';
import { postSignIn } from '../api/sign-in.ts';
import { useShown } from '../shell/workspace.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Section } from '../ui/card.tsx';
import { Field, Input } from '../ui/field.tsx';
import { FormFault } from '../ui/form-page.tsx';
import { Page } from '../ui/page.tsx';
import { SessionsSection } from './account/sessions.tsx';
import { TwoFactorSection } from './account/two-factor.tsx';

export function AccountPage() {
  const { workspace } = useShown();
  return (
    <Page title="Your account" about="Yours in every workspace." workspaceName={workspace.name}>
      <div className="grid max-w-2xl gap-5">
        <ProfileSection />
        <PasswordSection />
        <TwoFactorSection />
        <SessionsSection />
      </div>
    </Page>
  );
}

function ProfileSection() {
  const { viewer } = useShown();
  const { register, handleSubmit, formState, setError, reset } = useForm({ values: { name: viewer.name } });
  const submit = handleSubmit(async ({ name }) => {
    const answer = await postSignIn('update-user', { name });
    if (!answer.ok) return setError('name', { message: answer.sentence });
    reset({ name });
    toast.success('Others see your new name');
    refresh();
  });
  return (
    <Section title="Profile">
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-wrap items-end gap-3">
        <Field label="Your name" error={formState.errors.name?.message} className="min-w-56 flex-1">
          {(ids) => (
            <Input
              {...ids}
              maxLength={80}
              autoComplete="name"
              {...register('name', { validate: (name) => name.trim() !== '' || 'Give your name.' })}
            />
          )}
        </Field>
        <Button type="submit" className="h-9" isBusy={formState.isSubmitting} disabled={!formState.isDirty}>
          Save
        </Button>
      </form>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span>{viewer.email}</span>
        {viewer.emailVerified === true ? <Badge tone="good">Confirmed</Badge> : <ConfirmAddress email={viewer.email} />}
      </div>
    </Section>
  );
}

function ConfirmAddress({ email }: { email: string }) {
  const send = async (): Promise<void> => {
    const answer = await postSignIn('send-verification-email', { email, callbackURL: '/' });
    if (answer.ok) toast.success(`A link is on its way to ${email}`);
    else toast.error(answer.sentence);
  };
  return (
    <>
      <Badge tone="warning">Not confirmed</Badge>
      <Button variant="link" size="inline" onClick={() => void send()}>
        Send me the link
      </Button>
    </>
  );
}

function PasswordSection() {
  const { register, handleSubmit, formState, setError, reset } = useForm({
    defaultValues: { currentPassword: '', newPassword: '' },
  });
  const submit = handleSubmit(async (form) => {
    const answer = await postSignIn('change-password', form);
    if (!answer.ok) return setError('root', { message: answer.sentence });
    reset();
    toast.success('Your password is changed; all other browsers are signed out');
    refresh();
  });
  const { errors, isSubmitting } = formState;
  return (
    <Section title="Password" about="A new one signs out all other browsers.">
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Current password" error={errors.currentPassword?.message}>
            {(ids) => (
              <Input
                {...ids}
                type="password"
                autoComplete="current-password"
                {...register('currentPassword', { required: 'Give your password.' })}
              />
            )}
          </Field>
          <Field label="New password" hint="At least 10 characters." error={errors.newPassword?.message}>
            {(ids) => (
              <Input
                {...ids}
                type="password"
                autoComplete="new-password"
                {...register('newPassword', { minLength: { value: 10, message: 'Choose at least 10 characters.' } })}
              />
            )}
          </Field>
        </div>
        <FormFault sentence={errors.root?.message} />
        <div>
          <Button type="submit" variant="outline" isBusy={isSubmitting}>
            Change the password
          </Button>
        </div>
      </form>
    </Section>
  );
}
