import NumberFlow from '@number-flow/react';
import { useEffect, useRef, useState } from 'react';
import { useActivityFeed } from '../live/activity-feed.ts';
import { useBalanceFeed, useConnection } from '../live/balance-feed.ts';
import { type BalanceLevel, levelOf, offerBalance, useBalance } from '../live/balances.ts';
import { formatCredits } from '../ui/amount.tsx';
import { classes } from '../ui/classes.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import { useShown } from './workspace.ts';

const ANNOUNCE_MS = 10_000;
const DOTS = {
  CONNECTING: { color: 'bg-muted-foreground', says: 'Connecting' },
  LIVE: { color: 'bg-accent', says: 'Live' },
  RECONNECTING: { color: 'bg-warning animate-pulse', says: 'Reconnecting' },
};

const LEVELS: Record<BalanceLevel, { look: string; says: string }> = {
  EMPTY: { look: 'border-destructive/40 bg-destructive-soft text-destructive', says: 'Nothing is left. ' },
  LOW: { look: 'border-warning/40 bg-warning-soft text-warning', says: 'That is low. ' },
  FINE: { look: '', says: '' },
};

/** The balance in the header: what can be spent now, what is set aside, and whether the number is live. */
export function Balance() {
  const { workspace } = useShown();
  useBalanceFeed(workspace.id);
  useActivityFeed(workspace.id);
  useEffect(() => offerBalance(workspace.id, workspace.balance), [workspace]);
  const { available, held } = useBalance(workspace.id) ?? workspace.balance;
  const { color, says } = DOTS[useConnection()];
  const level = levelOf(available, workspace.lowBalanceThreshold);
  const digits = Math.abs(Number(available)) < 1 ? 6 : 2;
  return (
    <>
      <Tooltip tip={<Explained />}>
        <button
          type="button"
          data-slot="balance"
          data-available={available}
          data-level={level}
          aria-label={`Balance: ${formatCredits(available)} credits available, ${formatCredits(held)} held. ${LEVELS[level].says}${says}.`}
          className={classes('flex h-8 items-center gap-2 rounded-md border px-2.5', LEVELS[level].look)}
        >
          <span className={classes('size-1.5 shrink-0 rounded-full', color)} aria-hidden />
          <span className="amount font-semibold" aria-hidden>
            <NumberFlow value={Number(available)} format={{ maximumFractionDigits: digits }} locales="en" />
          </span>
          <span
            className={classes('hidden text-xs sm:inline', level === 'FINE' && 'text-muted-foreground')}
            aria-hidden
          >
            credits
          </span>
          {held !== '0' && (
            <span
              className={classes(
                'amount hidden border-l border-current/25 pl-2 text-xs md:inline',
                level === 'FINE' && 'text-muted-foreground',
              )}
              aria-hidden
            >
              {formatCredits(held)} held
            </span>
          )}
        </button>
      </Tooltip>
      <Announcement text={`${formatCredits(available)} credits available`} />
    </>
  );
}

/** The balance with all its places, for whoever points at it. */
function Explained() {
  const { workspace } = useShown();
  const { available, held, total } = useBalance(workspace.id) ?? workspace.balance;
  const { says } = DOTS[useConnection()];
  const { lowBalanceThreshold: threshold } = workspace;
  return (
    <dl className="amount grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-right [&_dt]:text-left [&_dt]:text-muted-foreground">
      <dt>Can be spent now</dt>
      <dd>{formatCredits(available)}</dd>
      <dt>Held for running calls</dt>
      <dd>{formatCredits(held)}</dd>
      <dt>Together</dt>
      <dd>{formatCredits(total)}</dd>
      {threshold != null && (
        <>
          <dt>Counts as low below</dt>
          <dd>{formatCredits(threshold)}</dd>
        </>
      )}
      <dt>Connection</dt>
      <dd>{says}</dd>
    </dl>
  );
}

/** Says the balance to screen readers, at most every ten seconds and never first. */
function Announcement({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  const first = useRef(text);
  const saidAt = useRef(0);
  useEffect(() => {
    if (text === first.current) return undefined;
    first.current = '';
    const wait = Math.max(0, saidAt.current + ANNOUNCE_MS - Date.now());
    const timer = setTimeout(() => {
      saidAt.current = Date.now();
      setSaid(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <span aria-live="polite" className="sr-only">
      {said}
    </span>
  );
}
