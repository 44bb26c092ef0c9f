import type { UseFormRegisterReturn } from 'react-hook-form';
import { useReading } from '../../api/reading.ts';
import { type WebhookEventType, WebhookEventTypesDocument } from '../../generated/graphql.ts';
import { Checkbox } from '../../ui/field.tsx';
import { FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { groupsOf } from './endpoints.ts';

interface Props {
  /** The field of the form, which holds the chosen types. */
  field: UseFormRegisterReturn;
  error: string | undefined;
  /** A type that cannot be chosen. */
  without?: WebhookEventType;
  hint?: string;
}

/** Which types of events to tell of, those that belong together in a group. */
export function EventTypes({ field, error, without, hint }: Props) {
  const reading = useReading(WebhookEventTypesDocument, {});
  const kinds = reading.data?.webhookEventTypes.filter(({ type }) => type !== without);
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1.5 text-[13px] font-medium">What to tell it of</legend>
      {hint !== undefined && <p className="text-xs text-muted-foreground">{hint}</p>}
      {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
      {!kinds && !reading.fault && <SkeletonRows count={3} />}
      {groupsOf(kinds ?? []).map((group) => (
        <div key={group.title} role="group" aria-label={group.title} className="grid gap-2">
          <p className="text-xs font-medium text-muted-foreground">{group.title}</p>
          {group.kinds.map(({ type, name, description }) => (
            <Checkbox
              key={type}
              label={<code className="font-mono text-[13px]">{name}</code>}
              hint={description.replaceAll('`', '')}
              value={type}
              {...field}
            />
          ))}
        </div>
      ))}
      {error !== undefined && (
        <p role="alert" className="text-xs text-destructive">
          {error}
        </p>
      )}
    </fieldset>
  );
}
