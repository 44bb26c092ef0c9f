import {
  cloneElement,
  type ComponentProps,
  type ComponentType,
  type ReactElement,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useIdle } from './idle.ts';

interface Props {
  /** The button that opens it. */
  trigger: ReactElement<ComponentProps<'button'>>;
}

/**
 * What opens from a button, and whose code comes apart from the first load: once the page is idle, or as soon as somebody
 * is at the button. Until then the button stands there alone; a press is remembered, and so is the focus.
 *
 * @param popup What assistive technology hears that the button opens; undefined where it opens nothing to go into.
 */
export function lazyOverlay(
  popup: 'menu' | 'dialog' | undefined,
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let Overlay: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  const begin = (): Promise<void> =>
    (loading ??= load().then(
      (loaded) => void (Overlay = loaded),
      // Whoever comes to the button next asks again.
      () => void (loading = undefined),
    ));
  return function LazyOverlay({ trigger }: Props) {
    const [isLoaded, setLoaded] = useState(Overlay !== undefined);
    const button = useRef<HTMLButtonElement>(null);
    const known = useRef({ isPressed: false, hadFocus: false });
    const isIdle = useIdle();
    const ask = (): void => void begin().then(replace);
    const replace = (): void => {
      if (!Overlay || !button.current) return;
      // Replaced while it is held down, it would never hear of the click.
      if (button.current.matches(':active')) return void requestAnimationFrame(replace);
      known.current.hadFocus = button.current === document.activeElement;
      setLoaded(true);
    };
    useEffect(() => {
      if (isIdle && !isLoaded) ask();
    });
    useEffect(() => {
      if (!isLoaded) return;
      if (known.current.hadFocus) button.current?.focus();
      if (known.current.isPressed) button.current?.click();
    }, [isLoaded]);
    if (isLoaded && Overlay) return <Overlay trigger={cloneElement(trigger, { ref: button })} />;
    return cloneElement(trigger, {
      ref: button,
      'aria-haspopup': popup,
      'aria-expanded': popup && false,
      onPointerEnter: ask,
      onFocus: ask,
      onClick: () => {
        known.current.isPressed = true;
        ask();
      },
    });
  };
}
