import type { FieldErrors, UseFormRegister } from 'react-hook-form';
import { useReading } from '../../api/reading.ts';
import { type AlertCondition, ApiKeysDocument, IntegrationsDocument, type Role } from '../../generated/graphql.ts';
import { ROLE_NAMES } from '../../shell/roles.ts';
import { useShown } from '../../shell/workspace.ts';
import { Checkbox, Field, Input, Select, Textarea } from '../../ui/field.tsx';
import { isEnded } from '../api-keys/keys.ts';
import { type Alert, CONDITIONS, windowText } from './conditions.ts';

/** What creating and editing an alert have in common. */
export interface AlertForm {
  name: string;
  condition: AlertCondition;
  threshold: string;
  /** KEY_CAP_PERCENT: empty for every key. */
  apiKeyId: string;
  /** ERROR_PERCENT. */
  windowMinutes: string;
  callsMin: string;
  mailedRoles: Role[];
  mailedAddresses: string;
  integrationIds: string[];
}

export const EMPTY: AlertForm = {
  name: '',
  condition: 'BALANCE',
  threshold: '',
  apiKeyId: '',
  windowMinutes: '60',
  callsMin: '20',
  mailedRoles: ['OWNER', 'ADMIN'],
  mailedAddresses: '',
  integrationIds: [],
};

export function formOf(alert: Alert): AlertForm {
  return {
    name: alert.name,
    condition: alert.condition,
    threshold: alert.threshold,
    apiKeyId: alert.apiKey?.id ?? '',
    windowMinutes: String(alert.windowMinutes ?? EMPTY.windowMinutes),
    callsMin: String(alert.callsMin ?? EMPTY.callsMin),
    mailedRoles: [...alert.mailedRoles],
    mailedAddresses: alert.mailedAddresses.join('\n'),
    integrationIds: alert.integrations?.map(({ id }) => id) ?? [],
  };
}

/** What the form says, without what another condition would need. */
export function settingsOf(form: AlertForm) {
  return {
    name: form.name,
    threshold: form.threshold.trim(),
    mailedRoles: form.mailedRoles,
    mailedAddresses: form.mailedAddresses.split(/[\s,;]+/).filter((text) => text !== ''),
    integrationIds: form.integrationIds,
    ...(form.condition === 'KEY_CAP_PERCENT' && { apiKeyId: form.apiKeyId === '' ? null : form.apiKeyId }),
    ...(form.condition === 'ERROR_PERCENT' && {
      windowMinutes: Number(form.windowMinutes),
      callsMin: Number(form.callsMin),
    }),
  };
}

const FIELDS = [
  'name',
  'condition',
  'threshold',
  'apiKeyId',
  'windowMinutes',
  'callsMin',
  'mailedRoles',
  'mailedAddresses',
  'integrationIds',
] as const;

/** The field of the form that a refusal is about. */
export function fieldOf(path: readonly string[]): keyof AlertForm | 'root' {
  return FIELDS.find((field) => field === path[1]) ?? 'root';
}

interface Props {
  register: UseFormRegister<AlertForm>;
  errors: FieldErrors<AlertForm>;
}

const NUMBER = /^\d+(\.\d{1,6})?$/;

export function AlertFields({
  register,
  errors,
  condition,
  isNew,
}: Props & { condition: AlertCondition; isNew: boolean }) {
  const { asks, unit, hint } = CONDITIONS[condition];
  return (
    <>
      <Field label="Name" hint="What people read in the mail, such as “Top up”." error={errors.name?.message}>
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
      <Field
        label="Tell when"
        hint={isNew ? hint : `${hint} Another condition is another alert.`}
        error={errors.condition?.message}
      >
        {(ids) => (
          <Select {...ids} disabled={!isNew} {...register('condition')}>
            {Object.entries(CONDITIONS).map(([value, { name }]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={asks} error={errors.threshold?.message}>
        {(ids) => (
          <span className="flex items-center gap-2">
            <Input
              {...ids}
              inputMode="decimal"
              autoComplete="off"
              className="amount w-36"
              {...register('threshold', {
                validate: (text) =>
                  (NUMBER.test(text.trim()) && Number(text) > 0) || 'A number above 0, such as 100 or 12.5.',
              })}
            />
            <span className="text-muted-foreground">{unit}</span>
          </span>
        )}
      </Field>
      {condition === 'KEY_CAP_PERCENT' && <KeyField register={register} errors={errors} />}
      {condition === 'ERROR_PERCENT' && <ErrorFields register={register} errors={errors} />}
      <Recipients register={register} errors={errors} />
      <Chosen register={register} errors={errors} />
    </>
  );
}

function KeyField({ register, errors }: Props) {
  const { workspace } = useShown();
  const reading = useReading(ApiKeysDocument, { workspaceId: workspace.id, first: 100, after: null });
  const keys = reading.data?.workspace?.apiKeys.edges.map(({ node }) => node) ?? [];
  return (
    <Field label="Of which key" error={errors.apiKeyId?.message}>
      {(ids) => (
        // The choice that was made before is there once the keys are.
        <Select {...ids} key={keys.length} {...register('apiKeyId')}>
          <option value="">Every key</option>
          {keys
            .filter((key) => !isEnded(key))
            .map(({ id, name, lastFour }) => (
              <option key={id} value={id}>
                {name} …{lastFour}
              </option>
            ))}
        </Select>
      )}
    </Field>
  );
}

/** Multiples of a quarter of an hour. */
const WINDOWS = [15, 30, 60, 120, 360, 720, 1_440];

function ErrorFields({ register, errors }: Props) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Counted over" error={errors.windowMinutes?.message}>
        {(ids) => (
          <Select {...ids} {...register('windowMinutes')}>
            {WINDOWS.map((minutes) => (
              <option key={minutes} value={minutes}>
                {windowText(minutes)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="From so many calls on" hint="With fewer it does not fire." error={errors.callsMin?.message}>
        {(ids) => (
          <Input
            {...ids}
            inputMode="numeric"
            className="amount"
            {...register('callsMin', {
              validate: (text) => /^[1-9]\d{0,6}$/.test(text.trim()) || 'A whole number, at least 1.',
            })}
          />
        )}
      </Field>
    </div>
  );
}

function Recipients({ register, errors }: Props) {
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1.5 text-[13px] font-medium">Who is mailed</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        {Object.entries(ROLE_NAMES).map(([role, name]) => (
          <Checkbox key={role} label={`${name}s`} value={role} {...register('mailedRoles')} />
        ))}
      </div>
      <Field
        label="Further addresses"
        hint="At most 10, one a line."
        error={errors.mailedAddresses?.message ?? errors.mailedRoles?.message}
      >
        {(ids) => <Textarea {...ids} autoComplete="off" {...register('mailedAddresses')} />}
      </Field>
      <p className="text-xs text-muted-foreground">
        The audit log, everyone who has this workspace open, and webhook endpoints that listen for{' '}
        <code className="font-mono">alert.fired</code> are told in any case.
      </p>
    </fieldset>
  );
}

/** Which integrations are told; not there while none is connected. */
function Chosen({ register, errors }: Props) {
  const { workspace } = useShown();
  const { data } = useReading(IntegrationsDocument, { workspaceId: workspace.id, first: 100, after: null });
  const connected = data?.workspace?.integrations.edges.map(({ node }) => node) ?? [];
  if (connected.length === 0) return null;
  const nameOf = (provider: string | null | undefined): string =>
    data?.integrationProviders.find((kind) => kind.provider === provider)?.name ?? 'An unknown service';
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-[13px] font-medium">Which integrations are told</legend>
      {connected.map(({ id, provider, description }) => (
        <Checkbox
          key={id}
          label={description === '' ? nameOf(provider) : `${description} (${nameOf(provider)})`}
          value={id}
          {...register('integrationIds')}
        />
      ))}
      {errors.integrationIds && (
        <p role="alert" className="text-xs text-destructive">
          {errors.integrationIds.message}
        </p>
      )}
    </fieldset>
  );
}
