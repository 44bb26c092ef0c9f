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
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
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
  const idempotencyKey = useIdempotencyKey();
  const run = () => {
    const input = { apiKeyId: apiKey.id, overlap };
    return rotate({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
  };
  return (
    <DeedDialog
      title={`Rotate “${apiKey.name}”`}
      description="It gets a new secret and keeps its name, caps and history. Put the new one everywhere while the old one still works."
      deed="Rotate the secret"
      isRunning={isRunning}
      run={run}
      onClose={onClose}
      onDone={(payload) => {
        onClose();
        onRevealed({ kind: 'rotated', apiKey: payload.apiKey, secret: payload.secret ?? null });
      }}
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
    </DeedDialog>
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
  const run = () => update({ input: { apiKeyId: apiKey.id, disabled: isDisabling } });
  return (
    <DeedDialog
      title={isDisabling ? `Disable “${apiKey.name}”?` : `Enable “${apiKey.name}”?`}
      description={
        isDisabling
          ? 'Whatever uses it is refused at once, everywhere, until you enable it again. So are the keys that it made.'
          : 'Its secret works again at once.'
      }
      deed={isDisabling ? 'Disable the key' : 'Enable the key'}
      isRunning={isRunning}
      run={run}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(isDisabling ? `${apiKey.name} is disabled` : `${apiKey.name} works again`);
      }}
    />
  );
}
