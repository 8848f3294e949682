import { unreadable } from './refusals.ts';

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const MEDIA_TYPE = new RegExp(`^(${TOKEN}/${TOKEN})[ \\t]*`);
const PARAMETER = new RegExp(
  `;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)"))?[ \\t]*`,
  'y',
);

/**
 * The media type of a content-type header, lower case and without parameters (RFC 9110, 8.3).
 * @throws AppError `mediatype` when it is not one, or has a charset other than UTF-8.
 */
export function mediaTypeOf(contentType: string): string {
  if (contentType === 'application/json') return contentType; // By far the most of them.
  const match = MEDIA_TYPE.exec(contentType);
  if (match === null) throw unreadable('a media type such as application/json');
  if (match[0].length < contentType.length) checkParameters(contentType, match[0].length);
  return (match[1] as string).toLowerCase();
}

function checkParameters(contentType: string, start: number): void {
  PARAMETER.lastIndex = start;
  while (PARAMETER.lastIndex < contentType.length) {
    const match = PARAMETER.exec(contentType);
    if (match === null) throw unreadable('parameters of the form ;name=value');
    const [, name, token, quoted] = match;
    if (name?.toLowerCase() !== 'charset') continue;
    if ((token ?? quoted)?.toLowerCase() !== 'utf-8') throw unreadable('charset utf-8');
  }
}
