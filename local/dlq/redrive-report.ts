import { printable } from '../printable.ts';
import { describeAssessment } from './assessment-text.ts';
import type { RedriveResult } from './redrive.ts';

/** What a redrive came to, letter by letter and in sum. */
export interface RedriveReport {
  take(result: RedriveResult): void;
  line(result: RedriveResult): string;
  json(result: RedriveResult): Record<string, unknown>;
  summary(): string;
  /** 1 where a letter that was named was refused, or a late one tells of an unknown alert. */
  exitCode(): 0 | 1;
}

export function createRedriveReport(options: {
  readonly to: string;
  readonly isDryRun: boolean;
  /** Each letter was asked for by its name. */
  readonly isNamed: boolean;
}): RedriveReport {
  const { to, isDryRun, isNamed } = options;
  const counts = { redriven: 0, assessed: 0, refused: 0 };
  let unknownAlerts = 0;
  const done = isDryRun ? 'would be redriven' : 'redriven';
  return {
    take({ action, assessment }) {
      counts[action] += 1;
      if (assessment?.verdict === 'opens') unknownAlerts += 1;
    },
    line({ letter, action, why, assessment }) {
      const parts = [
        ...(action === 'redriven' ? [`${done} to ${printable(to)}`] : []),
        ...(action === 'refused' ? [`not sent: ${printable(why ?? '')}`] : []),
        ...(assessment === undefined ? [] : [`late: ${describeAssessment(assessment)}`]),
      ];
      return `${letter.name}  ${parts.join('; ')}`;
    },
    json: ({ letter, action, why, assessment }) => ({
      ...{ letter: letter.name, id: letter.id, action, why, assessment },
      ...(isDryRun ? { isDryRun } : {}),
    }),
    summary() {
      const { redriven, assessed, refused } = counts;
      const late = assessed === 0 ? '' : ' (late ones are not sent: they would be late again)';
      const said = `${redriven} ${done}, ${assessed} assessed${late}, ${refused} not sent`;
      if (unknownAlerts === 0) return said;
      const [what, it] = unknownAlerts === 1 ? ['an alert', 'it'] : ['alerts', 'them'];
      const would = `${unknownAlerts} would have opened ${what} of which nobody was told`;
      return `${said}\n${would}: see to ${it}, then drop ${it} with a reason`;
    },
    exitCode: () => (unknownAlerts > 0 || (isNamed && counts.refused > 0) ? 1 : 0),
  };
}
