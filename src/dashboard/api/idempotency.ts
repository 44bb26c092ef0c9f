import { useRef } from 'react';

/** `crypto.randomUUID` is missing on pages that are served without TLS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The same key for the same input: pressing the button again after a lost answer does nothing twice. */
export function useIdempotencyKey(): (input: object) => string {
  const keys = useRef(new Map<string, string>());
  return (input) => {
    const text = JSON.stringify(input);
    const key = keys.current.get(text) ?? newKey();
    keys.current.set(text, key);
    return key;
  };
}
