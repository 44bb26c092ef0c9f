import { writeFileSync } from 'node:fs';
import { printPublicSchema } from '#graph/schema';

/** Writes the public contract; its diff is the API review. */
writeFileSync(new URL('../../schema.graphql', import.meta.url), printPublicSchema());
