import {
  isBase32,
  isBase58,
  isBase64,
  isBIC,
  isCreditCard,
  isCurrency,
  isDataURI,
  isDateString,
  isDecimal,
  isEAN,
  isEmail,
  isFQDN,
  isHash,
  isIP,
  isISBN,
  isISIN,
  isISO4217CurrencyCode,
  isISO6391,
  isISO8601,
  isISO31661Alpha2,
  isISO31661Alpha3,
  isISO31661Numeric,
  isISSN,
  isJSON,
  isJWT,
  isLatitude,
  isLatLong,
  isLocale,
  isLongitude,
  isMACAddress,
  isMimeType,
  isMobilePhone,
  isPhoneNumber,
  isPort,
  isPostalCode,
  isRFC3339,
  isSemVer,
  isTimeZone,
  isURL,
} from 'class-validator';
import { checked, type Rule } from './rule.ts';

const string = { type: 'string' };
const degrees = { type: ['number', 'string'] };

/** What only its function knows exactly. A standard `format` stands beside it where it is certain not to be stricter. */
export const FORMATS: readonly Rule[] = [
  checked('IsEmail', 'isEmail', isEmail, (options) =>
    options === undefined ? { ...string, format: 'idn-email' } : string,
  ),
  checked('IsUrl', 'isUrl', isURL),
  checked('IsFQDN', 'isFqdn', isFQDN),
  checked('IsIP', 'isIp', isIP, (version) => (`${version}` === '4' ? { ...string, format: 'ipv4' } : string)),
  checked('IsMACAddress', 'isMacAddress', isMACAddress),
  checked('IsPort', 'isPort', isPort),
  checked('IsISO8601', 'isIso8601', isISO8601),
  checked('IsDateString', 'isDateString', isDateString, string, isDate),
  checked('IsRFC3339', 'isRFC3339', isRFC3339),
  checked('IsTimeZone', 'isTimeZone', isTimeZone),
  checked('IsISO4217CurrencyCode', 'isISO4217CurrencyCode', isISO4217CurrencyCode),
  checked('IsISO31661Alpha2', 'isISO31661Alpha2', isISO31661Alpha2),
  checked('IsISO31661Alpha3', 'isISO31661Alpha3', isISO31661Alpha3),
  checked('IsISO31661Numeric', 'isISO31661Numeric', isISO31661Numeric),
  checked('IsISO6391', 'isISO6391', isISO6391),
  checked('IsLocale', 'isLocale', isLocale),
  checked('IsLatitude', 'isLatitude', isLatitude, degrees),
  checked('IsLongitude', 'isLongitude', isLongitude, degrees),
  checked('IsLatLong', 'isLatLong', isLatLong),
  checked('IsPostalCode', 'isPostalCode', isPostalCode),
  checked('IsPhoneNumber', 'isPhoneNumber', isPhoneNumber),
  checked('IsMobilePhone', 'isMobilePhone', isMobilePhone),
  checked('IsDecimal', 'isDecimal', isDecimal),
  checked('IsCurrency', 'isCurrency', isCurrency),
  checked('IsCreditCard', 'isCreditCard', isCreditCard),
  checked('IsBIC', 'isBIC', isBIC),
  checked('IsEAN', 'isEAN', isEAN),
  checked('IsISBN', 'isIsbn', isISBN),
  checked('IsISIN', 'isIsin', isISIN),
  checked('IsISSN', 'isISSN', isISSN),
  checked('IsSemVer', 'isSemVer', isSemVer),
  checked('IsHash', 'isHash', isHash),
  checked('IsJWT', 'isJwt', isJWT),
  checked('IsJSON', 'isJson', isJSON),
  checked('IsBase32', 'isBase32', isBase32),
  checked('IsBase58', 'isBase58', isBase58),
  checked('IsBase64', 'isBase64', isBase64),
  checked('IsMimeType', 'isMimeType', isMimeType),
  checked('IsDataURI', 'isDataURI', isDataURI),
];

/** What most programs write; class-validator's own expression, which takes everything else too, needs six times as long. */
const UTC =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;

function isDate(value: unknown, options?: Parameters<typeof isDateString>[1]): boolean {
  return (options === undefined && UTC.test(value as string)) || isDateString(value, options);
}
