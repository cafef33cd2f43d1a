/** A class and its ancestors, itself first. */
export function lineage(cls: new () => object): (new () => object)[] {
  const parent = Object.getPrototypeOf(cls) as (new () => object) | null;
  return parent?.prototype ? [cls, ...lineage(parent)] : [cls];
}
