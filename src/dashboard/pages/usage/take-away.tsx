import { stringifyDocument } from '@urql/core';
import { Braces, Download, SquareTerminal } from 'lucide-react';
import { toast } from 'sonner';
import { UsageSummaryDocument, type UsageSummaryQueryVariables } from '../../generated/graphql.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';

/** What the page shows, as a question that a program can ask, and its calls as a file. */
export function TakeAway({ variables }: { variables: UsageSummaryQueryVariables }) {
  const query = stringifyDocument(UsageSummaryDocument);
  const curl = `curl ${location.origin}/graphql \\
  -H 'content-type: application/json' \\
  -H "authorization: Bearer $COMMONPURSE_API_KEY" \\
  -d '${JSON.stringify({ query, variables }).replaceAll("'", String.raw`'\''`)}'`;
  return (
    <Menu
      trigger={
        <Button variant="outline">
          <Download aria-hidden /> Take away
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
      {(['csv', 'ndjson'] as const).map((format) => (
        <MenuItem key={format} onClick={() => location.assign(exportPlace(format, variables))}>
          <Download aria-hidden /> These calls as {format.toUpperCase()}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** Where the server hands out the calls that the page sums up, one a line. */
function exportPlace(format: 'csv' | 'ndjson', { workspaceId, range, filter }: UsageSummaryQueryVariables): string {
  const asked = Object.entries({ workspaceId, ...range, ...filter }).filter(([, value]) => value != null);
  return `/export/usage.${format}?${new URLSearchParams(asked as [string, string][]).toString()}`;
}

function copy(text: string, says: string): void {
  void navigator.clipboard.writeText(text).then(
    () => toast.success(says),
    () => toast.error('This browser lets no page write to the clipboard without TLS.'),
  );
}
