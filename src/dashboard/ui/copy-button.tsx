import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';

const TOLD_MS = 1_500;

/** Also where the page is served without TLS, which has no clipboard interface. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('readonly', '');
    const place = document.activeElement?.closest('[role="dialog"]') ?? document.body;
    place.append(area);
    area.select();
    // oxlint-disable-next-line typescript/no-deprecated -- the only way on a page without TLS
    const isDone = document.execCommand('copy');
    area.remove();
    return isDone;
  }
}

interface Props {
  text: string;
  /** What it copies, for those who do not see the icon. */
  label: string;
  /** Shown beside the icon. */
  children?: string;
  onCopied?: () => void;
}

export function CopyButton({ text, label, children, onCopied }: Props) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), TOLD_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const onClick = async (): Promise<void> => {
    if (!(await copyText(text))) return;
    setCopied(true);
    onCopied?.();
  };
  return (
    <Button
      variant={children === undefined ? 'ghost' : 'outline'}
      size={children === undefined ? 'icon' : 'default'}
      className={children === undefined ? 'size-7 text-muted-foreground' : ''}
      aria-label={label}
      title={children === undefined ? label : undefined}
      onClick={() => void onClick()}
    >
      {isCopied ? <Check className="text-accent" aria-hidden /> : <Copy aria-hidden />}
      {children !== undefined && (isCopied ? 'Copied' : children)}
      <span role="status" className="sr-only">
        {isCopied ? 'Copied' : ''}
      </span>
    </Button>
  );
}
