import { hookUrl } from '#core/integrations/hook-urls';
import { defineProvider } from '#core/integrations/provider';

/** A card takes text for Markdown: what a name says must not become a link or bold. */
const plain = (text: string): string => text.replaceAll(/[\\`*_~[\]()#]/g, String.raw`\$&`);

export const teams = defineProvider({
  name: 'Microsoft Teams',
  description: 'Posts a card. Make a workflow "When a Teams webhook request is received" and copy its URL.',
  settings: {
    webhookUrl: hookUrl(
      /\.(logic\.azure\.com|api\.powerplatform\.com|webhook\.office\.com)$/,
      'https://...logic.azure.com/workflows/...',
    ),
  },
  format: {
    via: 'HTTP',
    request: ({ webhookUrl }, { title, workspace, link, isWarning, type, occurredAt }) => ({
      url: webhookUrl,
      headers: {},
      body: {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: {
              $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
              type: 'AdaptiveCard',
              version: '1.4',
              body: [
                { type: 'TextBlock', weight: 'Bolder', text: plain(workspace) },
                { type: 'TextBlock', wrap: true, color: isWarning ? 'Warning' : 'Default', text: plain(title) },
                { type: 'TextBlock', isSubtle: true, size: 'Small', text: `${type} · ${occurredAt.toISOString()}` },
              ],
              actions: [{ type: 'Action.OpenUrl', title: 'Open', url: link }],
            },
          },
        ],
      },
    }),
    // The older connectors answer 200 whatever became of it, and say in words what failed.
    refusal: (body) => (/failed with error/i.test(body) ? body : null),
  },
});
