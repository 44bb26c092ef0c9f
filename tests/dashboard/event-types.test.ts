import { expectTypeOf, test } from 'vitest';
import type { EventType } from '#core/events/catalogue';
import type { EVENT_TYPES } from '../../src/dashboard/pages/audit-log/events.ts';

// Decided by the compiler: the dashboard is a client, which cannot read the catalogue itself.
test('the audit log offers every type of event as a filter, and no other', () => {
  expectTypeOf<(typeof EVENT_TYPES)[number]>().toEqualTypeOf<EventType>();
});
