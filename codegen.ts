import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset as client } from '@graphql-codegen/client-preset';

/** Only the typed documents: they are imported by name, so what a program does not use is not bundled with it. */
function documentsOnly(gqlImport?: string): typeof client {
  return {
    ...client,
    buildGeneratesSection: async (options) =>
      (await client.buildGeneratesSection(options))
        .filter(({ filename }) => filename.endsWith('/graphql.ts'))
        // The preset passes on only the options that it knows, and this is none of them.
        .map((section) =>
          Object.assign(section, {
            config: { ...(section.config as object), gqlImport, pureMagicComment: gqlImport !== undefined },
          }),
        ),
  };
}

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
      preset: documentsOnly('@urql/core#gql'),
      presetConfig,
      documents: 'src/dashboard/documents/*.graphql',
      // Text as well, since parsed documents are many times its size; urql's small parser reads it in the browser.
      config: { ...types, documentMode: 'graphQLTag' },
    },
  },
};

export default config;
