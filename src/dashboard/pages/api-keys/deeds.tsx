import { useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import {
  RevokeApiKeyDocument,
  RotateApiKeyDocument,
  type RotationOverlap,
  UpdateApiKeyDocument,
} from '../../generated/graphql.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { FormFault } from '../../ui/form-page.tsx';
import { Time } from '../../ui/time.tsx';
import { EditKeyDialog } from './edit.tsx';
import type { ApiKey } from './keys.ts';
import type { Revealed } from './reveal.tsx';

export interface KeyDeed {
  kind: 'edit' | 'rotate' | 'disable' | 'enable' | 'revoke';
  apiKey: ApiKey;
}

interface DeedProps {
  apiKey: ApiKey;
  onClose: () => void;
}

/** What the menu of a key starts. */
export function KeyDialogs(props: {
  deed: KeyDeed | null;
  onClose: () => void;
  onRevealed: (revealed: Revealed) => void;
}) {
  const { deed, onClose, onRevealed } = props;
  if (!deed) return null;
  const { kind, apiKey } = deed;
  if (kind === 'edit') return <EditKeyDialog apiKey={apiKey} onClose={onClose} />;
  if (kind === 'rotate') return <RotateDialog apiKey={apiKey} onClose={onClose} onRevealed={onRevealed} />;
  if (kind === 'revoke') return <RevokeDialog apiKey={apiKey} onClose={onClose} />;
  return <SwitchDialog apiKey={apiKey} isDisabling={kind === 'disable'} onClose={onClose} />;
}

const OVERLAPS: readonly [overlap: RotationOverlap, says: string][] = [
  ['ONE_HOUR', 'works for one more hour'],
  ['ONE_DAY', 'works for 24 more hours'],
  ['SEVEN_DAYS', 'works for seven more days'],
  ['NONE', 'ends at once, because it leaked'],
];

function RotateDialog({ apiKey, onClose, onRevealed }: DeedProps & { onRevealed: (revealed: Revealed) => void }) {
  const [overlap, setOverlap] = useState<RotationOverlap>('ONE_DAY');
  const [rotate, isRunning] = useAction(RotateApiKeyDocument);
  const [refusal, setRefusal] = useState<string>();
  const idempotencyKey = useIdempotencyKey();
  const run = async (): Promise<void> => {
    const input = { apiKeyId: apiKey.id, overlap };
    const outcome = await rotate({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
    setRefusal(outcome.refusal?.message);
    if (!outcome.payload) return;
    onClose();
    onRevealed({ kind: 'rotated', apiKey: outcome.payload.apiKey, secret: outcome.payload.secret ?? null });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Rotate “${apiKey.name}”`}
      description="It gets a new secret and keeps its name, caps and history. Put the new one everywhere while the old one still works."
    >
      <Field label={`The secret until now, …${apiKey.lastFour},`}>
        {(ids) => (
          <Select {...ids} value={overlap} onChange={({ target }) => setOverlap(target.value as RotationOverlap)}>
            {OVERLAPS.map(([value, says]) => (
              <option key={value} value={value}>
                {says}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {apiKey.previousSecret && (
        <p className="text-warning">
          An earlier secret, …{apiKey.previousSecret.lastFour}, still works. It ends with this rotation.
        </p>
      )}
      <FormFault sentence={refusal} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button isBusy={isRunning} onClick={() => void run()}>
          Rotate the secret
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function RevokeDialog({ apiKey, onClose }: DeedProps) {
  const [revoke, isRunning] = useAction(RevokeApiKeyDocument);
  const lastUse = (
    <>
      {apiKey.lastUsedAt == null ? 'It was never used.' : 'It was last used '}
      {apiKey.lastUsedAt != null && <Time at={apiKey.lastUsedAt} />}
    </>
  );
  return (
    <ConfirmDialog
      title={`Revoke “${apiKey.name}”?`}
      consequences={[
        'Whatever uses it is refused at once, and its live streams end.',
        'Keys that it made end with it; what its holds set aside goes back when their time is over.',
        'Nothing brings it back. Its calls stay in the usage log.',
      ]}
      deed="Revoke the key"
      isRunning={isRunning}
      run={() => revoke({ input: { apiKeyId: apiKey.id } })}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(`${apiKey.name} is revoked`);
      }}
    >
      <p>{lastUse}</p>
    </ConfirmDialog>
  );
}

function SwitchDialog({ apiKey, isDisabling, onClose }: DeedProps & { isDisabling: boolean }) {
  const [update, isRunning] = useAction(UpdateApiKeyDocument);
  const [refusal, setRefusal] = useState<string>();
  const run = async (): Promise<void> => {
    const outcome = await update({ input: { apiKeyId: apiKey.id, disabled: isDisabling } });
    setRefusal(outcome.refusal?.message);
    if (!outcome.payload) return;
    onClose();
    toast.success(isDisabling ? `${apiKey.name} is disabled` : `${apiKey.name} works again`);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={isDisabling ? `Disable “${apiKey.name}”?` : `Enable “${apiKey.name}”?`}
      description={
        isDisabling
          ? 'Whatever uses it is refused at once, everywhere, until you enable it again. So are the keys that it made.'
          : 'Its secret works again at once.'
      }
    >
      <FormFault sentence={refusal} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button isBusy={isRunning} onClick={() => void run()}>
          {isDisabling ? 'Disable the key' : 'Enable the key'}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
