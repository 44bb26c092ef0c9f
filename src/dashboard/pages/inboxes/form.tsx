import type { FieldErrors, UseFormRegister } from 'react-hook-form';
import type { InboxProvider } from '../../generated/graphql.ts';
import { Field, Input, Select } from '../../ui/field.tsx';
import { PROVIDER_NAMES, SECRET_HINTS } from './inboxes.ts';

/** What creating and editing an inbox have in common. An empty provider means that no signatures are checked. */
export interface InboxForm {
  description: string;
  provider: InboxProvider | '';
  signingSecret: string;
}

interface Props {
  register: UseFormRegister<InboxForm>;
  errors: FieldErrors<InboxForm>;
}

/** The provider with its secret, which make sense together alone. */
export function signingOf({ provider, signingSecret }: InboxForm) {
  return provider === '' ? {} : { provider, signingSecret: signingSecret.trim() };
}

/** The field of the form that a refusal is about. */
export function fieldOf(path: readonly string[]): keyof InboxForm | 'root' {
  return (['description', 'provider', 'signingSecret'] as const).find((field) => field === path[1]) ?? 'root';
}

export function DescriptionField({ register, errors }: Props) {
  return (
    <Field label="Description" hint="What it is for; may be empty." error={errors.description?.message}>
      {(ids) => <Input {...ids} autoComplete="off" maxLength={500} {...register('description')} />}
    </Field>
  );
}

interface ProviderProps extends Props {
  provider: InboxProvider | '';
  /** Whether the secret may stay what it is. */
  isKept?: boolean;
}

export function ProviderFields({ register, errors, provider, isKept = false }: ProviderProps) {
  return (
    <>
      <Field
        label="Who signs"
        hint={provider === '' ? 'Whoever knows the address can send events, and nothing tells who did.' : undefined}
        error={errors.provider?.message}
      >
        {(ids) => (
          <Select {...ids} {...register('provider')}>
            <option value="">Nobody: check no signatures</option>
            {Object.entries(PROVIDER_NAMES).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {provider !== '' && (
        <Field
          label="Signing secret"
          hint={`${SECRET_HINTS[provider]} Cannot be read again.${isKept ? ' Empty: it stays what it is.' : ''}`}
          error={errors.signingSecret?.message}
        >
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="off"
              className="font-mono text-[13px]"
              {...register('signingSecret', {
                validate: (secret) => isKept || secret.trim() !== '' || 'Give the secret that it signs with.',
              })}
            />
          )}
        </Field>
      )}
    </>
  );
}
