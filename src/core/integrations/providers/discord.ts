import { hookUrl } from '#core/integrations/hook-urls';
import { defineProvider } from '#core/integrations/provider';

const COLOURS = { warning: 0xd97706, news: 0x2563eb };

/** Discord takes text for Markdown: what a name says must not become a link or bold. */
const plain = (text: string): string => text.replaceAll(/[\\`*_~|<>[\]()#]/g, String.raw`\$&`);

export const discord = defineProvider({
  name: 'Discord',
  description: 'Writes into a channel. Make a webhook in the integrations of the channel.',
  settings: {
    webhookUrl: hookUrl(/^((canary|ptb)\.)?discord(app)?\.com$/, 'https://discord.com/api/webhooks/...'),
  },
  format: {
    via: 'HTTP',
    request: ({ webhookUrl }, { title, workspace, link, isWarning, type, occurredAt }) => ({
      url: webhookUrl,
      headers: {},
      body: {
        embeds: [
          {
            title: workspace,
            url: link,
            description: plain(title),
            color: isWarning ? COLOURS.warning : COLOURS.news,
            footer: { text: type },
            timestamp: occurredAt.toISOString(),
          },
        ],
        // A name must not call everybody.
        allowed_mentions: { parse: [] },
      },
    }),
  },
});
