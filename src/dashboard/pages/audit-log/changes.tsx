import { DrawerPart } from '../../ui/drawer.tsx';

type Side = Record<string, unknown> | null;

/** Field by field, what it was and what it became. */
export function Changes({ before, after }: { before: Side; after: Side }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (names.length === 0) return null;
  return (
    <DrawerPart title="What changed">
      <table className="w-full text-left text-[13px]">
        <thead className="sr-only">
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {names.map((name) => (
            <tr key={name}>
              <th scope="row" className="py-1.5 pr-3 align-top font-normal text-muted-foreground">
                {name}
              </th>
              <td className="py-1.5 pr-3 align-top break-words">
                {before !== null && name in before && <del className="text-destructive">{textOf(before[name])}</del>}
              </td>
              <td className="py-1.5 align-top break-words">
                {after !== null && name in after && <ins className="no-underline">{textOf(after[name])}</ins>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </DrawerPart>
  );
}

function textOf(value: unknown): string {
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(textOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
