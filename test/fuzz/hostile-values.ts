/** What is put where something else was: each has broken some reader of requests. */
const DEEP = `${'{"a":'.repeat(15)}[]${'}'.repeat(15)}`;

/** JSON in the place of a value. */
export const JSON_VALUES: readonly string[] = [
  ...['null', 'true', 'false', '[]', '{}', '""', '"0"', '0', '-0', '-1', '1e3', '0.1', '1E400'],
  ...['9007199254740993', '90071992547409.91', '90071992547409.92', '0.005', '1e-400', '.5', '1.'],
  ...['00', '0x10', 'NaN', 'Infinity', '"1,000"', '"1e3"', '"+1"', '" 1"', '"１２"', '"-0"'],
  ...['"000000000000001"', '"99999999999999"', '"1.2.3"', '9'.repeat(400), `"${'9'.repeat(400)}"`],
  ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\u202e66"', '"\\ufeff66"', '"\\uffff"'],
  ...['"{66}"', '"6;6"', '"a\\nb"', '"a\\u2028b"', '"</script>"', '"__proto__"', '"constructor"'],
  ...[`"${'ü'.repeat(64)}"`, `"${'😀'.repeat(64)}"`, `"${'a'.repeat(65)}"`, '"\\ud83d\\ude00"'],
  ...['"splitwatch-probe"', '"USD"', '"usd"', '"EUR"', '"JPY"', '"XXX"', '"BHD"', '"ÜSD"'],
  ...['"2026-11-22T09:59:30+24:00"', '"2026-11-22T09:59:30"', '"2026-11-22 09:59:30Z"'],
  ...['"2026-02-29T00:00:00Z"', '"2024-02-29t23:59:59.9999999z"', '"2026-11-22T24:00:00Z"'],
  ...['"1969-12-31T23:59:59Z"', '"9999-12-31T23:59:59-01:00"', '"2016-12-31T23:59:60Z"'],
  ...['"Monday, 22-Nov-26 09:59:47 UTC"', '"Sunday, 22-Nov-26 09:59:47 UTC"', '"2027-01-01"'],
  ...['"2026-11-22T10:05:00.000Z"', '"2026-11-22T10:05:00.001Z"', '"0000-01-01T00:00:00Z"'],
  ...['"io.splitwatch.fraud.v1"', '"io.splitwatch.transaction.v2"', '"0.3"', '"1.0"', '"/a#b"'],
  ...['"text/plain"', '"application/json; charset=utf-16"', '"application/xml"', '"eyJ9"', DEEP],
];

/** A member more in an object: names again, names that mean something to a runtime, depth. */
export const JSON_MEMBERS: readonly string[] = [
  ...['"amount":"1"', '"origin":"7"', '"id":"x"', '"source":"/x"', '"data":{}', '"\\u0069d":"y"'],
  ...['"__proto__":{"amount":"1","isAdmin":true}', '"constructor":{"prototype":{"polluted":1}}'],
  ...['"toString":1', '"hasOwnProperty":null', '"":""', '"a b":1', '"Ü":[]', '"ext":{"a":1}'],
  ...['"ext":[1]', '"ext":"x"', '"probe":"true"', '"probe":true', '"currency":"EUR"', '"time":7'],
  ...['"datacontenttype":"text/plain"', '"data_base64":"e30="', `"x":${DEEP}`, '"time":"now"'],
  `"x":${'['.repeat(14)}${']'.repeat(14)}`,
];

export const HEADER_VALUES: readonly string[] = [
  ...[
    '7',
    '-7',
    '9007199254740993',
    '1e3',
    '',
    '"',
    '"e-1"',
    '"a\\"b"',
    '%',
    '%00',
    '%C0%A0',
    '%ED%A0%80',
    '%F0%9F%98%80',
    '50%',
    '%25',
  ],
  ...['e-2', '1.0', '%31.0', '0.3', 'true', 'TRUE', 'a, b', 'é', '\x80\xff', 'x'.repeat(600)],
  ...['io.splitwatch.fraud.v1', '2026-11-22T09:59:30Z', 'yesterday', '__proto__', '%EF%BF%BF'],
  ...['application/json', 'text/plain', 'application/cloudevents+json', 'application/xml'],
  ...['application/cloudevents-batch+json', 'application/JSON;charset=UTF-8', 'application/json;'],
  ...[
    'application/json; charset=latin1',
    'application/json; x=";charset=latin1"',
    'text/plain ; ;',
  ],
  ...['application/cloudevents+avro', 'multipart/form-data; boundary=x', '/', 'identity', 'gzip'],
  ...['application/json; charset="utf-8"', 'application/json, text/plain', 'application/json; a'],
];

export const HEADER_NAMES: readonly string[] = [
  ...['ce-id', 'ce-source', 'ce-type', 'ce-specversion', 'ce-time', 'ce-probe', 'ce-subject'],
  ...['content-type', 'content-encoding', 'Content-Type', 'CE-ID', 'ce-', 'ce-a_b', 'ce-data'],
  ...['ce-knativekafkapartition', 'ce-knativekafkaoffset', 'splitwatch-rebuild'],
  ...['__proto__', 'constructor', 'ce-__proto__', 'accept', 'x', 'ce-kafkaheaderü'],
];

/** Bytes that begin, end, escape or break something. */
export const BYTES: readonly (string | Buffer)[] = [
  ...[
    '\0',
    '\ufeff',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ';',
    ',',
    ':',
    '\n',
    '\r\n',
    '\u2028',
    '\u202e',
  ],
  ...['e9', '-', '.', '0', '%', '\\u', '\\ud800', '\u0085', '\u200d', '😀', '\x7f', ' ', '\t'],
  ...[Buffer.from([0xff]), Buffer.from([0xc0, 0xa0]), Buffer.from([0xed, 0xa0, 0x80])],
  Buffer.from([0xf5, 0x80, 0x80, 0x80]),
];
