import type { ParseOptions, Source } from 'graphql';
import { GraphQLError, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Twice what the standard introspection query needs several times over; longer documents are refused unparsed. */
const DOCUMENT_LENGTH_MAX = 32_768;
const TOKENS_MAX = 2_000;

/** Bounds on a document before any of it runs. Depth, breadth and cost, which need variables, are the schema's own. */
export function useLimits(): Plugin {
  return {
    onParams({ params, setResult }) {
      if (typeof params.query === 'string' && params.query.length > DOCUMENT_LENGTH_MAX) {
        setResult({ errors: [refusal(`The document is too long: at most ${DOCUMENT_LENGTH_MAX} characters.`)] });
      }
    },
    onParse({ setParseFn }) {
      setParseFn((source: string | Source, options?: ParseOptions) =>
        parse(source, { ...options, maxLexicalTokens: TOKENS_MAX }),
      );
    },
  };
}

function refusal(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'VALIDATION_FAILED', http: { spec: true, status: 400 } } });
}
