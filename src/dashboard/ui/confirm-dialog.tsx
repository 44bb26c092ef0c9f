import { type ReactNode, useState } from 'react';
import type { Refusal } from '../api/acting.ts';
import { Button } from './button.tsx';
import { Dialog, DialogActions } from './dialog.tsx';
import { Field, Input } from './field.tsx';
import { FormFault } from './form-page.tsx';

interface Props {
  title: string;
  /** What follows from it, one thing a line. */
  consequences: readonly string[];
  /** What the button says: the deed, not "OK". */
  deed: string;
  /** To be typed before the button works. */
  typed?: string;
  isRunning: boolean;
  run: () => Promise<{ payload: object | null; refusal: Refusal | null }>;
  onClose: () => void;
  onDone: () => void;
  children?: ReactNode;
}

/** Names what will follow, and does it only when told so. */
export function ConfirmDialog({ title, consequences, deed, typed, isRunning, run, onClose, onDone, children }: Props) {
  const [text, setText] = useState('');
  const [sentence, setSentence] = useState<string>();
  const go = async (): Promise<void> => {
    const { payload, refusal } = await run();
    setSentence(refusal?.message);
    if (payload) onDone();
  };
  return (
    <Dialog isOpen onClose={onClose} title={title}>
      <ul className="grid list-disc gap-1 pl-5">
        {consequences.map((consequence) => (
          <li key={consequence}>{consequence}</li>
        ))}
      </ul>
      {children}
      {typed !== undefined && (
        <Field label={`Type “${typed}” to confirm`}>
          {(ids) => <Input {...ids} autoComplete="off" value={text} onChange={({ target }) => setText(target.value)} />}
        </Field>
      )}
      <FormFault sentence={sentence} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="destructive"
          isBusy={isRunning}
          disabled={typed !== undefined && text.trim() !== typed}
          onClick={() => void go()}
        >
          {deed}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
