import { Tabs } from '@base-ui/react/tabs';
import { buttonVariants } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { samplesOf } from '../api-keys/samples.ts';

/** A first call, to be pasted; the key goes where its name stands. */
export function FirstCall() {
  return (
    <Tabs.Root defaultValue="curl" className="ml-6.5 grid min-w-0 grid-cols-1 gap-2">
      <Tabs.List className="flex gap-1" aria-label="A first call">
        {samplesOf('YOUR_API_KEY').map(({ name }) => (
          <Tabs.Tab
            key={name}
            value={name}
            className={buttonVariants({
              variant: 'ghost',
              size: 'sm',
              className: 'text-muted-foreground data-active:bg-muted data-active:text-foreground',
            })}
          >
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {samplesOf('YOUR_API_KEY').map(({ name, code }) => (
        <Tabs.Panel key={name} value={name} className="relative min-w-0">
          <pre
            tabIndex={0}
            aria-label={`A first call in ${name}`}
            className="max-h-56 overflow-auto rounded-md border bg-muted p-3 pr-12 font-mono text-xs leading-relaxed"
          >
            {code}
          </pre>
          <div className="absolute top-2 right-2">
            <CopyButton text={code} label={`Copy the ${name} code`} />
          </div>
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
