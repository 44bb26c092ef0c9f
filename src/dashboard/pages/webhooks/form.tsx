import type { FieldErrors, UseFormRegister } from 'react-hook-form';
import type { WebhookEventType } from '../../generated/graphql.ts';
import { Checkbox, Field, Input } from '../../ui/field.tsx';
import { EventTypes } from './event-types.tsx';

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
      <EventTypes
        field={register('eventTypes', { validate: (types) => types.length > 0 || 'Choose at least one.' })}
        error={errors.eventTypes?.message}
      />
      <Checkbox
        label="In order"
        hint="Each delivery waits for the one before it: a failure holds the rest back, for up to three days."
        {...register('ordered')}
      />
    </>
  );
}
