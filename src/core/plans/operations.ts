import type { OperatorPermit } from '#core/access/permit';
import { type Db, now } from '#core/db';
import { ValidationFailed } from '#core/errors';
import { isStorable } from '#core/names';
import { CREDITS_MAX } from '#core/plans/pricing';
import type { Operation } from '#generated/prisma/client';

const OPERATION_NAME = /^[a-z][a-z0-9_-]{0,39}(\.[a-z0-9][a-z0-9_-]{0,39}){0,4}$/;
const DESCRIPTION_LENGTH_MAX = 500;

export interface SetOperationInput {
  name: string;
  /** Micro-credits for one unit. */
  price: bigint;
  description?: string | null;
}

/** Creates or changes a priced operation. Entries already made keep the price they froze. @throws ValidationFailed */
export async function setOperation(
  db: Db,
  _permit: OperatorPermit<'operations:set'>,
  input: SetOperationInput,
): Promise<Operation> {
  const { name, price, description = null } = input;
  if (!isOperationName(name)) {
    throw new ValidationFailed('name must be lower-case words joined by dots, like search.people.', ['input', 'name']);
  }
  if (price < 0n || price > CREDITS_MAX) throw new ValidationFailed('price is out of range.', ['input', 'price']);
  if (description !== null && description.length > DESCRIPTION_LENGTH_MAX) {
    throw new ValidationFailed(`description is too long: at most ${DESCRIPTION_LENGTH_MAX} characters.`, [
      'input',
      'description',
    ]);
  }
  if (description !== null && !isStorable(description)) {
    throw new ValidationFailed('description has a NUL character or half a character: remove it.', [
      'input',
      'description',
    ]);
  }
  const changed = { price, updatedAt: now(), ...(description === null ? {} : { description }) };
  return db.operation.upsert({
    where: { name },
    create: { description: '', createdAt: now(), ...changed, name },
    update: changed,
  });
}

const OPERATIONS_MAX = 1_000;

/** The price list by name, cut at 1,000 entries. */
export function listOperations(db: Db): Promise<Operation[]> {
  return db.operation.findMany({ orderBy: { name: 'asc' }, take: OPERATIONS_MAX });
}

/** Whether an operation could be called so: no other text needs a query to know that none is. */
export function isOperationName(text: string): boolean {
  return OPERATION_NAME.test(text);
}
