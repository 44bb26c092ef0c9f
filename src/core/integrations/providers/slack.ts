import { hookUrl } from '#core/integrations/hook-urls';
import { defineProvider } from '#core/integrations/provider';

/** Slack takes text for markup: these three begin it. */
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const slack = defineProvider({
  name: 'Slack',
  description: 'Writes into a channel. Make an incoming webhook for it in the settings of a Slack app.',
  settings: {
    webhookUrl: hookUrl(/^hooks\.slack(-gov)?\.com$/, 'https://hooks.slack.com/services/...'),
  },
  format: {
    via: 'HTTP',
    request: ({ webhookUrl }, { title, workspace, link, isWarning, type, occurredAt }) => {
      const seconds = Math.floor(occurredAt.getTime() / 1_000);
      const when = `<!date^${seconds}^{date_short_pretty} {time}|${occurredAt.toISOString()}>`;
      return {
        url: webhookUrl,
        headers: {},
        body: {
          // What a notification shows.
          text: escape(title),
          blocks: [
            // As plain text, in which a name can be neither bold nor a link.
            {
              type: 'section',
              text: { type: 'plain_text', text: `${isWarning ? ':warning: ' : ''}${title}`, emoji: true },
            },
            {
              type: 'context',
              elements: [{ type: 'mrkdwn', text: `<${link}|${escape(workspace)}> · ${type} · ${when}` }],
            },
          ],
        },
      };
    },
  },
});
