import { Toaster as Base } from 'sonner';
import { useTheme } from './theme.ts';

/** Where toasts appear. It shows those too that were made before it was there. */
export function Toaster() {
  const { isDark } = useTheme();
  return <Base theme={isDark ? 'dark' : 'light'} position="bottom-right" closeButton />;
}
