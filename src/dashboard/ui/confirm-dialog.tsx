import { type ReactNode, useState } from 'react';
import type { Refusal } from '../api/acting.ts';
import { DeedDialog } from './deed-dialog.tsx';
import { Field, Input } from './field.tsx';

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
export function ConfirmDialog({ consequences, typed, children, ...rest }: Props) {
  const [text, setText] = useState('');
  return (
    <DeedDialog {...rest} isDestructive isReady={typed === undefined || text.trim() === typed}>
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
    </DeedDialog>
  );
}
