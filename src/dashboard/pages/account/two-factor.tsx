import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { refresh } from '../../api/refreshes.ts';
import { postSignIn } from '../../api/sign-in.ts';
import { useShown } from '../../shell/workspace.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/card.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { FormFault } from '../../ui/form-page.tsx';
import { type Enrolment, EnrolSteps } from './enrolment.tsx';

/** What the dialog does with the password first. */
type Doing = 'enable' | 'disable' | 'generate-backup-codes';

const TITLES: Record<Doing, string> = {
  enable: 'Switch the second factor on',
  disable: 'Switch the second factor off',
  'generate-backup-codes': 'Make new backup codes',
};

export function TwoFactorSection() {
  const { viewer } = useShown();
  const [doing, setDoing] = useState<Doing | null>(null);
  const isOn = viewer.twoFactorEnabled === true;
  return (
    <Section
      title="Second factor"
      about="Signing in with the password then asks for a code of an authenticator app as well."
    >
      <div className="flex flex-wrap items-center gap-3">
        <Badge tone={isOn ? 'good' : 'neutral'}>{isOn ? 'On' : 'Off'}</Badge>
        <Button variant="outline" onClick={() => setDoing(isOn ? 'disable' : 'enable')}>
          {isOn ? 'Switch off' : 'Switch on'}
        </Button>
        {isOn && (
          <Button variant="outline" onClick={() => setDoing('generate-backup-codes')}>
            New backup codes
          </Button>
        )}
      </div>
      {doing && <TwoFactorDialog doing={doing} onClose={() => setDoing(null)} />}
    </Section>
  );
}

function TwoFactorDialog({ doing, onClose }: { doing: Doing; onClose: () => void }) {
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const done = (sentence: string): void => {
    onClose();
    toast.success(sentence);
    refresh();
  };
  return (
    <Dialog isOpen isHeld={enrolment !== null} onClose={onClose} title={TITLES[doing]}>
      {enrolment ? (
        <EnrolSteps enrolment={enrolment} onClose={onClose} onDone={done} />
      ) : (
        <PasswordForm
          doing={doing}
          onClose={onClose}
          onDone={(body) => {
            if (doing === 'disable') return done('The second factor is off');
            const { totpURI, backupCodes } = body as { totpURI?: string; backupCodes: string[] };
            setEnrolment({ uri: totpURI ?? null, backupCodes });
          }}
        />
      )}
    </Dialog>
  );
}

function PasswordForm(props: { doing: Doing; onClose: () => void; onDone: (body: object) => void }) {
  const { doing, onClose, onDone } = props;
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { password: '' } });
  const submit = handleSubmit(async ({ password }) => {
    const answer = await postSignIn(`two-factor/${doing}`, { password });
    if (answer.ok) onDone(answer.body);
    else setError('root', { message: answer.sentence });
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <Field label="Your password" error={formState.errors.password?.message}>
        {(ids) => (
          <Input
            {...ids}
            type="password"
            autoFocus
            autoComplete="current-password"
            {...register('password', { required: 'Give your password.' })}
          />
        )}
      </Field>
      <FormFault sentence={formState.errors.root?.message} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant={doing === 'disable' ? 'destructive' : 'default'} isBusy={formState.isSubmitting}>
          {doing === 'disable' ? 'Switch it off' : 'Go on'}
        </Button>
      </DialogActions>
    </form>
  );
}
