import { writeFileSync } from 'node:fs';
import { policyPagePath, renderPolicyPage } from './policy-page.ts';

writeFileSync(policyPagePath, renderPolicyPage());
