import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset as client } from '@graphql-codegen/client-preset';

/** Only the typed documents: the SDK imports them by name, so what a program does not use is not bundled with it. */
const documentsOnly: typeof client = {
  ...client,
  buildGeneratesSection: async (options) =>
    (await client.buildGeneratesSection(options)).filter(({ filename }) => filename.endsWith('/graphql.ts')),
};

const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'src/client/documents/*.graphql',
  generates: {
    'src/client/generated/': {
      preset: documentsOnly,
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
      config: {
        // Plain types and text: nothing generated needs the graphql package at run time.
        documentMode: 'string',
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
      },
    },
  },
};

export default config;
