import type { StoredRecord } from '#shared/kafka/topic.ts';
import { dataText } from './data-text.ts';
import { PLAIN_TYPE, recordToEvent, type SourceName, sourceOf, timeOf } from './record-to-event.ts';
import { isStructured } from './wire-event.ts';

/** What JSON has another member for: an attribute of that name would stand there twice. */
const TAKEN = new Set(['data', 'datacontenttype']);
const POSITION = new Set(['knativekafkapartition', 'knativekafkaoffset']);
const ATTRIBUTE_NAME = /^[a-z0-9]{1,64}$/;
const PLAIN_ASCII = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const NAMES_MAX = 1000;
const YEAR_10000_MS = 253_402_300_800_000;

/**
 * The events of one partition as JSON, for a batch: those that `recordToEvent` makes, attribute by
 * attribute. Written by hand, since this is most of what a record costs here: what is the same for
 * all records of the partition is made once, and what is in them is parsed by nobody.
 */
export class EventTexts {
  readonly #name: SourceName;
  readonly #plainHead: string;
  readonly #idHead: string;
  readonly #subjectHead: string;
  readonly #partition: string;
  /** By header: how the attribute begins in JSON; empty for none, undefined for an odd one. */
  readonly #attributes = new Map<string, string | undefined>();
  #second = Number.NaN;
  #secondText = '';

  constructor(name: SourceName, { topic, partition }: { topic: string; partition: number }) {
    this.#name = name;
    this.#partition = `"knativekafkapartition":"${partition}"`;
    this.#plainHead = `{"specversion":"1.0","type":"${PLAIN_TYPE}","source":${quote(sourceOf(name, topic))},`;
    this.#idHead = `"id":"partition:${partition}/offset:`;
    this.#subjectHead = `","subject":"partition:${partition}#`;
  }

  /** Undefined where JSON cannot tell what binary mode can. May throw where that does. */
  textOf(record: StoredRecord): string | undefined {
    const { headers } = record;
    for (const _header in headers) return this.#withHeaders(record);
    const { offset, key, value } = record;
    const place = String(offset);
    let text = this.#plainHead + this.#idHead + place + this.#subjectHead + place;
    text += `",${this.#timeText(record.timestampMs)}`;
    if (key !== null) {
      const quoted = quote(key);
      text += `"key":${quoted},"partitionkey":${quoted},`;
    }
    return `${text}${this.#partition},"knativekafkaoffset":"${place}",${dataText(value, undefined)}}`;
  }

  #withHeaders(record: StoredRecord): string | undefined {
    const { headers, offset, value } = record;
    const { ce_id, ce_source, ce_type, ce_specversion } = headers;
    const contentType = headers['content-type'];
    const isEvent = ce_id && ce_source && ce_type && ce_specversion === '1.0';
    if (!isEvent || isStructured(contentType)) return this.#byWay(record);
    let text = '{';
    for (const header in headers) {
      const attribute = this.#attributeOf(header);
      if (attribute === undefined) return this.#byWay(record);
      if (attribute !== '') text += `${attribute}${quote(headers[header] as string)},`;
    }
    return this.#end(text, { contentType, offset, value });
  }

  /** The long way, for what is rare: an event first, then its text. */
  #byWay(record: StoredRecord): string | undefined {
    const { attributes, contentType, data } = recordToEvent(record, this.#name);
    let text = '{';
    for (const [name, value] of Object.entries(attributes)) {
      if (POSITION.has(name)) continue;
      if (TAKEN.has(name) || !ATTRIBUTE_NAME.test(name)) return undefined;
      text += `"${name}":${quote(value)},`;
    }
    return this.#end(text, { contentType, offset: record.offset, value: data });
  }

  #end(
    attributes: string,
    event: { contentType: string | undefined; offset: bigint; value: Buffer | null },
  ): string {
    const { contentType, offset, value } = event;
    const type =
      contentType === undefined ? '' : `"datacontenttype":${quote(printable(contentType))},`;
    const position = `${this.#partition},"knativekafkaoffset":"${offset}",`;
    return `${attributes}${position}${type}${dataText(value, contentType)}}`;
  }

  #attributeOf(header: string): string | undefined {
    if (this.#attributes.has(header)) return this.#attributes.get(header);
    const name = header.startsWith('ce_') ? header.slice(3) : '';
    const isOdd = name === '' ? header === 'ce_' : TAKEN.has(name) || !ATTRIBUTE_NAME.test(name);
    const isNone = name === '' || POSITION.has(name);
    const attribute = isOdd ? undefined : isNone ? '' : `"${name}":`;
    if (this.#attributes.size < NAMES_MAX) this.#attributes.set(header, attribute);
    return attribute;
  }

  /** Records of one second share all but the milliseconds. */
  #timeText(timestampMs: number): string {
    const second = Math.floor(timestampMs / 1000);
    if (second !== this.#second) {
      if (!(timestampMs >= 0 && timestampMs < YEAR_10000_MS)) {
        const time = timeOf(timestampMs);
        return time === undefined ? '' : `"time":"${time}",`;
      }
      this.#second = second;
      this.#secondText = `"time":"${new Date(second * 1000).toISOString().slice(0, 20)}`;
    }
    const ms = timestampMs - second * 1000;
    return `${this.#secondText}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z",`;
  }
}

/** The text as JSON in ASCII, so that its length is its size. */
function quote(text: string): string {
  if (PLAIN_ASCII.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function printable(contentType: string): string {
  return contentType.replace(/[^\x20-\x7e]/g, '');
}
