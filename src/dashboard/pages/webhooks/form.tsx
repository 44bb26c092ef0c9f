import type { FieldErrors, UseFormRegister } from 'react-hook-form';
import { useReading } from '../../api/reading.ts';
import { WebhookEventTypesDocument, type WebhookEventType } from '../../generated/graphql.ts';
import { Checkbox, Field, Input } from '../../ui/field.tsx';
import { FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { groupsOf } from './endpoints.ts';

/** What creating and editing an endpoint have in common. */
export interface EndpointForm {
  url: string;
  description: string;
  eventTypes: WebhookEventType[];
  ordered: boolean;
}

interface Props {
  register: UseFormRegister<EndpointForm>;
  errors: FieldErrors<EndpointForm>;
}

/** The field of the form that a refusal is about. */
export function fieldOf(path: readonly string[]): keyof EndpointForm | 'root' {
  const fields = ['url', 'description', 'eventTypes', 'ordered'] as const;
  return fields.find((field) => field === path[1]) ?? 'root';
}

export function EndpointFields({ register, errors }: Props) {
  return (
    <>
      <Field label="URL" hint="Public, http or https. Redirects are not followed." error={errors.url?.message}>
        {(ids) => (
          <Input
            {...ids}
            autoFocus
            type="url"
            inputMode="url"
            autoComplete="off"
            placeholder="https://example.com/hooks"
            maxLength={2_048}
            {...register('url', { validate: (url) => url.trim() !== '' || 'Give it a URL.' })}
          />
        )}
      </Field>
      <Field label="Description" hint="What it is for; may be empty." error={errors.description?.message}>
        {(ids) => <Input {...ids} autoComplete="off" maxLength={500} {...register('description')} />}
      </Field>
      <EventTypes register={register} errors={errors} />
      <Checkbox
        label="In order"
        hint="Each delivery waits for the one before it: a failure holds the rest back, for up to three days."
        {...register('ordered')}
      />
    </>
  );
}

function EventTypes({ register, errors }: Props) {
  const reading = useReading(WebhookEventTypesDocument, {});
  const kinds = reading.data?.webhookEventTypes;
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1.5 text-[13px] font-medium">What to tell it of</legend>
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
              {...register('eventTypes', { validate: (types) => types.length > 0 || 'Choose at least one.' })}
            />
          ))}
        </div>
      ))}
      {errors.eventTypes && (
        <p role="alert" className="text-xs text-destructive">
          {errors.eventTypes.message}
        </p>
      )}
    </fieldset>
  );
}
