import { getNamedType, type GraphQLSchema, isInputObjectType, isObjectType } from 'graphql';
import { refersToThings } from './input-values.ts';
import type { Random } from './random.ts';

/** How often each place of the schema was used, so that the next operation uses what was used least. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  hit(places: readonly string[]): void {
    for (const place of places) this.#counts.set(place, this.countOf(place) + 1);
  }

  countOf(place: string): number {
    return this.#counts.get(place) ?? 0;
  }

  /** Mostly the least used. */
  choose<T>(random: Random, candidates: readonly T[], placeOf: (candidate: T) => string): T {
    const picked = random.pick(candidates);
    if (random.chance(0.4)) return picked;
    const count = (candidate: T): number => this.countOf(placeOf(candidate));
    const least = Math.min(...candidates.map(count));
    return random.pick(candidates.filter((candidate) => count(candidate) === least));
  }
}

/** Every field of every object, and every argument and input field that names something of somebody's. */
export function placesOf(schema: GraphQLSchema): string[] {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  return types.flatMap((type) => {
    if (isInputObjectType(type)) {
      return Object.values(type.getFields())
        .filter((field) => refersToThings(field.name, getNamedType(field.type)))
        .map((field) => `${type.name}.${field.name}`);
    }
    if (!isObjectType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) => {
      const place = `${type.name}.${field.name}`;
      const named = field.args.filter((arg) => refersToThings(arg.name, getNamedType(arg.type)));
      return [place].concat(named.map((arg) => `${place}(${arg.name})`));
    });
  });
}
