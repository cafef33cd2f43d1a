export { ItemMissing } from './item-missing.ts';
export { ItemPick } from './item-pick.ts';
export { ItemPicked } from './item-picked.ts';
export { ItemRestock } from './item-restock.ts';
export { ItemRestocked } from './item-restocked.ts';
