import { useState } from 'react';
import type { Search } from '../../api/address.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { textIn } from '../../ui/form-text.ts';
import { Segments } from '../../ui/segments.tsx';
import { Switch } from '../../ui/switch.tsx';
import { momentText, ownTimeZone } from '../../ui/time-text.ts';
import { useNow } from '../../ui/time.tsx';
import { BUCKETS, bucketsFor, PRESET_NAMES, PRESETS, type Preset } from './range.ts';
import { GROUPINGS, type View } from './view.ts';

interface Props {
  view: View;
  onChange: (patch: Search) => void;
}

/** What is shown and how, above the chart. */
export function Controls({ view, onChange }: Props) {
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <RangePicker view={view} onChange={onChange} />
        <Segments
          label="Group by"
          options={GROUPINGS}
          value={view.groupBy}
          onChange={(value) => onChange({ by: value.toLowerCase() })}
          className="overflow-x-auto"
        />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Segments
          label="Count"
          options={[
            { value: 'credits', text: 'Credits' },
            { value: 'calls', text: 'Calls' },
          ]}
          value={view.measure}
          onChange={(measure) => onChange({ measure })}
        />
        <Segments
          label="Shape"
          options={[
            { value: 'bars', text: 'Bars' },
            { value: 'areas', text: 'Areas' },
            { value: 'lines', text: 'Lines' },
          ]}
          value={view.shape}
          onChange={(shape) => onChange({ shape })}
        />
        <BucketSelect view={view} onChange={onChange} />
        <Select
          aria-label="Time zone"
          className="h-8 w-auto text-[13px]"
          value={view.timeZone === 'UTC' ? 'utc' : 'own'}
          onChange={({ target }) => onChange({ zone: target.value === 'utc' ? 'utc' : undefined })}
        >
          {ownTimeZone !== 'UTC' && <option value="own">{ownTimeZone}</option>}
          <option value="utc">UTC</option>
        </Select>
        <Switch isOn={view.isCompared} onChange={(isOn) => onChange({ compare: isOn ? 'on' : undefined })}>
          Compare
        </Switch>
        <Switch isOn={view.isTest} onChange={(isOn) => onChange({ environment: isOn ? 'test' : undefined })}>
          Test keys
        </Switch>
        {view.range.until === null && (
          <Switch isOn={view.isLive} onChange={(isOn) => onChange({ live: isOn ? undefined : 'off' })}>
            Live
          </Switch>
        )}
      </div>
    </div>
  );
}

function BucketSelect({ view, onChange }: Props) {
  const { since, until } = view.range;
  const now = useNow();
  const options = bucketsFor((until ?? now) - since);
  const auto = BUCKETS.find(({ value }) => value === view.bucket)?.text ?? '';
  return (
    <Select
      aria-label="Length of a bucket"
      className="h-8 w-auto text-[13px]"
      value={view.isBucketChosen ? view.bucket.toLowerCase() : ''}
      onChange={({ target }) => onChange({ bucket: target.value || undefined })}
    >
      <option value="">{view.isBucketChosen ? 'Automatic' : `${auto} (automatic)`}</option>
      {options.map(({ value, text }) => (
        <option key={value} value={value.toLowerCase()}>
          {text}
        </option>
      ))}
    </Select>
  );
}

function RangePicker({ view, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const now = useNow();
  const { preset, since, until } = view.range;
  const choose = (range: Preset): void => onChange({ range, since: undefined, until: undefined, bucket: undefined });
  const isShort = (until ?? now) - since < 3 * 86_400_000;
  const textOf = (time: number): string =>
    isShort
      ? momentText(time, view.timeZone).replace(/:00$/, '')
      : momentText(time, view.timeZone).split(',', 2).join(',');
  return (
    <>
      <Segments
        label="Time"
        options={PRESETS.map((value) => ({ value, text: value, title: PRESET_NAMES[value] }))}
        value={preset}
        onChange={choose}
      />
      <Button variant="outline" aria-pressed={preset === null} onClick={() => setOpen(true)}>
        {preset === null ? `${textOf(since)} – ${until === null ? 'now' : textOf(until)}` : 'Custom'}
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="From when to when"
        description={`In the time of ${ownTimeZone}.`}
      >
        <CustomRange
          view={view}
          onChange={(patch) => {
            onChange(patch);
            setOpen(false);
          }}
        />
      </Dialog>
    </>
  );
}

/** What an input of type datetime-local takes. */
function localText(time: number): string {
  const date = new Date(time);
  return new Date(time - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function CustomRange({ view, onChange }: Props) {
  const [error, setError] = useState<string>();
  const submit = (form: HTMLFormElement): void => {
    const since = new Date(textIn(form, 'since'));
    const end = textIn(form, 'until');
    const until = end === '' ? null : new Date(end);
    if (Number.isNaN(since.getTime()) || since.getTime() >= Date.now()) return setError('A moment that is over.');
    if (until && until <= since) return setError('It ends before it begins.');
    return onChange({ range: undefined, bucket: undefined, since: since.toISOString(), until: until?.toISOString() });
  };
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit(event.currentTarget);
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="From" error={error}>
          {(ids) => (
            <Input {...ids} type="datetime-local" name="since" required defaultValue={localText(view.range.since)} />
          )}
        </Field>
        <Field label="Until" hint="Empty: until now, and live.">
          {(ids) => (
            <Input
              {...ids}
              type="datetime-local"
              name="until"
              defaultValue={view.range.until === null ? '' : localText(view.range.until)}
            />
          )}
        </Field>
      </div>
      <DialogActions>
        <Button type="submit">Show</Button>
      </DialogActions>
    </form>
  );
}
