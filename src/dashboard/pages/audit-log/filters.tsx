import { X } from 'lucide-react';
import type { Search } from '../../api/address.ts';
import { Input } from '../../ui/field.tsx';
import { textIn } from '../../ui/form-text.ts';
import { Segments } from '../../ui/segments.tsx';
import { EVENT_TYPES, eventName } from './events.ts';

export const DAYS: Record<string, number> = { '24h': 1, '7d': 7, '30d': 30, '90d': 90 };

interface FiltersProps {
  search: Search;
  onChange: (patch: Search) => void;
  actorName: string | null;
}

/** Which events: when, of what kind, by whom, of what. */
export function Filters({ search, onChange, actorName }: FiltersProps) {
  const chips = [
    { name: 'actor', says: 'Who', text: actorName ?? search['actor'] ?? '' },
    { name: 'target', says: 'Changes of', text: search['target'] ?? '' },
  ].filter(({ name }) => search[name]);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segments
        label="Time"
        options={[{ value: '', text: 'All' }, ...Object.keys(DAYS).map((value) => ({ value, text: value }))]}
        value={search['range'] ?? ''}
        onChange={(range) => onChange({ range: range || undefined })}
      />
      <form
        className="w-full sm:w-72"
        onSubmit={(event) => {
          event.preventDefault();
          onChange({ type: textIn(event.currentTarget, 'type') || undefined });
        }}
      >
        <Input
          key={search['type'] ?? ''}
          data-filter
          name="type"
          type="search"
          list="event-types"
          aria-label="Kind of event"
          placeholder="Kind, such as api_key.revoked"
          defaultValue={search['type'] ?? ''}
          onChange={({ target }) => {
            const { value } = target;
            if (value === '' || EVENT_TYPES.some((type) => type === value)) onChange({ type: value || undefined });
          }}
        />
        <EventTypes />
      </form>
      {chips.map(({ name, says, text }) => (
        <span
          key={name}
          className="inline-flex h-8 max-w-full items-center gap-1.5 rounded-md border bg-card pl-2.5 text-[13px]"
        >
          <span className="text-muted-foreground">{says}</span>
          <span className="max-w-52 truncate font-medium">{text}</span>
          <button
            type="button"
            aria-label={`Take off: ${says} ${text}`}
            className="grid size-7 place-items-center rounded text-muted-foreground hover:bg-muted"
            onClick={() => onChange({ [name]: undefined })}
          >
            <X className="size-3.5" aria-hidden />
          </button>
        </span>
      ))}
    </div>
  );
}

function EventTypes() {
  return (
    <datalist id="event-types">
      {EVENT_TYPES.map((type) => (
        <option key={type} value={type}>
          {eventName(type)}
        </option>
      ))}
    </datalist>
  );
}
