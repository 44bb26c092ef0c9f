import { Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { bytesOf, hexOf, prettyJson, sizeText } from './payload-text.ts';
import { Segments } from './segments.tsx';

/** So much is drawn; all of it can be saved. */
const TEXT_SHOWN = 60_000;
const BYTES_SHOWN = 4_096;

type Form = 'pretty' | 'text' | 'hex';
const FORM_NAMES: Record<Form, string> = { pretty: 'Pretty', text: 'As it came', hex: 'Hex' };

interface Props {
  /** What it is, for screen readers. */
  label: string;
  /** Null where it is no text. */
  text: string | null;
  /** The very bytes; left out where the text is all there is. */
  base64?: string;
  fileName: string;
}

/** What was sent: as JSON that can be read, as the text that it is, or byte by byte. */
export function Payload({ label, text, base64, fileName }: Props) {
  const bytes = useMemo(
    () => (base64 === undefined ? new TextEncoder().encode(text ?? '') : bytesOf(base64)),
    [text, base64],
  );
  const pretty = useMemo(() => (text === null ? null : prettyJson(text, TEXT_SHOWN)), [text]);
  const forms: Form[] = [
    ...(pretty === null ? [] : (['pretty'] as const)),
    ...(text === null ? [] : (['text'] as const)),
    ...(base64 === undefined ? [] : (['hex'] as const)),
  ];
  const [chosen, setChosen] = useState<Form | null>(null);
  const form = chosen !== null && forms.includes(chosen) ? chosen : (forms[0] ?? 'text');
  const whole = form === 'hex' ? hexOf(bytes.subarray(0, BYTES_SHOWN)) : ((form === 'pretty' ? pretty : text) ?? '');
  const isCut = form === 'hex' ? bytes.length > BYTES_SHOWN : whole.length > TEXT_SHOWN;
  if (bytes.length === 0) return <p className="text-muted-foreground">Nothing: it is empty.</p>;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {forms.length > 1 && (
          <Segments
            label={`How to show: ${label}`}
            options={forms.map((value) => ({ value, text: FORM_NAMES[value] }))}
            value={form}
            onChange={setChosen}
          />
        )}
        <span className="ml-auto inline-flex items-center gap-1 text-xs text-muted-foreground">
          {sizeText(bytes.length)}
          {text !== null && <CopyButton text={text} label={`Copy: ${label}`} />}
          <SaveButton bytes={bytes} fileName={fileName} label={`Save: ${label}`} />
        </span>
      </div>
      <pre
        tabIndex={0}
        aria-label={label}
        data-slot="payload"
        className="max-h-96 overflow-auto rounded-md border bg-muted p-3 font-mono text-xs leading-relaxed"
      >
        {whole.slice(0, TEXT_SHOWN)}
      </pre>
      {isCut && <p className="text-xs text-muted-foreground">Only the beginning is shown. Save it to see all.</p>}
    </div>
  );
}

function SaveButton({ bytes, fileName, label }: { bytes: Uint8Array<ArrayBuffer>; fileName: string; label: string }) {
  const save = (): void => {
    // Never a type that a browser would open: anybody may have sent it.
    const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Button
      variant="ghost"
      size="icon"
      className="size-7 text-muted-foreground"
      aria-label={label}
      title={label}
      onClick={save}
    >
      <Download aria-hidden />
    </Button>
  );
}
