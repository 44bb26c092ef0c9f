import type { ParseOptions, Source } from 'graphql';
import { GraphQLError, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Twice what the standard introspection query needs several times over; longer documents are refused unparsed. */
const DOCUMENT_LENGTH_MAX = 32_768;
const TOKENS_MAX = 2_000;
/** Deeper values would exhaust the stack of whatever walks them. */
const VARIABLE_DEPTH_MAX = 64;

/** Bounds on a document before any of it runs. Depth, breadth and cost, which need variables, are the schema's own. */
export function useLimits(): Plugin {
  return {
    onParams({ params, setResult }) {
      if (isDeeperThan(VARIABLE_DEPTH_MAX, params.variables)) {
        setResult({ errors: [refusal(`The variables are nested too deeply: at most ${VARIABLE_DEPTH_MAX} levels.`)] });
      }
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

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(levels - 1, item));
}
