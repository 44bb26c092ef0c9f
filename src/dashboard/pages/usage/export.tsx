import { stringifyDocument } from '@urql/core';
import { Braces, Download, SquareTerminal } from 'lucide-react';
import { toast } from 'sonner';
import { UsageSummaryDocument, type UsageSummaryQueryVariables } from '../../generated/graphql.ts';
import { Button } from '../../ui/button.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { ExportItems } from '../../ui/export-items.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';

/** What the page shows, as a question that a program can ask, and its calls as a file. */
export function UsageExport({ variables }: { variables: UsageSummaryQueryVariables }) {
  const { workspaceId, range, filter } = variables;
  const query = stringifyDocument(UsageSummaryDocument);
  const curl = `curl ${location.origin}/graphql \\
  -H 'content-type: application/json' \\
  -H "authorization: Bearer $COMMONPURSE_API_KEY" \\
  -d '${JSON.stringify({ query, variables }).replaceAll("'", String.raw`'\''`)}'`;
  return (
    <Menu
      trigger={
        <Button variant="outline">
          <Download aria-hidden /> Export
        </Button>
      }
    >
      <MenuItem onClick={() => copy(`${query}\n\n# Variables\n# ${JSON.stringify(variables)}\n`, 'Query copied')}>
        <Braces aria-hidden /> Copy as GraphQL
      </MenuItem>
      <MenuItem onClick={() => copy(curl, 'Command copied')}>
        <SquareTerminal aria-hidden /> Copy as curl
      </MenuItem>
      <MenuSeparator />
      <ExportItems log="usage" says="These calls" parameters={{ workspaceId, ...range, ...filter }} />
    </Menu>
  );
}

function copy(text: string, says: string): void {
  void copyText(text).then((isDone) =>
    isDone ? toast.success(says) : toast.error('This browser lets no page write to the clipboard.'),
  );
}
