import { QRCodeSVG } from 'qrcode.react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { postSignIn } from '../../api/sign-in.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DialogActions } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';

/** What the server made: the app's secret, null where only the codes are new, and the codes for when the app is lost. */
export interface Enrolment {
  uri: string | null;
  backupCodes: string[];
}

interface Props {
  enrolment: Enrolment;
  onClose: () => void;
  onDone: (sentence: string) => void;
}

/** First the code of the app, which proves that it was scanned; then the backup codes, shown this once. */
export function EnrolSteps({ enrolment: { uri, backupCodes }, onClose, onDone }: Props) {
  const [isProved, setProved] = useState(uri === null);
  if (!isProved && uri !== null) return <ScanStep uri={uri} onClose={onClose} onProved={() => setProved(true)} />;
  const sentence = uri === null ? 'Earlier backup codes are dead' : 'The second factor is on';
  return <CodesStep codes={backupCodes} onDone={() => onDone(sentence)} />;
}

function ScanStep({ uri, onClose, onProved }: { uri: string; onClose: () => void; onProved: () => void }) {
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { code: '' } });
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  const submit = handleSubmit(async ({ code }) => {
    const answer = await postSignIn('two-factor/verify-totp', { code: code.trim() });
    if (answer.ok) onProved();
    else setError('code', { message: answer.sentence });
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <p>Scan this with an authenticator app, then type the code that it shows.</p>
      <div className="justify-self-center rounded-lg bg-white p-3">
        <QRCodeSVG value={uri} size={168} title="Code to scan with an authenticator app" />
      </div>
      <div className="flex min-w-0 items-center gap-1 text-xs text-muted-foreground">
        <span className="shrink-0">Or type</span>
        <code data-slot="totp-secret" className="min-w-0 font-mono break-all text-foreground">
          {secret}
        </code>
        <CopyButton text={secret} label="Copy the secret of the second factor" />
      </div>
      <Field label="Six digits" error={formState.errors.code?.message}>
        {(ids) => (
          <Input
            {...ids}
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            className="amount text-lg tracking-[0.2em]"
            {...register('code', { required: 'Type the code.' })}
          />
        )}
      </Field>
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" isBusy={formState.isSubmitting}>
          Go on
        </Button>
      </DialogActions>
    </form>
  );
}

function CodesStep({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const [isKept, setKept] = useState(false);
  return (
    <div className="grid gap-4">
      <p>
        Keep these backup codes where you find them without your phone. Each signs you in once. They are shown this
        once.
      </p>
      <ul
        data-slot="backup-codes"
        className="grid grid-cols-2 gap-1 rounded-md border bg-muted p-3 font-mono text-[13px]"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <DialogActions>
        <CopyButton text={codes.join('\n')} label="Copy the backup codes" onCopied={() => setKept(true)}>
          Copy
        </CopyButton>
        <Button disabled={!isKept} onClick={onDone}>
          I have kept them
        </Button>
      </DialogActions>
      {!isKept && <p className="text-right text-xs text-muted-foreground">Copy them first.</p>}
    </div>
  );
}
