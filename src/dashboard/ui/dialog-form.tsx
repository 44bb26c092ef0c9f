import type { ReactNode, SyntheticEvent } from 'react';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import { DialogActions } from './dialog.tsx';
import { FormFault } from './form-page.tsx';

interface Props {
  /** As react-hook-form hands it out. */
  onSubmit: (event: SyntheticEvent) => Promise<void>;
  /** What is wrong with all of it, rather than with one field. */
  fault: string | undefined;
  /** What the button says. */
  deed: string;
  isRunning: boolean;
  onCancel: () => void;
  className?: string;
  children: ReactNode;
}

/** A form in a dialog: its fields, what was refused of it, and the two ways out. */
export function DialogForm({ onSubmit, fault, deed, isRunning, onCancel, className, children }: Props) {
  return (
    <form onSubmit={(event) => void onSubmit(event)} noValidate className={classes('grid gap-5', className)}>
      {children}
      <FormFault sentence={fault} />
      <DialogActions>
        <Button variant="outline" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" isBusy={isRunning}>
          {deed}
        </Button>
      </DialogActions>
    </form>
  );
}
