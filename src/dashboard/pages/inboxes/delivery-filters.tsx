import type { Search } from '../../api/address.ts';
import { Select } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { SIGNATURES } from './inboxes.ts';

interface Props {
  search: Search;
  onChange: (patch: Search) => void;
}

const SHOWN = [
  { value: '', text: 'All' },
  { value: 'open', text: 'To be dealt with' },
  { value: 'done', text: 'Acknowledged' },
];

/** Which deliveries: dealt with or not, by their signature, duplicates or not. */
export function DeliveryFilters({ search, onChange }: Props) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segments
        label="Which deliveries"
        options={SHOWN}
        value={search['shown'] ?? ''}
        onChange={(shown) => onChange({ shown: shown || undefined })}
      />
      <Select
        data-filter
        aria-label="Signature"
        className="w-auto"
        value={search['signature'] ?? ''}
        onChange={({ target }) => onChange({ signature: target.value || undefined })}
      >
        <option value="">Any signature</option>
        {Object.entries(SIGNATURES).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Duplicates"
        className="w-auto"
        value={search['copies'] ?? ''}
        onChange={({ target }) => onChange({ copies: target.value || undefined })}
      >
        <option value="">With duplicates</option>
        <option value="none">Without duplicates</option>
        <option value="only">Only duplicates</option>
      </Select>
    </div>
  );
}
