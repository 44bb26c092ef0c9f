import { ListFilter, X } from 'lucide-react';
import { useState } from 'react';
import type { Search } from '../../api/address.ts';
import { useReading } from '../../api/reading.ts';
import { FilterChoicesDocument } from '../../generated/graphql.ts';
import { useShown } from '../../shell/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { textIn } from '../../ui/form-text.ts';
import { type Condition, CONDITIONS, NO_CONDITIONS, OUTCOME_NAMES } from './filter.ts';

interface Props {
  search: Search;
  onChange: (patch: Search) => void;
}

type Choices = Record<Exclude<Condition, 'tag'>, { value: string; text: string }[]>;

const NAMES: Record<Condition, string> = {
  key: 'API key',
  operation: 'Operation',
  outcome: 'Outcome',
  member: 'Member',
  tag: 'Tag',
};

/** The conditions on calls that hold: each as a chip that takes it off, and a form behind a button to set them. */
export function FilterBar({ search, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const set = CONDITIONS.filter((name) => search[name]);
  const choices = useChoices(isOpen || set.length > 0);
  const textOf = (name: Condition): string => {
    const value = search[name] ?? '';
    return name === 'tag' ? value : (choices?.[name].find((choice) => choice.value === value)?.text ?? shortOf(value));
  };
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-1.5">
        <Button data-filter variant="outline" size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <ListFilter aria-hidden /> Filter
        </Button>
        {set.map((name) => (
          <span
            key={name}
            className="inline-flex h-7 items-center gap-1.5 rounded-md border bg-card pl-2.5 text-[13px]"
          >
            <span className="text-muted-foreground">{NAMES[name]}</span>
            <span className="max-w-48 truncate font-medium">{textOf(name)}</span>
            <button
              type="button"
              aria-label={`Take off: ${NAMES[name]} ${textOf(name)}`}
              className="grid size-6 place-items-center rounded text-muted-foreground hover:bg-muted"
              onClick={() => onChange({ [name]: undefined })}
            >
              <X className="size-3.5" aria-hidden />
            </button>
          </span>
        ))}
        {set.length > 1 && (
          <Button variant="ghost" size="sm" onClick={() => onChange(NO_CONDITIONS)}>
            Take all off
          </Button>
        )}
      </div>
      {isOpen && <Conditions search={search} onChange={onChange} choices={choices} />}
    </div>
  );
}

function Conditions({ search, onChange, choices }: Props & { choices: Choices | undefined }) {
  return (
    <div className="grid gap-3 rounded-lg border bg-card p-3 sm:grid-cols-3 lg:grid-cols-5">
      {(['key', 'operation', 'outcome', 'member'] as const).map((name) => (
        <Field key={name} label={NAMES[name]}>
          {(ids) => (
            <Select
              {...ids}
              value={search[name] ?? ''}
              onChange={({ target }) => onChange({ [name]: target.value || undefined })}
            >
              <option value="">All</option>
              {choices?.[name].map(({ value, text }) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </Select>
          )}
        </Field>
      ))}
      <Field label={NAMES.tag}>
        {(ids) => (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              onChange({ tag: textIn(event.currentTarget, 'tag') || undefined });
            }}
          >
            <Input
              {...ids}
              key={search['tag'] ?? ''}
              name="tag"
              maxLength={64}
              placeholder="All; Enter to set"
              defaultValue={search['tag'] ?? ''}
            />
          </form>
        )}
      </Field>
    </div>
  );
}

function useChoices(isNeeded: boolean): Choices | undefined {
  const { workspace } = useShown();
  const { data } = useReading(FilterChoicesDocument, { workspaceId: workspace.id }, { isPaused: !isNeeded });
  if (!data?.workspace) return undefined;
  const { apiKeys, members } = data.workspace;
  return {
    key: apiKeys.edges.map(({ node }) => ({ value: node.id, text: `${node.name} …${node.lastFour}` })),
    operation: data.operations.map(({ name }) => ({ value: name, text: name })),
    outcome: Object.entries(OUTCOME_NAMES).map(([value, text]) => ({ value, text })),
    member: members.edges.map(({ node }) => ({ value: node.id, text: node.user.name })),
  };
}

/** Ids are long, and their ends tell them apart. */
function shortOf(value: string): string {
  return value.length > 24 ? `…${value.slice(-6)}` : value;
}
