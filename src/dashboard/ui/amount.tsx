import { classes } from './classes.ts';
import { roundCredits } from './micro.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Groups the digits of a decimal string without ever making a float of it. */
export function formatCredits(text: string): string {
  const [integer = '0', fraction] = text.split('.');
  const grouped = whole.format(BigInt(integer));
  const sign = integer.startsWith('-') && grouped === '0' ? '-' : '';
  return fraction === undefined ? `${sign}${grouped}` : `${sign}${grouped}.${fraction}`;
}

/** An amount of credits, in digits of one width so that columns line up. */
export function Amount({ credits, className }: { credits: string; className?: string }) {
  return <span className={classes('amount whitespace-nowrap', className)}>{formatCredits(credits)}</span>;
}

/** An amount at a glance: two places, and the whole of it for whoever points at it. */
export function Glance({ credits }: { credits: string }) {
  return (
    <span className="amount" title={`${formatCredits(credits)} credits`} data-credits={credits}>
      {formatCredits(roundCredits(credits, 2))}
    </span>
  );
}

/** How much of one amount another one is, 0 to 1; only for bars. */
export function shareOf(part: string, total: string): number {
  const of = Number(total);
  return of > 0 ? Math.min(Math.max(Number(part) / of, 0), 1) : 0;
}
