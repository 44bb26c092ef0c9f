import { Tabs } from '@base-ui/react/tabs';
import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleDashed, LoaderCircle } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useReading } from '../../api/reading.ts';
import { type CallFieldsFragment, FirstStepsDocument, type FirstStepsQuery } from '../../generated/graphql.ts';
import { onHint } from '../../live/hints.ts';
import { placeOf } from '../../shell/places.ts';
import { useShown } from '../../shell/workspace.ts';
import { formatCredits } from '../../ui/amount.tsx';
import { Button, buttonVariants } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { latencyText } from '../../ui/time-text.ts';
import { samplesOf } from '../api-keys/samples.ts';

const DISMISSED = 'first-steps-dismissed';

type Found = NonNullable<FirstStepsQuery['workspace']>;

/** What a new workspace still needs. Gone once all is done, or when it is dismissed, and then for good in this browser. */
export function FirstSteps({ call }: { call: CallFieldsFragment | undefined }) {
  const { workspace, can } = useShown();
  const [isDismissed, setDismissed] = useState(() => readDismissed().includes(workspace.id));
  const { data, again } = useReading(FirstStepsDocument, { workspaceId: workspace.id }, { isPaused: isDismissed });
  // Whoever saw the list unfinished sees it finished as well.
  const [wasUnfinished, setUnfinished] = useState(false);
  const found = data?.workspace;
  const steps = found && stepsOf(found, call);
  const isDone = steps?.every(({ isDone: done }) => done) ?? false;
  useEffect(() => (isDismissed || isDone ? undefined : onHint(again)), [isDismissed, isDone, again]);
  if (steps && !isDone && !wasUnfinished) setUnfinished(true);
  if (isDismissed || !steps || !can('apiKeys:create') || (isDone && !wasUnfinished)) return null;
  const dismiss = (): void => {
    setDismissed(true);
    writeDismissed([...readDismissed(), workspace.id]);
  };
  const doneCount = steps.filter((step) => step.isDone).length;
  return (
    <Card aria-label="First steps" data-slot="first-steps" className="grid gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-3">
        <h2 className="font-semibold">{isDone ? 'Everything works' : 'First steps'}</h2>
        <span className="amount text-[13px] text-muted-foreground">
          {doneCount} of {steps.length}
        </span>
        <Button variant="ghost" size="sm" className="ml-auto text-muted-foreground" onClick={dismiss}>
          Dismiss
        </Button>
      </div>
      <ol className="grid gap-1">
        {steps.map((step) => (
          <Step key={step.title} step={step} />
        ))}
      </ol>
    </Card>
  );
}

interface StepView {
  title: string;
  isDone: boolean;
  /** What it came to. */
  outcome?: string | undefined;
  kind: 'key' | 'request' | 'credits' | 'team';
  isWaiting: boolean;
}

/** @param call The oldest that the page knows: it comes sooner than any answer. */
function stepsOf(found: Found, call: CallFieldsFragment | undefined): StepView[] {
  const hasKey = found.apiKeys.edges.length > 0;
  const first = call ?? found.usage.edges[0]?.node;
  const hasCredits = found.grants.edges.length > 0;
  return [
    { kind: 'key', title: 'Create an API key', isDone: hasKey, isWaiting: false },
    {
      kind: 'request',
      title: first ? 'The first request has arrived' : 'Waiting for the first request',
      isDone: first !== undefined,
      isWaiting: hasKey && !first,
      outcome: first && resultOf(first),
    },
    {
      kind: 'credits',
      title: hasCredits ? 'There are credits to spend' : 'Get credits: your provider adds them',
      isDone: hasCredits,
      isWaiting: false,
    },
    {
      kind: 'team',
      title: 'Invite somebody',
      isDone: found.members.edges.length > 1 || found.invitations.edges.length > 0,
      isWaiting: false,
    },
  ];
}

function resultOf({ credits, latencyMs, outcome }: CallFieldsFragment): string {
  const cost = outcome === 'DECLINED' ? 'declined' : `${formatCredits(credits)} credits`;
  return latencyMs == null ? cost : `${cost}, ${latencyText(latencyMs)}`;
}

function Step({ step }: { step: StepView }) {
  const { kind, title, isDone, isWaiting, outcome } = step;
  const Icon = isDone ? CircleCheck : isWaiting ? LoaderCircle : CircleDashed;
  return (
    <li className="grid gap-2" data-step={kind} data-done={isDone}>
      <div className="flex min-h-8 flex-wrap items-center gap-x-2.5">
        <Icon
          className={`size-4 shrink-0 ${isDone ? 'text-accent' : 'text-muted-foreground'} ${isWaiting ? 'animate-spin' : ''}`}
          aria-hidden
        />
        <span className={isDone ? 'text-muted-foreground' : 'font-medium'}>
          {title}
          <span className="sr-only">{isDone ? ', done' : ', to be done'}</span>
        </span>
        {outcome !== undefined && (
          <span className="amount text-[13px] text-muted-foreground max-sm:w-full max-sm:pl-6.5">{outcome}</span>
        )}
        {!isDone && <StepLink kind={kind} />}
      </div>
      {isWaiting && <Code />}
    </li>
  );
}

function StepLink({ kind }: { kind: StepView['kind'] }) {
  const { workspace, can } = useShown();
  const link = (page: string, search: object, text: ReactNode): ReactNode => (
    <Link
      to={placeOf(workspace.slug, page)}
      search={search}
      className={buttonVariants({ variant: 'outline', size: 'sm', className: 'ml-auto' })}
    >
      {text}
    </Link>
  );
  if (kind === 'key') return link('keys', { create: true }, 'Create key');
  return kind === 'team' && can('members:invite') ? link('members', { invite: true }, 'Invite') : null;
}

/** A first call, to be pasted; the key goes where its name stands. */
function Code() {
  return (
    <Tabs.Root defaultValue="curl" className="ml-6.5 grid min-w-0 grid-cols-1 gap-2">
      <Tabs.List className="flex gap-1" aria-label="A first call">
        {samplesOf('YOUR_API_KEY').map(({ name }) => (
          <Tabs.Tab
            key={name}
            value={name}
            className={buttonVariants({
              variant: 'ghost',
              size: 'sm',
              className: 'text-muted-foreground data-active:bg-muted data-active:text-foreground',
            })}
          >
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {samplesOf('YOUR_API_KEY').map(({ name, code }) => (
        <Tabs.Panel key={name} value={name} className="relative min-w-0">
          <pre
            tabIndex={0}
            aria-label={`A first call in ${name}`}
            className="max-h-56 overflow-auto rounded-md border bg-muted p-3 pr-12 font-mono text-xs leading-relaxed"
          >
            {code}
          </pre>
          <div className="absolute top-2 right-2">
            <CopyButton text={code} label={`Copy the ${name} code`} />
          </div>
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}

function readDismissed(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(DISMISSED) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

function writeDismissed(ids: string[]): void {
  try {
    localStorage.setItem(DISMISSED, JSON.stringify(ids));
  } catch {
    // It is gone for this page, then.
  }
}
