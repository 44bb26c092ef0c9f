import { Monitor, Smartphone } from 'lucide-react';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useReading } from '../../api/reading.ts';
import {
  RevokeOtherSessionsDocument,
  RevokeSessionDocument,
  SessionsDocument,
  type SessionsQuery,
} from '../../generated/graphql.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/card.tsx';
import { FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

type Session = NonNullable<NonNullable<SessionsQuery['viewer']>['sessions']>[number];

export function SessionsSection() {
  const { data, fault, again } = useReading(SessionsDocument, {});
  const [endOthers, isRunning] = useAction(RevokeOtherSessionsDocument);
  const sessions = data?.viewer?.sessions;
  const current = sessions?.find((session) => session.current);
  const runOthers = async (): Promise<void> => {
    const { payload, refusal } = await endOthers({ input: { keepSessionId: current?.id ?? '' } });
    if (refusal) toast.error(refusal.message);
    if (payload) toast.success('All other browsers are signed out');
    again();
  };
  return (
    <Section title="Signed in" about="The browsers that act for you now.">
      {fault && <FaultNote fault={fault} again={again} />}
      {!sessions && !fault && <SkeletonRows count={2} />}
      <ul className="grid divide-y">
        {sessions?.map((session) => (
          <SessionRow key={session.id} session={session} onEnded={again} />
        ))}
      </ul>
      {current && (sessions?.length ?? 0) > 1 && (
        <div>
          <Button variant="outline" isBusy={isRunning} onClick={() => void runOthers()}>
            Sign out all others
          </Button>
        </div>
      )}
    </Section>
  );
}

function SessionRow({ session, onEnded }: { session: Session; onEnded: () => void }) {
  const [end, isRunning] = useAction(RevokeSessionDocument);
  const name = browserOf(session.userAgent);
  const run = async (): Promise<void> => {
    const { payload, refusal } = await end({ input: { sessionId: session.id } });
    if (refusal) toast.error(refusal.message);
    if (payload) toast.success(`${name} is signed out`);
    onEnded();
  };
  const Icon = /mobile/i.test(session.userAgent ?? '') ? Smartphone : Monitor;
  return (
    <li className="flex items-center gap-3 py-2.5">
      <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="grid min-w-0">
        <span className="flex items-center gap-2">
          <span className="truncate">{name}</span>
          {session.current && <Badge tone="good">This browser</Badge>}
        </span>
        <span className="text-xs text-muted-foreground">
          {session.address ?? 'Address unknown'}, signed in <Time at={session.createdAt} />
        </span>
      </div>
      {!session.current && (
        <Button
          variant="outline"
          size="sm"
          className="ml-auto"
          isBusy={isRunning}
          aria-label={`Sign out ${name}`}
          onClick={() => void run()}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

const BROWSERS: readonly [name: string, pattern: RegExp][] = [
  ['Edge', /Edg\//],
  ['Firefox', /Firefox\//],
  ['Chrome', /Chrome\//],
  ['Safari', /Safari\//],
];
const SYSTEMS: readonly [name: string, pattern: RegExp][] = [
  ['Android', /Android/],
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Windows', /Windows/],
  ['Mac', /Macintosh/],
  ['Linux', /Linux/],
];

/** What the browser calls itself, in two words where they are known. */
function browserOf(userAgent: string | null | undefined): string {
  const nameIn = (list: typeof BROWSERS): string | undefined =>
    list.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0];
  const [browser, system] = [nameIn(BROWSERS), nameIn(SYSTEMS)];
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`;
  return userAgent?.slice(0, 60) ?? 'Unknown browser';
}
