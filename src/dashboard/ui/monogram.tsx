/** The first letter in a tint of its own, the same every time. */
export function Monogram({ name }: { name: string }) {
  const hue = Array.from(name).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return (
    <span
      aria-hidden
      className="grid size-5 shrink-0 place-items-center rounded text-[11px] font-semibold text-white"
      style={{ backgroundColor: `hsl(${hue} 42% 36%)` }}
    >
      {(Array.from(name.trim())[0] ?? '?').toUpperCase()}
    </span>
  );
}
