import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction } from '../api/acting.ts';
import { useReading } from '../api/reading.ts';
import { AcceptInvitationDocument, ViewerDocument } from '../generated/graphql.ts';
import { leaveTo, placeOf, useParam } from '../shell/places.ts';
import { signOut } from '../shell/sign-out.ts';
import { Button, buttonVariants } from '../ui/button.tsx';
import { FormFault, FormPage } from '../ui/form-page.tsx';
import { FaultNote } from '../ui/states.tsx';

/** Where the link in an invitation's mail leads. Only who signs in with the invited address can accept. */
export function InvitationPage() {
  const token = useParam('token');
  const { data, fault, again } = useReading(ViewerDocument, {});
  const [accept, isRunning] = useAction(AcceptInvitationDocument);
  const [refusal, setRefusal] = useState<string>();
  if (fault) return <FaultNote fault={fault} again={again} className="m-6" />;
  if (!data) return null;
  const { viewer } = data;
  if (!viewer) return <Stranger token={token} />;
  const run = async (): Promise<void> => {
    const outcome = await accept({ input: { token } });
    if (outcome.payload) leaveTo(outcome.payload.workspace ? placeOf(outcome.payload.workspace.slug) : '/');
    else setRefusal(outcome.refusal?.message);
  };
  return (
    <FormPage title="You are invited" about="Join the workspace that the mail names.">
      <p>
        Signed in as <strong className="font-medium">{viewer.email}</strong>. Only the address that the mail went to can
        accept.
      </p>
      <FormFault sentence={refusal} />
      <Button size="lg" isBusy={isRunning} onClick={() => void run()}>
        Accept the invitation
      </Button>
      <Button variant="link" size="inline" onClick={() => void signOut()}>
        Use another account
      </Button>
    </FormPage>
  );
}

function Stranger({ token }: { token: string }) {
  const search = { next: `/invitations/${token}` };
  return (
    <FormPage
      title="You are invited"
      about="Sign in with the address that the mail went to, or create an account with it."
    >
      <Link to="/sign-up" search={search} className={buttonVariants({ size: 'lg' })}>
        Create an account
      </Link>
      <Link to="/sign-in" search={search} className={buttonVariants({ size: 'lg', variant: 'outline' })}>
        Sign in
      </Link>
    </FormPage>
  );
}
