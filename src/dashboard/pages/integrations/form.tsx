import type { FieldErrors, UseFormRegister } from 'react-hook-form';
import type { WebhookEventType } from '../../generated/graphql.ts';
import { Field, Input } from '../../ui/field.tsx';
import { EventTypes } from '../webhooks/event-types.tsx';
import { type ProviderKind, settingLabel } from './integrations.ts';

/** What connecting and editing have in common. */
export interface IntegrationForm {
  description: string;
  eventTypes: WebhookEventType[];
  settings: Record<string, string>;
}

/** What was given, in the order in which the provider asks. */
export function settingsOf(kind: ProviderKind, { settings }: IntegrationForm): { name: string; value: string }[] {
  return kind.settings
    .map(({ name }) => ({ name, value: (settings[name] ?? '').trim() }))
    .filter(({ value }) => value !== '');
}

/** The field of the form that a refusal is about; one about settings may name which. */
export function fieldOf(path: readonly string[]): 'description' | 'eventTypes' | 'root' {
  return (['description', 'eventTypes'] as const).find((field) => field === path[1]) ?? 'root';
}

interface Props {
  kind: ProviderKind;
  register: UseFormRegister<IntegrationForm>;
  errors: FieldErrors<IntegrationForm>;
  /** Whether what is left empty stays as it is. */
  isKept?: boolean;
}

export function IntegrationFields({ kind, register, errors, isKept = false }: Props) {
  return (
    <>
      {kind.settings.map(({ name, description, secret, required }, index) => (
        <Field
          key={name}
          label={settingLabel(name)}
          hint={`${description}${secret ? ' Sealed, and never shown again.' : ''}${secret && isKept ? ' Empty: it stays.' : ''}`}
          error={errors.settings?.[name]?.message}
        >
          {(ids) => (
            <Input
              {...ids}
              autoFocus={index === 0}
              type={secret ? 'password' : 'text'}
              autoComplete="off"
              {...register(`settings.${name}`, {
                validate: (value) => !required || (isKept && secret) || value.trim() !== '' || 'Give it.',
              })}
            />
          )}
        </Field>
      ))}
      <Field label="Description" hint="What it is for; may be empty." error={errors.description?.message}>
        {(ids) => <Input {...ids} autoComplete="off" maxLength={500} {...register('description')} />}
      </Field>
      <EventTypes
        field={register('eventTypes')}
        error={errors.eventTypes?.message}
        without="USAGE_RECORDED"
        hint="None: only the alerts that choose it."
      />
    </>
  );
}
