import { BellRing, Send } from 'lucide-react';
import { useState } from 'react';
import { usePages } from '../../api/paging.ts';
import { AlertFiringsDocument } from '../../generated/graphql.ts';
import { useWatching } from '../../live/watching.ts';
import { placeOf, useGo } from '../../shell/places.ts';
import { ROLE_NAMES } from '../../shell/roles.ts';
import { useShown } from '../../shell/workspace.ts';
import { formatCredits } from '../../ui/amount.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Drawer, DrawerPart, Fact, Facts } from '../../ui/drawer.tsx';
import { FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { momentText } from '../../ui/time-text.ts';
import { Time } from '../../ui/time.tsx';
import { AlertState } from './columns.tsx';
import { type Alert, conditionText, type Firing, recipientsText, subjectText, valueText } from './conditions.ts';
import type { AlertDeed } from './deeds.tsx';
import { AlertMenu, useAlertDeeds } from './menu.tsx';

interface Props {
  /** The alert that the address names. */
  id: string | undefined;
  /** Those of the workspace; undefined until they are read. */
  alerts: readonly Alert[] | undefined;
  onDeed: ((deed: AlertDeed) => void) | null;
  onClose: () => void;
}

/** One alert, and when it fired. */
export function AlertDrawer({ id, alerts, onDeed, onClose }: Props) {
  const found = alerts?.find((alert) => alert.id === id);
  // What is shown stays while the drawer slides out.
  const [shown, setShown] = useState(found);
  if (found && found !== shown) setShown(found);
  const alert = id === undefined || found ? shown : undefined;
  return (
    <Drawer
      isOpen={id !== undefined}
      onClose={onClose}
      title={alert?.name ?? 'Alert'}
      description={alert && `${conditionText(alert)}.`}
    >
      {alert ? (
        <Detail key={alert.id} alert={alert} onDeed={onDeed} />
      ) : alerts ? (
        <p className="text-muted-foreground">There is no such alert in this workspace.</p>
      ) : (
        <SkeletonRows count={4} />
      )}
    </Drawer>
  );
}

function Detail({ alert, onDeed }: { alert: Alert; onDeed: Props['onDeed'] }) {
  const { runTest, isTesting } = useAlertDeeds(alert);
  return (
    <>
      <Facts>
        <Fact name="State">
          <AlertState alert={alert} />
        </Fact>
        <Fact name="Told to">{recipientsText(alert, ROLE_NAMES)}</Fact>
        <Fact name="Created">{momentText(alert.createdAt)}</Fact>
      </Facts>
      {onDeed && (
        <div className="flex items-center gap-1.5">
          <Button variant="outline" isBusy={isTesting} onClick={() => void runTest()}>
            <Send aria-hidden /> Test it
          </Button>
          <AlertMenu alert={alert} onDeed={onDeed} />
        </div>
      )}
      <DrawerPart title="When it fired">
        <History alert={alert} />
      </DrawerPart>
    </>
  );
}

function History({ alert }: { alert: Alert }) {
  const pages = usePages(
    AlertFiringsDocument,
    { alertId: alert.id },
    {
      pick: ({ node }) => (node && 'firings' in node ? node.firings : undefined),
      keyOf: ({ firedAt, isTest, apiKey, capPeriod }: Firing) => [firedAt, isTest, apiKey?.id, capPeriod].join(' '),
    },
  );
  useWatching(pages.again);
  if (pages.fault) return <FaultNote fault={pages.fault} again={pages.again} />;
  if (!pages.rows) return <SkeletonRows count={3} />;
  if (pages.rows.length === 0) {
    return (
      <p className="flex items-center gap-2 text-muted-foreground">
        <BellRing className="size-4" aria-hidden /> It has not fired yet.
      </p>
    );
  }
  return (
    <>
      <ol className="grid gap-2" aria-label="Firings, the last one first">
        {pages.rows.map((firing) => (
          <FiringItem
            key={[firing.firedAt, firing.apiKey?.id, firing.capPeriod].join(' ')}
            alert={alert}
            firing={firing}
          />
        ))}
      </ol>
      {pages.more && (
        <Button variant="outline" className="justify-self-center" onClick={pages.more}>
          Show more
        </Button>
      )}
    </>
  );
}

function FiringItem({ alert: { condition }, firing }: { alert: Alert; firing: Firing }) {
  const { workspace } = useShown();
  const go = useGo();
  const { firedAt, clearedAt, value, threshold, isTest, isMailing, mailError, seq } = firing;
  const subject = subjectText(firing);
  return (
    <li className="grid gap-1 rounded-md border px-3 py-2">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span title={momentText(firedAt)}>
          <Time at={firedAt} />
        </span>
        {isTest ? (
          <Badge>Test</Badge>
        ) : clearedAt == null ? (
          <Badge tone="bad">Firing</Badge>
        ) : (
          <span className="text-xs text-muted-foreground">
            over <Time at={clearedAt} />
          </span>
        )}
        {isMailing && <Badge>Mail is to be sent</Badge>}
      </span>
      {!isTest && (
        <span>
          It was {valueText(condition, value)}, with a threshold of {valueText(condition, threshold)}
          {seq != null && (
            <>
              {', by '}
              <Button
                variant="link"
                size="inline"
                onClick={() => go(placeOf(workspace.slug, 'ledger'), { entry: seq })}
              >
                decision {formatCredits(seq)}
              </Button>
            </>
          )}
          .
        </span>
      )}
      {subject !== null && <span className="text-xs text-muted-foreground">{subject}</span>}
      {mailError != null && <span className="text-xs break-words text-destructive">Mail: {mailError}</span>}
    </li>
  );
}
