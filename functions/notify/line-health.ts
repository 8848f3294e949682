/**
 * Whether the alerts that are shown can be all there are: score notes what it has settled, and
 * whether Redis has lost some of it (`shared/journal/`).
 */
export interface LineHealth {
  /** Offsets of the topic that were passed over minutes ago; `./splitwatch audit` says why. */
  readonly passedOver: number;
  /** What Redis has lost of what was acknowledged, in words; undefined while it has not. */
  readonly loss: string | undefined;
}

export interface LineWatch {
  /** As of the last look. */
  health(): LineHealth;
  close(): Promise<void>;
}

/** What `GET /line` answers. */
export interface LineHealthJson {
  readonly passedOver: number;
  readonly loss: string | null;
}

/** Where nobody looks, nothing is known to be wrong. */
export function toLineJson(health: LineHealth | undefined): LineHealthJson {
  return { passedOver: health?.passedOver ?? 0, loss: health?.loss ?? null };
}
