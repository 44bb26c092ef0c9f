import type { Search } from '../../api/address.ts';
import { useReading } from '../../api/reading.ts';
import { LedgerEntryDocument } from '../../generated/graphql.ts';
import { useShown } from '../../shell/workspace.ts';
import { Amount, formatCredits } from '../../ui/amount.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Drawer, DrawerPart, Fact, Facts, Json } from '../../ui/drawer.tsx';
import { FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { latencyText, momentText } from '../../ui/time-text.ts';
import { Time } from '../../ui/time.tsx';
import { ACTORS } from '../audit-log/events.ts';
import { GRANT_NAMES } from '../billing/grants.tsx';
import { OutcomeBadge } from '../calls/columns.tsx';
import { type Entry, entryName } from './kinds.ts';
import { Price } from './price.tsx';

interface Props {
  search: Search;
  onChange: (patch: Search) => void;
}

/** The decision that the address names by its number: what it was, why it cost what it cost, and who paid. */
export function EntryDrawer({ search, onChange }: Props) {
  const { workspace } = useShown();
  const seq = /^[1-9]\d{0,17}$/.test(search['entry'] ?? '') ? (search['entry'] ?? '') : '';
  const reading = useReading(LedgerEntryDocument, { workspaceId: workspace.id, seq }, { isPaused: seq === '' });
  const found = reading.data?.workspace?.ledgerEntry;
  const entry = found?.seq === seq ? found : undefined;
  const link = `${location.origin}${location.pathname}?entry=${seq}`;
  return (
    <Drawer
      isOpen={seq !== ''}
      onClose={() => onChange({ entry: undefined })}
      title={entry ? entryName(entry) : `Decision ${formatCredits(seq || '0')}`}
      description={
        <span className="flex flex-wrap items-center gap-x-2">
          Decision <span className="amount">{formatCredits(seq || '0')}</span> of this workspace
          <CopyButton text={link} label="Copy a link to it" />
        </span>
      }
    >
      {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
      {entry ? (
        <Detail entry={entry} onFollow={(ref) => onChange({ entry: ref })} />
      ) : found === null ? (
        <p className="text-muted-foreground">There is no decision of this number.</p>
      ) : (
        !reading.fault && <SkeletonRows count={4} />
      )}
    </Drawer>
  );
}

function Detail({ entry, onFollow }: { entry: Entry; onFollow: (seq: string) => void }) {
  const { usageEntry, refSeq, reason, createdAt, outcome } = entry;
  return (
    <>
      <Facts>
        <Fact name="Decided">
          {momentText(createdAt)}{' '}
          <span className="text-muted-foreground">
            (<Time at={createdAt} />)
          </span>
        </Fact>
        <Fact name="Outcome">
          <OutcomeBadge outcome={outcome} />
        </Fact>
        {reason != null && <Fact name="Reason">{reason}</Fact>}
        {refSeq != null && (
          <Fact name="Follows from">
            <button
              type="button"
              className="amount text-accent underline-offset-4 hover:underline"
              onClick={() => onFollow(refSeq)}
            >
              Decision {formatCredits(refSeq)}
            </button>
          </Fact>
        )}
      </Facts>
      {usageEntry && <Price call={usageEntry} />}
      <Draws entry={entry} />
      <Balance entry={entry} />
      {usageEntry ? <CallFacts call={usageEntry} /> : <Actor entry={entry} />}
    </>
  );
}

function Draws({ entry: { draws } }: { entry: Entry }) {
  if (draws.length === 0) return null;
  return (
    <DrawerPart title="Grants whose credits it moved">
      <ul className="grid gap-1.5">
        {draws.map(({ credits, grant }) => (
          <li key={grant.id} className="flex items-baseline justify-between gap-4">
            <span className="min-w-0">
              {GRANT_NAMES[grant.source]}
              {grant.source !== 'ALLOWANCE' && grant.reason != null && (
                <span className="text-muted-foreground"> · {grant.reason}</span>
              )}
              {grant.expiresAt != null && (
                <span className="text-xs text-muted-foreground">
                  {' '}
                  · expires <Time at={grant.expiresAt} />
                </span>
              )}
            </span>
            <Amount credits={credits} />
          </li>
        ))}
      </ul>
    </DrawerPart>
  );
}

function Balance({ entry }: { entry: Entry }) {
  const { availableBefore, availableAfter, heldBefore, heldAfter } = entry;
  return (
    <DrawerPart title="Balance, before and after">
      <Facts>
        <Fact name="Available">
          <Amount credits={availableBefore} className="text-muted-foreground" /> → <Amount credits={availableAfter} />
        </Fact>
        {(heldBefore !== '0' || heldAfter !== '0') && (
          <Fact name="Held">
            <Amount credits={heldBefore} className="text-muted-foreground" /> → <Amount credits={heldAfter} />
          </Fact>
        )}
      </Facts>
    </DrawerPart>
  );
}

function CallFacts({ call }: { call: NonNullable<Entry['usageEntry']> }) {
  const { apiKey, latencyMs, tag, environment, metadata, id } = call;
  return (
    <>
      <DrawerPart title="The call">
        <Facts>
          {apiKey && (
            <Fact name="API key">
              {apiKey.name}{' '}
              <code className="font-mono text-xs text-muted-foreground">
                {apiKey.prefix}…{apiKey.lastFour}
              </code>
            </Fact>
          )}
          <Fact name="Environment">{environment === 'TEST' ? 'Test' : 'Live'}</Fact>
          {latencyMs != null && <Fact name="Took">{latencyText(latencyMs)}</Fact>}
          {tag != null && <Fact name="Label">{tag}</Fact>}
          <Fact name="Id">
            <span className="inline-flex items-center gap-1">
              <code className="font-mono text-xs break-all">{id}</code>
              <CopyButton text={id} label="Copy the id" />
            </span>
          </Fact>
        </Facts>
      </DrawerPart>
      {metadata != null && Object.keys(metadata).length > 0 && (
        <DrawerPart title="Metadata">
          <Json value={metadata} label="Metadata" />
        </DrawerPart>
      )}
    </>
  );
}

function Actor({ entry: { actorKind, actorId } }: { entry: Entry }) {
  return (
    <DrawerPart title="Decided by">
      <Facts>
        <Fact name={ACTORS[actorKind]}>{actorId != null && <code className="font-mono text-xs">{actorId}</code>}</Fact>
      </Facts>
    </DrawerPart>
  );
}
