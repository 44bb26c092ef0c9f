import { defineProvider } from '#core/integrations/provider';

/** Not theirs to set: they belong to the connection, or would say that we are somebody else. */
const OURS =
  /^(host|content-length|content-type|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|user-agent|proxy-.*)$/i;

export const http = defineProvider({
  name: 'HTTP',
  description: 'Posts JSON with a sentence and the data to any URL, with a header of yours to be known by.',
  settings: {
    url: {
      description: 'Where to post to: http or https, a public address.',
      isSecret: false,
      isDestination: true,
      problemOf: (value, outbound) => outbound.problemOf(value),
    },
    headerName: {
      description: 'Name of a header to send along; Authorization if left out.',
      isSecret: false,
      fallback: 'Authorization',
      problemOf(value) {
        if (!/^[A-Za-z0-9-]{1,64}$/.test(value)) return 'must be letters, digits and hyphens, at most 64.';
        return OURS.test(value) ? 'is a header that is not yours to set: choose another.' : null;
      },
    },
    headerValue: {
      description: 'Its value, such as "Bearer ..."; no header is sent if it is left out.',
      isSecret: true,
      fallback: '',
      problemOf: (value) =>
        /^[\x20-\x7e]{0,1024}$/.test(value) ? null : 'must be printable ASCII, at most 1024 characters.',
    },
  },
  format: {
    via: 'HTTP',
    request: ({ url, headerName, headerValue }, { id, type, title, workspace, link, occurredAt, isTest, data }) => ({
      url,
      headers: headerValue === '' ? {} : { [headerName]: headerValue },
      body: { id, type, title, workspace, link, timestamp: occurredAt.toISOString(), isTest, data },
    }),
  },
});
