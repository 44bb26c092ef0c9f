import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useAddress } from '../api/address.ts';
import { postSignIn } from '../api/sign-in.ts';
import { leaveTo } from '../shell/places.ts';
import { Button, buttonVariants } from '../ui/button.tsx';
import { Field, Input } from '../ui/field.tsx';
import { FormFault, FormPage } from '../ui/form-page.tsx';

const backToSignIn = (
  <Link to="/sign-in" className="font-medium text-accent underline-offset-4 hover:underline">
    Back to signing in
  </Link>
);

export function ForgotPasswordPage() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { email: '' } });
  const submit = handleSubmit(async ({ email }) => {
    const answer = await postSignIn('request-password-reset', { email, redirectTo: '/reset-password' });
    if (answer.ok) setSentTo(email);
    else setError('root', { message: answer.sentence });
  });
  if (sentTo !== null) {
    return (
      <FormPage title="Look into your mail" footer={backToSignIn}>
        <p>
          If <strong className="font-medium">{sentTo}</strong> has an account, a link to choose a new password is on its
          way. It works once, within an hour.
        </p>
      </FormPage>
    );
  }
  return (
    <FormPage title="Choose a new password" about="We send a link to your address." footer={backToSignIn}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <Field label="E-mail" error={formState.errors.email?.message}>
          {(ids) => (
            <Input
              {...ids}
              type="email"
              autoFocus
              autoComplete="username"
              {...register('email', { validate: (text) => text.includes('@') || 'Give your e-mail address.' })}
            />
          )}
        </Field>
        <FormFault sentence={formState.errors.root?.message} />
        <Button type="submit" size="lg" isBusy={formState.isSubmitting}>
          Send the link
        </Button>
      </form>
    </FormPage>
  );
}

export function ResetPasswordPage() {
  const [{ token, error }] = useAddress();
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { newPassword: '' } });
  const submit = handleSubmit(async ({ newPassword }) => {
    const answer = await postSignIn('reset-password', { newPassword, token });
    if (answer.ok) leaveTo('/sign-in?reset=done');
    else setError('root', { message: answer.sentence });
  });
  if (token === undefined || error !== undefined) {
    return (
      <FormPage title="This link does not work any more" footer={backToSignIn}>
        <p>It has been used, or is older than an hour.</p>
        <Link to="/forgot-password" className={buttonVariants({ size: 'lg' })}>
          Ask for another one
        </Link>
      </FormPage>
    );
  }
  return (
    <FormPage title="Choose a new password" about="All other browsers are signed out with it." footer={backToSignIn}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <Field label="New password" hint="At least 10 characters." error={formState.errors.newPassword?.message}>
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoFocus
              autoComplete="new-password"
              {...register('newPassword', { minLength: { value: 10, message: 'Choose at least 10 characters.' } })}
            />
          )}
        </Field>
        <FormFault sentence={formState.errors.root?.message} />
        <Button type="submit" size="lg" isBusy={formState.isSubmitting}>
          Set the password
        </Button>
      </form>
    </FormPage>
  );
}
