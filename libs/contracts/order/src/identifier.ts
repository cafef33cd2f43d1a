import { Matches } from 'class-validator';

/** An id of an order, a payment, a parcel: 1–64 letters, digits, `_` and `-`, so that it fits into URLs and subjects. */
export function IsIdentifier(): PropertyDecorator {
  return Matches(/^[A-Za-z0-9_-]{1,64}$/, { message: '$property must be 1-64 letters, digits, "_" or "-"' });
}

/** A stock keeping unit: 1–64 letters, digits, `.`, `_` and `-`, beginning with a letter or digit. */
export function IsSku(): PropertyDecorator {
  return Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    message: '$property must be 1-64 letters, digits, ".", "_" or "-", beginning with a letter or digit',
  });
}
