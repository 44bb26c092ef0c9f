import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

export type Search = Readonly<Record<string, string | undefined>>;

/**
 * What a page shows, kept in its address: links can be shared, a reload changes nothing, and Back undoes a choice. Every
 * value comes as text, whatever the address made of it. Setting one to undefined takes it out.
 */
export function useAddress(): [search: Search, change: (patch: Search) => void] {
  const found: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const here = useLocation({ select: ({ pathname }) => pathname });
  const search = useMemo(() => textsOf(found), [found]);
  const change = useCallback(
    (patch: Search) => {
      const next = Object.entries({ ...search, ...patch }).filter(([, text]) => text !== undefined && text !== '');
      void navigate({ to: here, search: Object.fromEntries(next), resetScroll: false } as never);
    },
    [navigate, here, search],
  );
  return [search, change];
}

function textsOf(found: Record<string, unknown>): Search {
  const texts = Object.entries(found).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(texts.map(([name, value]) => [name, String(value)]));
}
