import { X } from 'lucide-react';
import type { Search } from '../../api/address.ts';
import { momentText } from '../../ui/time-text.ts';

/** The time that was picked elsewhere, such as in a chart; taken off with one press. */
export function TimeChip({ search, onChange }: { search: Search; onChange: (patch: Search) => void }) {
  const { since, until } = search;
  if (since === undefined && until === undefined) return null;
  return (
    <span className="inline-flex h-8 items-center gap-1.5 rounded-md border bg-card pl-2.5 text-[13px]">
      {textOf(since, 'the beginning')} – {textOf(until, 'now')}
      <button
        type="button"
        aria-label="Take off the time"
        className="grid size-7 place-items-center rounded text-muted-foreground hover:bg-muted"
        onClick={() => onChange({ since: undefined, until: undefined })}
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  );
}

function textOf(time: string | undefined, otherwise: string): string {
  return time === undefined || Number.isNaN(Date.parse(time)) ? otherwise : momentText(time);
}
