/** Whether a decision comes after another; numbers are decimal strings of any length. */
export function isNewer(seq: string, than: unknown): boolean {
  if (typeof than !== 'string') return true;
  return seq.length === than.length ? seq > than : seq.length > than.length;
}
