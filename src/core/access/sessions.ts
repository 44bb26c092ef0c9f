/** A signed-in browser, as the sign-in library vouches for it. */
export interface SignedIn {
  userId: string;
  sessionId: string;
}

/** The port to whatever keeps the sessions. */
export interface Sessions {
  /** The session a Cookie header carries, or null when it is absent, forged or over. */
  find(cookie: string): Promise<SignedIn | null>;
}
