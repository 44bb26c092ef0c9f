/** The page that a workspace opens with. */
export const HOME = 'overview';
