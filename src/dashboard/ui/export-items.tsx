import { FileDown } from 'lucide-react';
import { MenuItem } from './menu.tsx';

interface Props {
  /** Which log, and what the file is said to hold. */
  log: 'usage' | 'ledger';
  says: string;
  /** What narrows it down, as the route takes it; what is null or undefined is left out. */
  parameters: Readonly<Record<string, unknown>>;
}

/** Entries of a menu that hand out a whole log as a file: what the page lists, past its last page. */
export function ExportItems({ log, says, parameters }: Props) {
  const given = Object.entries(parameters).filter(([, value]) => value != null);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return (['csv', 'ndjson'] as const).map((format) => (
    <MenuItem
      key={format}
      render={
        <a href={`/export/${log}.${format}?${query}`} download aria-label={`${says} as ${format.toUpperCase()}`} />
      }
    >
      <FileDown aria-hidden /> {says} as {format.toUpperCase()}
    </MenuItem>
  ));
}
