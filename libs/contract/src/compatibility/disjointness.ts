import { isDeepStrictEqual } from 'node:util';
import { countIn, greatestOf, leastOf, lengthOf } from './bounds.ts';
import type { Context } from './comparison.ts';
import { contentOf } from './content.ts';
import { keywordsOf, listIn, type Place, schemaNamed, schemasIn } from './place.ts';
import { type Shape, shapesOf, typeOf, typesOf } from './shape.ts';

/** Levels of properties that are looked at. */
const DEEPEST = 8;

/** Whether it is certain that no value of the shape is taken at the place. */
export function areDisjoint(sent: Shape, taken: Place, context: Context, depth = 0): boolean {
  if (taken.schema === false) return true;
  if (taken.schema === true || depth > DEEPEST) return false;
  const target = taken.document.target(taken);
  const one = [...(target ? [target] : []), ...schemasIn(taken, 'allOf')];
  if (one.some((each) => areDisjoint(sent, each, context, depth))) return true;
  const isApart = ['anyOf', 'oneOf'].some((keyword) => {
    const some = schemasIn(taken, keyword);
    return some.length > 0 && some.every((each) => areDisjoint(sent, each, context, depth));
  });
  return (
    isApart ||
    isOtherValue(sent, taken) ||
    isOtherSize(sent, taken) ||
    isOtherObject(sent, taken, context, depth)
  );
}

function isOtherValue(sent: Shape, taken: Place): boolean {
  const types = typesOf(taken);
  if (types && !types.includes(sent.type) && !(sent.type === 'number' && types.includes('integer')))
    return true;
  const isFraction = typeof sent.value?.is === 'number' && !sent.isInteger;
  if (types && isFraction && !types.includes('number')) return true;
  const keywords = keywordsOf(taken);
  const values = 'const' in keywords ? [keywords.const] : (keywords.enum as unknown[] | undefined);
  if (!values) return false;
  const { value } = sent;
  return values.every((one) => (value ? !isDeepStrictEqual(one, value.is) : typeOf(one) !== sent.type));
}

function isOtherSize(sent: Shape, taken: Place): boolean {
  if (sent.type === 'number') {
    const bounds = [...sent.terms, taken];
    const least = leastOf(bounds, sent.isInteger, sent.value?.is);
    const greatest = greatestOf(bounds, sent.isInteger, sent.value?.is);
    if (least.limit > greatest.limit) return true;
    return least.limit === greatest.limit && (least.isExclusive || greatest.isExclusive);
  }
  const size =
    sent.type === 'string'
      ? { ours: lengthOf(sent), theirs: countIn([taken], 'minLength', 'maxLength') }
      : sent.type === 'array'
        ? {
            ours: countIn(sent.terms, 'minItems', 'maxItems'),
            theirs: countIn([taken], 'minItems', 'maxItems'),
          }
        : undefined;
  return size !== undefined && (size.ours.least > size.theirs.most || size.ours.most < size.theirs.least);
}

/** A property that one of them needs cannot be there, or cannot hold what both say. */
function isOtherObject(sent: Shape, taken: Place, context: Context, depth: number): boolean {
  if (sent.type !== 'object') return false;
  const content = contentOf(sent, context.comparison.isSentClosed);
  const needed = listIn(taken, 'required');
  const required = new Set([...needed, ...sent.terms.flatMap((term) => listIn(term, 'required'))]);
  return [...required].some((name) => {
    const values = content.valuesOf({ name });
    const demanded = schemaNamed(taken, 'properties', name);
    return values.every((places) =>
      shapesOf(places).every(
        (shape) => demanded !== undefined && areDisjoint(shape, demanded, context, depth + 1),
      ),
    );
  });
}
