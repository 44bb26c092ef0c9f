import { FileDown } from 'lucide-react';
import { Button } from './button.tsx';
import { ExportItems } from './export-items.tsx';
import { Menu } from './menu.tsx';

/** The button over a log that hands all of it out as a file, narrowed down as the page is. */
export function ExportMenu(props: Parameters<typeof ExportItems>[0]) {
  return (
    <Menu
      trigger={
        <Button variant="outline">
          <FileDown aria-hidden /> Export
        </Button>
      }
    >
      <ExportItems {...props} />
    </Menu>
  );
}
