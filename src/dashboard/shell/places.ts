import { useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { useCallback } from 'react';
import { HOME } from './home.ts';

const LAST_WORKSPACE = 'workspace';

/** The address of a page of a workspace. */
export function placeOf(slug: string, page = HOME): string {
  return `/w/${slug}/${page}`;
}

/** The page of a workspace that an address names, if it does. */
export function pageIn(address: string): string | undefined {
  const [, , , page] = address.split('/');
  return page;
}

/** The page of the address, whatever the workspace: switching the one keeps the other. */
export function usePagePath(): string {
  return pageIn(useLocation({ select: ({ pathname }) => pathname })) ?? HOME;
}

/** A named part of the address; empty where it has none. */
export function useParam(name: 'slug' | 'token'): string {
  const params: unknown = useParams({ strict: false });
  return (params as Record<string, string | undefined>)[name] ?? '';
}

export function useGo(): (place: string, search?: Record<string, unknown>) => void {
  const navigate = useNavigate();
  return useCallback((to, search = {}) => void navigate({ to, search } as never), [navigate]);
}

export function rememberWorkspace(slug: string): void {
  try {
    localStorage.setItem(LAST_WORKSPACE, slug);
  } catch {
    // A browser that keeps nothing opens the oldest workspace.
  }
}

export function rememberedWorkspace(): string | null {
  try {
    return localStorage.getItem(LAST_WORKSPACE);
  } catch {
    return null;
  }
}

/** Where to go after signing in; only a path of ours, whatever the address claims. */
export function safePlace(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}

/** A fresh page for a fresh person: nothing that was cached for the one before is left. */
export function leaveTo(place: string): void {
  location.assign(place);
}

export function leaveToSignIn(): void {
  const here = `${location.pathname}${location.search}`;
  leaveTo(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`);
}
