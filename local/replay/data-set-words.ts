/** ISO 4217 codes of currencies as public data sets name them. Bitcoin has none. */
const CODES: Readonly<Record<string, string>> = {
  ...{ 'us dollar': 'USD', euro: 'EUR', 'uk pound': 'GBP', 'uk pounds': 'GBP', yuan: 'CNY' },
  ...{ yen: 'JPY', ruble: 'RUB', rupee: 'INR', 'indian rupee': 'INR', shekel: 'ILS' },
  ...{ 'swiss franc': 'CHF', 'canadian dollar': 'CAD', 'australian dollar': 'AUD' },
  ...{ 'mexican peso': 'MXN', 'saudi riyal': 'SAR', 'brazil real': 'BRL', dirham: 'AED' },
  ...{ 'turkish lira': 'TRY', 'pakistani rupee': 'PKR', naira: 'NGN', 'albanian lek': 'ALL' },
  ...{ 'moroccan dirham': 'MAD' },
};

/** The code of a currency's name; what is none of them as it stands, for the decoder to judge. */
export function currencyCode(text: string): string {
  return CODES[text.trim().toLowerCase()] ?? text;
}

const WITHOUT_OFFSET = /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?$/;

/** A time without an offset as RFC 3339 in UTC; what is none as it stands. */
export function utcText(text: string): string {
  const match = WITHOUT_OFFSET.exec(text.trim());
  if (match === null) return text;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = match;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`;
}

/** The time of a step: so many hours from the beginning; what is no number as it stands. */
export function stepText(text: string, beginMs: number): string {
  if (!/^\d{1,6}$/.test(text)) return text;
  return new Date(beginMs + Number(text) * 3_600_000).toISOString();
}
