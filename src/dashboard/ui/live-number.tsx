import { lazy, Suspense } from 'react';
import { useIdle } from './idle.ts';

const NumberFlow = lazy(() => import('@number-flow/react'));

/** A number whose digits roll when it changes. What rolls them comes after the first look, for which it stands still. */
export function LiveNumber({ value, digits }: { value: number; digits: number }) {
  const isIdle = useIdle();
  // Of the height that NumberFlow has, so that nothing moves.
  const still = (
    <span className="inline-block py-[calc(2*round(nearest,0.125em,1px))] leading-none">
      {value.toLocaleString('en', { maximumFractionDigits: digits })}
    </span>
  );
  if (!isIdle) return still;
  return (
    <Suspense fallback={still}>
      <NumberFlow value={value} format={{ maximumFractionDigits: digits }} locales="en" />
    </Suspense>
  );
}
