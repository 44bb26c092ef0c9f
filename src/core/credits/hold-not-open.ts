import { DomainError } from '#core/errors';
import type { HoldState } from '#generated/prisma/enums';

/** A hold that is over: it was captured or released whole, or its time came. */
export class HoldNotOpen extends DomainError {
  readonly code = 'HOLD_NOT_OPEN';
  readonly state: HoldState;

  constructor(state: HoldState) {
    super(`${REASONS[state]}: charge what is still due with recordUsage.`, ['input', 'holdId']);
    this.state = state;
  }
}

const REASONS: Record<HoldState, string> = {
  OPEN: 'This hold is open',
  CAPTURED: 'This hold was captured and is closed',
  RELEASED: 'This hold was released',
  EXPIRED: 'This hold has expired and its credits went back',
};
