import { useEffect, useState } from 'react';
import { useAddress } from '../../api/address.ts';
import { postSignIn, readOffers } from '../../api/sign-in.ts';
import { leaveTo } from '../../shell/places.ts';
import { Button } from '../../ui/button.tsx';
import { FormFault } from '../../ui/form-page.tsx';

/** Why GitHub's answer opened nothing; its reasons come back in the address. */
const SENTENCES: Record<string, string> = {
  access_denied: 'You did not let GitHub tell us who you are.',
  unable_to_get_user_info: 'GitHub has not confirmed your e-mail address: confirm it there, then try again.',
  account_not_linked: 'There is an account of that address already: sign in with its password and confirm the address.',
};

/** The way in by GitHub, below the form; nothing where the server does not offer it. */
export function Github({ place }: { place: string }) {
  const [{ error }] = useAddress();
  const [isOffered, setOffered] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const [sentence, setSentence] = useState<string>();
  useEffect(() => void readOffers().then(({ github }) => setOffered(github)), []);
  if (!isOffered) return null;
  const leave = async (): Promise<void> => {
    setLeaving(true);
    const form = { provider: 'github', callbackURL: place, errorCallbackURL: '/sign-in' };
    const answer = await postSignIn('sign-in/social', form);
    if (answer.ok) return leaveTo(String(answer.body['url']));
    setLeaving(false);
    setSentence(answer.sentence);
  };
  const refused = error === undefined ? undefined : (SENTENCES[error] ?? 'Signing in with GitHub did not work.');
  return (
    <div className="grid gap-4">
      <div className="flex items-center gap-3 text-xs text-muted-foreground before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
        or
      </div>
      <Button variant="outline" size="lg" isBusy={isLeaving} onClick={() => void leave()}>
        <GithubMark /> Continue with GitHub
      </Button>
      <FormFault sentence={sentence ?? refused} />
    </div>
  );
}

function GithubMark() {
  return (
    <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden>
      <path d="M8 0C3.58 0 0 3.58 0 8c0 3.54 2.29 6.53 5.47 7.59.4.07.55-.17.55-.38 0-.19-.01-.82-.01-1.49-2.01.37-2.53-.49-2.69-.94-.09-.23-.48-.94-.82-1.13-.28-.15-.68-.52-.01-.53.63-.01 1.08.58 1.23.82.72 1.21 1.87.87 2.33.66.07-.52.28-.87.51-1.07-1.78-.2-3.64-.89-3.64-3.95 0-.87.31-1.59.82-2.15-.08-.2-.36-1.02.08-2.12 0 0 .67-.21 2.2.82A7.6 7.6 0 0 1 8 3.86c.68 0 1.36.09 2 .27 1.53-1.04 2.2-.82 2.2-.82.44 1.1.16 1.92.08 2.12.51.56.82 1.27.82 2.15 0 3.07-1.87 3.75-3.65 3.95.29.25.54.73.54 1.48 0 1.07-.01 1.93-.01 2.2 0 .21.15.46.55.38A8.01 8.01 0 0 0 16 8c0-4.42-3.58-8-8-8Z" />
    </svg>
  );
}
