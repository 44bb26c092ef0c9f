import { CirclePause, CirclePlay, Ellipsis, Pencil, Plus, Send, Unplug } from 'lucide-react';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Fact, Facts } from '../../ui/drawer.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Lasting, Time } from '../../ui/time.tsx';
import type { IntegrationDeed } from './deeds.tsx';
import {
  type Integration,
  integrationName,
  PAUSED_REASONS,
  PROVIDER_ICONS,
  type ProviderKind,
  settingLabel,
} from './integrations.ts';
import { useTest } from './test.ts';

interface Props {
  integration: Integration;
  /** Undefined for a service that this version does not know any more. */
  kind: ProviderKind | undefined;
  /** What its menu can start; null for whoever may only look. */
  onDeed: ((deed: IntegrationDeed) => void) | null;
}

/** A connected service: how it does, and what went wrong last. */
export function IntegrationCard({ integration, kind, onDeed }: Props) {
  const { description, eventTypes, lastSuccessAt, lastFailureAt, lastError, waitingCount, settings } = integration;
  const Icon = kind ? PROVIDER_ICONS[kind.provider] : Unplug;
  return (
    <li>
      <Card className="grid h-full content-start gap-3 p-4">
        <div className="flex items-start gap-3">
          <span className="grid size-9 shrink-0 place-items-center rounded-md bg-muted text-muted-foreground">
            <Icon className="size-4.5" aria-hidden />
          </span>
          <div className="grid min-w-0 flex-1 gap-0.5">
            <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <h2 className="font-medium break-words">{integrationName(integration, kind)}</h2>
              <IntegrationState integration={integration} />
            </span>
            {description !== '' && <span className="text-xs text-muted-foreground">{kind?.name}</span>}
          </div>
          {onDeed && <IntegrationMenu integration={integration} kind={kind} onDeed={onDeed} />}
        </div>
        <Facts>
          {settings.map(({ name, value }) => (
            <Fact key={name} name={settingLabel(name)}>
              {value == null ? (
                <span className="text-muted-foreground">kept secret</span>
              ) : (
                <span className="break-all">{value}</span>
              )}
            </Fact>
          ))}
          <Fact name="Told of">
            {eventTypes.length === 0
              ? 'Alerts that choose it'
              : `${eventTypes.length} ${eventTypes.length === 1 ? 'type' : 'types'} of events`}
          </Fact>
          <Fact name="Last message">{lastSuccessAt == null ? 'None yet' : <Time at={lastSuccessAt} />}</Fact>
          {waitingCount > 0 && <Fact name="Waiting">{waitingCount}</Fact>}
        </Facts>
        {lastError != null && lastFailureAt != null && (
          <p className="rounded-md bg-destructive-soft px-3 py-2 text-[13px] break-words text-destructive">
            <Time at={lastFailureAt} />: {lastError}
          </p>
        )}
      </Card>
    </li>
  );
}

function IntegrationState({ integration }: { integration: Integration }) {
  const { pausedAt, pausedReason, failingSince, lastSuccessAt } = integration;
  if (pausedAt != null) {
    return (
      <Badge tone={pausedReason === 'MEMBER' ? 'warning' : 'bad'}>
        Paused{pausedReason != null && `: ${PAUSED_REASONS[pausedReason]}`}
      </Badge>
    );
  }
  if (failingSince != null) {
    return (
      <Badge tone="bad">
        Failing for <Lasting since={failingSince} />
      </Badge>
    );
  }
  return lastSuccessAt == null ? <Badge>Nothing told yet</Badge> : <Badge tone="good">Connected</Badge>;
}

function IntegrationMenu({ integration, kind, onDeed }: Props & { onDeed: (deed: IntegrationDeed) => void }) {
  const name = integrationName(integration, kind);
  const runTest = useTest(integration, name);
  const isPaused = integration.pausedAt != null;
  const start = (deed: IntegrationDeed['kind']) => () => onDeed({ kind: deed, integration, provider: kind });
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={`Actions for ${name}`}>
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      <MenuItem disabled={isPaused} onClick={() => void runTest()}>
        <Send aria-hidden /> Send a test
      </MenuItem>
      <MenuItem disabled={!kind} onClick={start('edit')}>
        <Pencil aria-hidden /> Edit
      </MenuItem>
      <MenuItem onClick={start(isPaused ? 'resume' : 'pause')}>
        {isPaused ? <CirclePlay aria-hidden /> : <CirclePause aria-hidden />}
        {isPaused ? 'Resume' : 'Pause'}
      </MenuItem>
      <MenuSeparator />
      <MenuItem isDangerous onClick={start('disconnect')}>
        <Unplug aria-hidden /> Disconnect
      </MenuItem>
    </Menu>
  );
}

/** A service that could be connected, and where its settings are found. */
export function ProviderCard({ kind, onConnect }: { kind: ProviderKind; onConnect: () => void }) {
  const Icon = PROVIDER_ICONS[kind.provider];
  return (
    <li>
      <Card className="grid h-full content-between gap-3 p-4">
        <div className="grid gap-1">
          <h3 className="flex items-center gap-2 font-medium">
            <Icon className="size-4 text-muted-foreground" aria-hidden />
            {kind.name}
          </h3>
          <p className="text-[13px] text-pretty text-muted-foreground">{kind.description}</p>
        </div>
        <Button
          variant="outline"
          className="justify-self-start"
          aria-label={`Connect ${kind.name}`}
          onClick={onConnect}
        >
          <Plus aria-hidden /> Connect
        </Button>
      </Card>
    </li>
  );
}
