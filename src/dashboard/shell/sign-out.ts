import { postSignIn } from '../api/sign-in.ts';
import { leaveTo } from './places.ts';

export async function signOut(): Promise<void> {
  await postSignIn('sign-out', {});
  leaveTo('/sign-in');
}
