import type { FieldErrors, UseFormRegister } from 'react-hook-form';
import type { ApiKeyCapInput, CapPeriod } from '../../generated/graphql.ts';
import { Checkbox, Field, Input, Textarea } from '../../ui/field.tsx';
import { PERIODS, SCOPES } from './keys.ts';

/** What creating and editing a key have in common. Empty text means no limit. */
export interface KeyForm {
  name: string;
  scopes: string[];
  caps: Record<CapPeriod, string>;
  requestsPerMinute: string;
  allowedAddresses: string;
  expiresAt: string;
}

export const NO_CAPS: KeyForm['caps'] = { DAY: '', WEEK: '', MONTH: '', TOTAL: '' };
const AMOUNT = /^\d+(\.\d{1,6})?$/;

export function limitsOf(form: KeyForm) {
  const caps = (Object.entries(form.caps) as [CapPeriod, string][]).flatMap(([period, text]): ApiKeyCapInput[] =>
    text.trim() === '' ? [] : [{ period, credits: text.trim() }],
  );
  const addresses = form.allowedAddresses.split(/[\s,]+/).filter((text) => text !== '');
  return {
    scopes: form.scopes,
    caps,
    requestsPerMinute: form.requestsPerMinute.trim() === '' ? null : Number(form.requestsPerMinute),
    allowedAddresses: addresses,
    expiresAt: form.expiresAt === '' ? null : new Date(form.expiresAt).toISOString(),
  };
}

/** The field of the form that a refusal is about. */
export function fieldOf(path: readonly string[]): keyof KeyForm | 'root' {
  const name = path[1] ?? '';
  return (
    (['name', 'scopes', 'caps', 'requestsPerMinute', 'allowedAddresses', 'expiresAt'] as const).find(
      (field) => field === name,
    ) ?? 'root'
  );
}

export function NameField({ register, errors }: { register: UseFormRegister<KeyForm>; errors: FieldErrors<KeyForm> }) {
  return (
    <Field label="Name" hint="What uses it, such as “Production server”." error={errors.name?.message}>
      {(ids) => (
        <Input
          {...ids}
          autoFocus
          autoComplete="off"
          maxLength={80}
          {...register('name', { validate: (name) => name.trim() !== '' || 'Give it a name.' })}
        />
      )}
    </Field>
  );
}

export function ScopeFields({
  register,
  errors,
}: {
  register: UseFormRegister<KeyForm>;
  errors: FieldErrors<KeyForm>;
}) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-[13px] font-medium">What it may do</legend>
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
        {SCOPES.map(([scope, says]) => (
          <Checkbox
            key={scope}
            label={<code className="font-mono text-[13px]">{scope}</code>}
            hint={says}
            value={scope}
            {...register('scopes', { validate: (scopes) => scopes.length > 0 || 'Allow it something.' })}
          />
        ))}
      </div>
      {errors.scopes && (
        <p role="alert" className="text-xs text-destructive">
          {errors.scopes.message}
        </p>
      )}
    </fieldset>
  );
}

interface FieldsProps {
  register: UseFormRegister<KeyForm>;
  errors: FieldErrors<KeyForm>;
}

/** Limits that few keys need, folded away until they are. */
export function LimitFields({ register, errors, isOpen = false }: FieldsProps & { isOpen?: boolean }) {
  return (
    <details open={isOpen} className="rounded-md border">
      <summary className="cursor-pointer px-3 py-2 font-medium select-none">
        Limits: caps, expiry, rate, addresses
      </summary>
      <div className="grid gap-4 border-t p-3">
        <CapFields register={register} errors={errors} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Ends by itself" hint="In your time zone; empty: never." error={errors.expiresAt?.message}>
            {(ids) => <Input {...ids} type="datetime-local" {...register('expiresAt')} />}
          </Field>
          <Field
            label="Requests per minute"
            hint="Empty: what the plan allows."
            error={errors.requestsPerMinute?.message}
          >
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                className="amount"
                {...register('requestsPerMinute', {
                  validate: (text) => /^\d{0,7}$/.test(text.trim()) || 'A whole number.',
                })}
              />
            )}
          </Field>
        </div>
        <Field
          label="Addresses that it works from"
          hint="Ranges such as 203.0.113.0/24, one a line; empty: anywhere."
          error={errors.allowedAddresses?.message}
        >
          {(ids) => <Textarea {...ids} className="font-mono text-[13px]" {...register('allowedAddresses')} />}
        </Field>
      </div>
    </details>
  );
}

const isAmountOrEmpty = (text: string): true | string =>
  text.trim() === '' || AMOUNT.test(text.trim()) || 'A number such as 250 or 0.5.';

function CapFields({ register, errors }: FieldsProps) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-[13px] font-medium">The most that it may spend, in credits</legend>
      <div className="grid grid-cols-2 gap-3">
        {(Object.keys(PERIODS) as CapPeriod[]).map((period) => (
          <Field key={period} label={PERIODS[period]} error={errors.caps?.[period]?.message}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="decimal"
                placeholder="no cap"
                className="amount"
                {...register(`caps.${period}`, { validate: isAmountOrEmpty })}
              />
            )}
          </Field>
        ))}
      </div>
      {typeof errors.caps?.message === 'string' && (
        <p role="alert" className="text-xs text-destructive">
          {errors.caps.message}
        </p>
      )}
    </fieldset>
  );
}
