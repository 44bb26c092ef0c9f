import { memo } from 'react';

interface Props {
  /** What it shows, in words; left out where the figures stand beside it. */
  label?: string;
  values: readonly string[];
  className?: string;
}

const WIDTH = 96;
const HEIGHT = 24;

function Course({ label, values, className }: Props) {
  const figures = values.map(Number);
  const highest = Math.max(...figures, 0);
  const x = (index: number): number => (figures.length > 1 ? (index / (figures.length - 1)) * WIDTH : WIDTH);
  const y = (figure: number): number => HEIGHT - 1 - (highest > 0 ? (figure / highest) * (HEIGHT - 3) : 0);
  const points = figures.map((figure, index) => `${x(index).toFixed(1)},${y(figure).toFixed(1)}`).join(' ');
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={className ?? 'h-6 w-24 text-accent'}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      <polygon points={`0,${HEIGHT} ${points} ${WIDTH},${HEIGHT}`} fill="currentColor" opacity="0.12" />
      <polyline
        points={points}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** The course of something, without axes: beside a figure, never instead of one. Of many that are read again at a call, few have changed. */
export const Sparkline = memo(
  Course,
  (one, other) =>
    one.label === other.label &&
    one.className === other.className &&
    one.values.length === other.values.length &&
    one.values.every((value, index) => value === other.values[index]),
);
