const READER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The bytes as text, or null where they are none: not UTF-8, or with a NUL, as what is compressed mostly is. Nothing is
 * ever unpacked: what is small on the way may be without end inside.
 */
export function textOf(body: Uint8Array): string | null {
  try {
    const text = READER.decode(body);
    return text.includes('\0') ? null : text;
  } catch {
    // The decoder throws for every byte that is not UTF-8.
    return null;
  }
}
