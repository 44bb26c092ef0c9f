import { Plug } from 'lucide-react';
import { useState } from 'react';
import { useAddress } from '../api/address.ts';
import { useReading } from '../api/reading.ts';
import { IntegrationsDocument } from '../generated/graphql.ts';
import { useWatching } from '../live/watching.ts';
import { placeOf, useGo } from '../shell/places.ts';
import { useShown } from '../shell/workspace.ts';
import { Card } from '../ui/card.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, FaultNote, SkeletonRows } from '../ui/states.tsx';
import { IntegrationCard, ProviderCard } from './integrations/cards.tsx';
import { ConnectDialog } from './integrations/connect.tsx';
import { type IntegrationDeed, IntegrationDialogs } from './integrations/deeds.tsx';

const PAGE_SIZE = 100;

/** The services that are told what happens, and those that could be. */
export function IntegrationsPage() {
  const { workspace, can } = useShown();
  const [{ connect }] = useAddress();
  const go = useGo();
  const [deed, setDeed] = useState<IntegrationDeed | null>(null);
  const reading = useReading(IntegrationsDocument, { workspaceId: workspace.id, first: PAGE_SIZE, after: null });
  useWatching(reading.again);
  const here = placeOf(workspace.slug, 'integrations');
  const mayWrite = can('integrations:write');
  const kinds = reading.data?.integrationProviders;
  const connected = reading.data?.workspace?.integrations.edges.map(({ node }) => node);
  const chosen = mayWrite ? kinds?.find(({ provider }) => provider === connect) : undefined;
  return (
    <Page
      title="Integrations"
      about="Slack, mail and others are told what happens here, in messages that people read."
      workspaceName={workspace.name}
    >
      {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
      {!connected && !reading.fault && (
        <Card>
          <SkeletonRows count={3} />
        </Card>
      )}
      {connected && connected.length > 0 && (
        <ul className="grid gap-3 lg:grid-cols-2" aria-label="Connected">
          {connected.map((integration) => (
            <IntegrationCard
              key={integration.id}
              integration={integration}
              kind={kinds?.find(({ provider }) => provider === integration.provider)}
              onDeed={mayWrite ? setDeed : null}
            />
          ))}
        </ul>
      )}
      {connected?.length === 0 && !mayWrite && (
        <Card>
          <EmptyState icon={Plug} title="Nothing is connected yet">
            What is connected here is told of the balance, the keys and the alerts. Members connect it.
          </EmptyState>
        </Card>
      )}
      {mayWrite && kinds && (
        <section className="grid gap-3" aria-labelledby="connect">
          <h2 id="connect" className="font-semibold">
            {connected?.length === 0 ? 'Nothing is connected yet: begin with one of these' : 'Connect another'}
          </h2>
          <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
            {kinds.map((kind) => (
              <ProviderCard key={kind.provider} kind={kind} onConnect={() => go(here, { connect: kind.provider })} />
            ))}
          </ul>
        </section>
      )}
      {chosen && <ConnectDialog kind={chosen} onClose={() => go(here)} />}
      <IntegrationDialogs deed={deed} onClose={() => setDeed(null)} />
    </Page>
  );
}
