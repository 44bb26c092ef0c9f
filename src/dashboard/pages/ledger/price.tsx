import { Amount, formatCredits } from '../../ui/amount.tsx';
import { DrawerPart, Fact, Facts } from '../../ui/drawer.tsx';
import { isSameAmount } from '../../ui/micro.ts';
import type { Entry } from './kinds.ts';

type Call = NonNullable<Entry['usageEntry']>;

/** Why it cost that: units and base price, the discount, the one rounding, and what was charged of it. */
export function Price({ call }: { call: Call }) {
  const { basePrice, units, discountPercent, exactPrice, price, credits } = call;
  const waiver = isSameAmount(price, credits) ? null : waiverOf(call);
  return (
    <DrawerPart title="Price">
      <Facts>
        {basePrice == null ? (
          <Fact name="Named by the caller, final">
            <Amount credits={price} />
          </Fact>
        ) : (
          <>
            <Fact name={`${formatCredits(units ?? '1')} ${units === '1' ? 'unit' : 'units'} at`}>
              <Amount credits={basePrice} />
            </Fact>
            {discountPercent > 0 && <Fact name="Discount of the plan">{discountPercent} % off</Fact>}
            {!isSameAmount(exactPrice, price) && (
              <>
                <Fact name="Comes to">
                  <span className="amount">{exactPrice}</span>
                </Fact>
                <Fact name="Rounded half up to 6 places">
                  <Amount credits={price} />
                </Fact>
              </>
            )}
            {isSameAmount(exactPrice, price) && (
              <Fact name="Price">
                <Amount credits={price} />
              </Fact>
            )}
          </>
        )}
        {waiver !== null && <Fact name={waiver}>not charged</Fact>}
        <div className="mt-1 border-t pt-2">
          <Fact name={<span className="font-medium text-foreground">Charged</span>}>
            <Amount credits={credits} className="font-semibold" />
          </Fact>
        </div>
      </Facts>
    </DrawerPart>
  );
}

function waiverOf({ outcome, declineReason, environment }: Call): string | null {
  if (outcome === 'FAILED') return 'Calls that fail cost nothing';
  if (outcome === 'DECLINED') {
    return declineReason === 'KEY_LIMIT_EXCEEDED'
      ? 'Declined: it would have broken a cap of the key'
      : 'Declined: the balance did not cover it';
  }
  return environment === 'TEST' ? 'Test keys cost nothing' : null;
}
