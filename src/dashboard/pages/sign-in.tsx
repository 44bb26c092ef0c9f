import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { type Search, useAddress } from '../api/address.ts';
import { postSignIn } from '../api/sign-in.ts';
import { leaveTo, safePlace } from '../shell/places.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox, Field, Input } from '../ui/field.tsx';
import { FormFault, FormPage } from '../ui/form-page.tsx';
import { Github } from './sign-in/github.tsx';

const link = 'font-medium text-accent underline-offset-4 hover:underline';

const isAddress = (text: string): true | string => text.includes('@') || 'Give your e-mail address.';

/** Where to go afterwards, and the address that an invitation went to. */
function useIntent(): { place: string; email: string; search: Search } {
  const [search] = useAddress();
  return { place: safePlace(search.next), email: search.email ?? '', search };
}

export function SignInPage() {
  const { place, search } = useIntent();
  const [isHalfWay, setHalfWay] = useState(false);
  if (isHalfWay) return <SecondFactor onDone={() => leaveTo(place)} onBack={() => setHalfWay(false)} />;
  return (
    <FormPage
      title="Sign in"
      {...(search['reset'] === 'done' && { about: 'Your new password is set: sign in with it.' })}
      footer={
        <>
          New here?{' '}
          <Link to="/sign-up" search={search} className={link}>
            Create an account
          </Link>
        </>
      }
    >
      <PasswordForm onDone={() => leaveTo(place)} onHalfWay={() => setHalfWay(true)} />
      <Github place={place} />
    </FormPage>
  );
}

function PasswordForm({ onDone, onHalfWay }: { onDone: () => void; onHalfWay: () => void }) {
  const { email } = useIntent();
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { email, password: '' } });
  const submit = handleSubmit(async (form) => {
    const answer = await postSignIn('sign-in/email', form);
    if (!answer.ok) setError('root', { message: answer.sentence });
    else if (answer.body['twoFactorRedirect'] === true) onHalfWay();
    else onDone();
  });
  const { errors, isSubmitting } = formState;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <Field label="E-mail" error={errors.email?.message}>
        {(ids) => (
          <Input
            {...ids}
            type="email"
            autoFocus
            autoComplete="username"
            {...register('email', { validate: isAddress })}
          />
        )}
      </Field>
      <Field label="Password" error={errors.password?.message}>
        {(ids) => (
          <Input
            {...ids}
            type="password"
            autoComplete="current-password"
            {...register('password', { required: 'Give your password.' })}
          />
        )}
      </Field>
      <FormFault sentence={errors.root?.message} />
      <Button type="submit" size="lg" isBusy={isSubmitting}>
        Sign in
      </Button>
      <Link to="/forgot-password" className={`${link} justify-self-center text-[13px]`}>
        Forgot your password?
      </Link>
    </form>
  );
}

function SecondFactor({ onDone, onBack }: { onDone: () => void; onBack: () => void }) {
  const [isBackup, setBackup] = useState(false);
  const { register, handleSubmit, formState, setError, reset } = useForm({
    defaultValues: { code: '', trustDevice: false },
  });
  const submit = handleSubmit(async ({ code, trustDevice }) => {
    const path = isBackup ? 'two-factor/verify-backup-code' : 'two-factor/verify-totp';
    const answer = await postSignIn(path, { code: code.trim(), trustDevice });
    if (answer.ok) onDone();
    else setError('code', { message: answer.sentence });
  });
  return (
    <FormPage
      title="Second factor"
      about={
        isBackup ? 'Type one of the backup codes that you kept.' : 'Type the code that your authenticator app shows.'
      }
      footer={
        <button type="button" className={link} onClick={onBack}>
          Sign in as somebody else
        </button>
      }
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <Field label={isBackup ? 'Backup code' : 'Six digits'} error={formState.errors.code?.message}>
          {(ids) => (
            <Input
              {...ids}
              key={String(isBackup)}
              autoFocus
              autoComplete="one-time-code"
              inputMode={isBackup ? 'text' : 'numeric'}
              className="amount text-lg tracking-[0.2em]"
              {...register('code', { required: 'Type the code.' })}
            />
          )}
        </Field>
        <Checkbox label="Do not ask again in this browser for 30 days" {...register('trustDevice')} />
        <Button type="submit" size="lg" isBusy={formState.isSubmitting}>
          Go on
        </Button>
        <button
          type="button"
          className={`${link} justify-self-center text-[13px]`}
          onClick={() => {
            setBackup(!isBackup);
            reset();
          }}
        >
          {isBackup ? 'Use the app instead' : 'Use a backup code'}
        </button>
      </form>
    </FormPage>
  );
}

export function SignUpPage() {
  const { search, place } = useIntent();
  const [isWaiting, setWaiting] = useState(false);
  if (isWaiting) {
    return (
      <FormPage title="Confirm your address">
        <p>We have sent you a link. Open it to go on.</p>
      </FormPage>
    );
  }
  return (
    <FormPage
      title="Create your account"
      about="You get a workspace of your own at once."
      footer={
        <>
          Have an account?{' '}
          <Link to="/sign-in" search={search} className={link}>
            Sign in
          </Link>
        </>
      }
    >
      <SignUpForm onDone={() => leaveTo(place)} onWaiting={() => setWaiting(true)} />
      <Github place={place} />
    </FormPage>
  );
}

function SignUpForm({ onDone, onWaiting }: { onDone: () => void; onWaiting: () => void }) {
  const { email, place } = useIntent();
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { name: '', email, password: '' } });
  const submit = handleSubmit(async (form) => {
    const answer = await postSignIn('sign-up/email', { ...form, callbackURL: place });
    if (!answer.ok) setError('root', { message: answer.sentence });
    else if (answer.body['token'] === null) onWaiting();
    else onDone();
  });
  const { errors, isSubmitting } = formState;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <Field label="Your name" error={errors.name?.message}>
        {(ids) => (
          <Input
            {...ids}
            autoFocus
            autoComplete="name"
            maxLength={80}
            {...register('name', { validate: (name) => name.trim() !== '' || 'Give your name.' })}
          />
        )}
      </Field>
      <Field label="E-mail" error={errors.email?.message}>
        {(ids) => (
          <Input {...ids} type="email" autoComplete="username" {...register('email', { validate: isAddress })} />
        )}
      </Field>
      <Field label="Password" hint="At least 10 characters." error={errors.password?.message}>
        {(ids) => (
          <Input
            {...ids}
            type="password"
            autoComplete="new-password"
            {...register('password', { minLength: { value: 10, message: 'Choose at least 10 characters.' } })}
          />
        )}
      </Field>
      <FormFault sentence={errors.root?.message} />
      <Button type="submit" size="lg" isBusy={isSubmitting}>
        Create account
      </Button>
    </form>
  );
}
