import type UPlot from 'uplot';
import { bucketAt, type ChartData, endOf, SERIES_MAX } from './model.ts';

export interface Colors {
  /** By number; the rest's is the last one. */
  series: string[];
  card: string;
  text: string;
  line: string;
}

/** The colors of the theme, as the style sheet says them. */
export function colorsOf(place: Element): Colors {
  const style = getComputedStyle(place);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    series: Array.from({ length: SERIES_MAX }, (_, number) => read(`--chart-${number}`)),
    card: read('--card'),
    text: read('--muted-foreground'),
    line: read('--border'),
  };
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A bucket's column in the pixels of the canvas. */
function columnOf(u: UPlot, data: ChartData, index: number): Box {
  const left = u.valToPos((data.starts[index] ?? 0) / 1_000, 'x', true);
  const right = u.valToPos(endOf(data, index) / 1_000, 'x', true);
  return { left, top: u.bbox.top, width: right - left, height: u.bbox.height };
}

function hatch({ ctx }: UPlot, { left, top, width, height }: Box, { color, step }: { color: string; step: number }) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1, devicePixelRatio);
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += step) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

/** Where nothing could be counted stands a tint, so that it does not look like zero. */
export function paintGaps(u: UPlot, data: ChartData, { line }: Colors): void {
  for (const [index, value] of data.total.entries()) {
    if (value !== null) continue;
    const { left, top, width, height } = columnOf(u, data, index);
    u.ctx.save();
    u.ctx.globalAlpha = 0.45;
    u.ctx.fillStyle = line;
    u.ctx.fillRect(left, top, Math.ceil(width), height);
    u.ctx.restore();
  }
}

/** A bucket of zero has a mark on the ground line. */
export function paintZeroes(u: UPlot, data: ChartData, { text }: Colors): void {
  const ratio = devicePixelRatio;
  u.ctx.save();
  u.ctx.globalAlpha = 0.5;
  u.ctx.fillStyle = text;
  for (const [index, value] of data.total.entries()) {
    if (value === null || Number(value) !== 0) continue;
    const { left, top, width, height } = columnOf(u, data, index);
    u.ctx.fillRect(left + width * 0.07, top + height - 1.5 * ratio, Math.max(width * 0.72, ratio), 1.5 * ratio);
  }
  u.ctx.restore();
}

/** Over the bucket that is still filling lie stripes. */
export function paintUnfinished(u: UPlot, data: ChartData, { card }: Colors): void {
  const index = bucketAt(data, data.now);
  if (index >= 0) hatch(u, columnOf(u, data, index), { color: card, step: 6 * devicePixelRatio });
}
