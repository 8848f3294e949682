import { isUtf8 } from 'node:buffer';
import { isJson } from './wire-event.ts';

const TEXT = '"[^"\\\\\\x00-\\x1f\\ufffd]*"';
const NUMBER = '-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?';
const MEMBER = `${TEXT} ?: ?(?:${TEXT}|${NUMBER}|true|false|null)`;
/** One object without anything nested or escaped: nearly all transactions, known at a glance. */
const FLAT_OBJECT = new RegExp(`^\\{ ?(?:${MEMBER}(?: ?, ?${MEMBER})*)? ?\\}$`);
const PLAIN_ASCII = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const GLANCE_MAX_BYTES = 4096;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * The data of an event as members of a JSON object. They must not be able to spoil the batch around
 * them: a JSON value where they are plainly a flat object, a string where they are text that nobody
 * said is JSON, else base64, which tells exactly the bytes.
 */
export function dataText(value: Buffer | null, contentType: string | undefined): string {
  if (value === null || value.length === 0) return '"data_base64":""';
  const mayBeJson = contentType === undefined || isJson(contentType);
  const mayBeText = contentType === undefined || /^text\//i.test(contentType);
  if (value.length <= GLANCE_MAX_BYTES) {
    const text = value.toString(); // with U+FFFD where it is not UTF-8
    if (mayBeJson && FLAT_OBJECT.test(text)) return `"data":${text}`;
    if (mayBeText && PLAIN_ASCII.test(text)) return `"data":"${text}"`;
  }
  if (mayBeText && isUtf8(value)) {
    const text = value.toString();
    if (!text.startsWith(BYTE_ORDER_MARK)) return `"data":${JSON.stringify(text)}`;
  }
  return `"data_base64":"${value.toString('base64')}"`;
}
