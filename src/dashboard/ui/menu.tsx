import { Menu as Base } from '@base-ui/react/menu';
import type { ComponentProps, ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';

/** A button that opens a list of what can be done. */
export function Menu({ trigger, children }: { trigger: ReactElement; children: ReactNode }) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align="end" className="z-50 outline-none">
          <Base.Popup data-slot="menu" className="floating min-w-44 p-1 outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({
  className,
  isDangerous = false,
  ...rest
}: ComponentProps<typeof Base.Item> & { isDangerous?: boolean }) {
  return (
    <Base.Item
      className={classes(
        'flex items-center gap-2 rounded-sm px-2 py-1.5 outline-none select-none data-disabled:opacity-50 data-highlighted:bg-muted [&_svg]:size-4 [&_svg]:text-muted-foreground',
        isDangerous && 'text-destructive [&_svg]:text-destructive',
        typeof className === 'string' && className,
      )}
      {...rest}
    />
  );
}

export function MenuSeparator() {
  return <hr className="-mx-1 my-1" />;
}
