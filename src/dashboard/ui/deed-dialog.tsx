import { type ReactNode, useState } from 'react';
import type { Refusal } from '../api/acting.ts';
import { Button } from './button.tsx';
import { Dialog, DialogActions } from './dialog.tsx';
import { FormFault } from './form-page.tsx';

interface Props<Payload extends object> {
  title: string;
  description?: ReactNode;
  /** What the button says: the deed, not "OK". */
  deed: string;
  isDestructive?: boolean;
  /** Whether the button works yet. */
  isReady?: boolean;
  isRunning: boolean;
  run: () => Promise<{ payload: Payload | null; refusal: Pick<Refusal, 'message'> | null }>;
  onClose: () => void;
  onDone: (payload: Payload) => void;
  children?: ReactNode;
}

/** Does one thing when told so, and stays with what was refused of it. */
export function DeedDialog<Payload extends object>(props: Props<Payload>) {
  const { title, description, deed, isDestructive = false, isReady = true, isRunning, onClose, children } = props;
  const [sentence, setSentence] = useState<string>();
  const go = async (): Promise<void> => {
    const { payload, refusal } = await props.run();
    setSentence(refusal?.message);
    if (payload) props.onDone(payload);
  };
  return (
    <Dialog isOpen onClose={onClose} title={title} description={description}>
      {children}
      <FormFault sentence={sentence} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button
          {...(isDestructive && { variant: 'destructive' as const })}
          isBusy={isRunning}
          disabled={!isReady}
          onClick={() => void go()}
        >
          {deed}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
