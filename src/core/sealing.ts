/** Keeps secrets at rest: what the database holds of them is of no use without the operator's key. */
export interface Sealer {
  /** Names the key that seals now; says nothing about it. */
  readonly keyId: string;
  /** Of every key that still opens, the one that seals now included. */
  readonly knownKeyIds: readonly string[];
  /** @param purpose What the value is, with the id of the row that holds it: opened for anything else it is refused. */
  seal(text: string, purpose: string): Uint8Array<ArrayBuffer>;
  /** @throws SealBroken when its key is not known, when it was changed, or when it was sealed for another purpose. */
  open(sealed: Uint8Array, purpose: string): string;
  /** Which key a value was sealed with; null when it is no sealed value. */
  keyIdOf(sealed: Uint8Array): string | null;
}
/** A stored secret that cannot be opened. Its message names the key, never the secret. */
export class SealBroken extends Error {
  override name = 'SealBroken';
}
