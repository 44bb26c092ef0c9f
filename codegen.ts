import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset as client } from '@graphql-codegen/client-preset';

/** Only the typed documents: they are imported by name, so what a program does not use is not bundled with it. */
function documentsOnly(tag?: string): typeof client {
  return {
    ...client,
    buildGeneratesSection: async (options) =>
      (await client.buildGeneratesSection(options))
        .filter(({ filename }) => filename.endsWith('/graphql.ts'))
        .map((section) =>
          tag === undefined
            ? section
            : Object.assign(section, {
                plugins: [{ add: { content: tag, placement: 'content' } }, ...section.plugins],
                // The preset passes on only the options that it knows, and these are none of them.
                config: { ...(section.config as object), gqlImport: 'gql', pureMagicComment: true },
              }),
        ),
  };
}

/** The text of an operation, then that of its fragments. */
const TEXT_TAG = `const gql = ([own = '']: TemplateStringsArray, ...fragments: readonly unknown[]): unknown =>
  [own.trim(), ...fragments].join('\\n\\n');
`;

const presetConfig = { fragmentMasking: false, skipIndexFile: true };

const types = {
  enumType: 'string-literal',
  inlineFragmentTypes: 'combine',
  importExtension: '.ts',
  useTypeImports: true,
  strictScalars: true,
  scalars: {
    ID: 'string',
    Credits: { input: 'string | number', output: 'string' },
    Units: { input: 'string | number', output: 'string' },
    Seq: 'string',
    DateTime: 'string',
    JSONObject: 'Record<string, unknown>',
  },
};

const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'src/client/generated/': {
      preset: documentsOnly(),
      presetConfig,
      documents: 'src/client/documents/*.graphql',
      // Plain types and text: nothing generated needs the graphql package at run time.
      config: { ...types, documentMode: 'string' },
    },
    'src/dashboard/generated/': {
      preset: documentsOnly(TEXT_TAG),
      presetConfig,
      documents: 'src/dashboard/documents/*.graphql',
      // Text as well, since parsed documents are many times its size. urql takes it for a document, and parses it as it is
      // first asked: its own tag would parse all of them while the page starts.
      config: { ...types, documentMode: 'graphQLTag' },
    },
  },
};

export default config;
