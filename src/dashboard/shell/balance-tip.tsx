import type { ReactElement } from 'react';
import { CONNECTION_NAMES, useConnection } from '../live/balance-feed.ts';
import { useBalance } from '../live/balances.ts';
import { formatCredits } from '../ui/amount.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { useShown } from './workspace.ts';

/** The balance with all its places, for whoever points at it. */
export function BalanceTip({ trigger }: { trigger: ReactElement }) {
  return <Tooltip tip={<Explained />}>{trigger}</Tooltip>;
}

function Explained() {
  const { workspace } = useShown();
  const { available, held, total } = useBalance(workspace.id) ?? workspace.balance;
  const connection = useConnection();
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
      <dd>{CONNECTION_NAMES[connection]}</dd>
    </dl>
  );
}
