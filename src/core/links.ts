/** Pages of the dashboard that mails and messages lead to, by their place below the workspace. */
export type LinkedPage = 'overview' | 'alerts' | 'integrations' | 'webhooks';

/** Where a workspace's page is, for those who read of it elsewhere. `publicUrl` is the origin that browsers see. */
export function pageLink(page: LinkedPage, { slug, publicUrl }: { slug: string; publicUrl: string }): string {
  return new URL(`/w/${slug}/${page}`, publicUrl).href;
}
