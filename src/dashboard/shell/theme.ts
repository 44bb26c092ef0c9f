import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The script in index.html reads the same name before the first paint. */
const NAME = 'theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function read(): Theme {
  try {
    const stored = localStorage.getItem(NAME);
    return THEMES.find((theme) => theme === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

let theme = read();

function apply(): void {
  document.documentElement.classList.toggle('dark', isDark());
  for (const listener of listeners) listener();
}

function isDark(): boolean {
  return theme === 'dark' || (theme === 'system' && prefersDark.matches);
}

export function setTheme(next: Theme): void {
  theme = next;
  try {
    if (next === 'system') localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, next);
  } catch {
    // It holds for this page, then.
  }
  apply();
}

prefersDark.addEventListener('change', apply);
addEventListener('storage', ({ key }) => {
  if (key !== NAME) return;
  theme = read();
  apply();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useTheme(): { theme: Theme; isDark: boolean } {
  return { theme: useSyncExternalStore(subscribe, () => theme), isDark: useSyncExternalStore(subscribe, isDark) };
}
