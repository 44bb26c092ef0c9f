import { BellOff, BellRing, Ellipsis, Pencil, Send, Trash2 } from 'lucide-react';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { MuteAlertDocument, TestAlertDocument } from '../../generated/graphql.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import type { Alert } from './conditions.ts';
import type { AlertDeed } from './deeds.tsx';

/** Everything that can be done with an alert. */
export function AlertMenu({ alert, onDeed }: { alert: Alert; onDeed: (deed: AlertDeed) => void }) {
  const { runTest, endMute } = useAlertDeeds(alert);
  const isMuted = alert.state === 'MUTED';
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={`Actions for ${alert.name}`}>
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      <MenuItem onClick={() => void runTest()}>
        <Send aria-hidden /> Test it
      </MenuItem>
      <MenuItem onClick={() => onDeed({ kind: 'edit', alert })}>
        <Pencil aria-hidden /> Edit
      </MenuItem>
      {isMuted ? (
        <MenuItem onClick={() => void endMute()}>
          <BellRing aria-hidden /> End the mute
        </MenuItem>
      ) : (
        <MenuItem onClick={() => onDeed({ kind: 'mute', alert })}>
          <BellOff aria-hidden /> Mute
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem isDangerous onClick={() => onDeed({ kind: 'delete', alert })}>
        <Trash2 aria-hidden /> Delete
      </MenuItem>
    </Menu>
  );
}

/** What needs no further word. */
export function useAlertDeeds({ id, name }: Alert) {
  const [test, isTesting] = useAction(TestAlertDocument);
  const [mute] = useAction(MuteAlertDocument);
  const runTest = async (): Promise<void> => {
    const { payload, refusal } = await test({ input: { alertId: id } });
    if (refusal) toast.error(refusal.message);
    if (payload) toast.success(`Everyone whom ${name} tells is being told, marked as a test`);
  };
  const endMute = async (): Promise<void> => {
    const { payload, refusal } = await mute({ input: { alertId: id, until: null } });
    if (refusal) toast.error(refusal.message);
    if (payload) toast.success(`${name} is looked at again`);
  };
  return { runTest, isTesting, endMute };
}
