/** The media type of one transaction as text: a seed's line, a JSON object or a CloudEvent (S4). */
export function mediaTypeOf(text: string): string {
  if (!text.trimStart().startsWith('{')) return 'text/plain';
  return isCloudEvent(text) ? 'application/cloudevents+json' : 'application/json';
}

function isCloudEvent(text: string): boolean {
  try {
    return 'specversion' in (JSON.parse(text) as object);
  } catch {
    return false;
  }
}
