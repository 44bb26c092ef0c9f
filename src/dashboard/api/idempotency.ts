import { useRef } from 'react';

/** `crypto.randomUUID` is missing on pages that are served without TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** One key for as long as the input stays the same: pressing the button again after a lost answer does nothing twice. */
export function useIdempotencyKey(): (input: object) => string {
  const last = useRef<{ input: string; key: string } | null>(null);
  return (input) => {
    const text = JSON.stringify(input);
    if (last.current?.input !== text) last.current = { input: text, key: newKey() };
    return last.current.key;
  };
}
