import { type Plan, renderPlan, stepOf } from './plan-tree.ts';

/** Where the tree is drawn: standard output or what stands in for it. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface PlanDrawer {
  /**
   * Runs one step of the plan: IN_PROGRESS while the work goes on, then COMPLETE with the note that
   * `note` makes of its result, or FATAL_ERROR with the error's message, which is thrown on. What
   * the work tells meanwhile stands beside the step.
   */
  run<T>(
    phase: string,
    step: string,
    work: (tell: (words: string) => void) => Promise<T>,
    note?: (result: T) => string,
  ): Promise<T>;
}

/**
 * Draws a plan while it is carried out. On a terminal the whole tree is drawn in place again at
 * each change; elsewhere each change is a plain line and the finished tree is printed once.
 */
export function createPlanDrawer(plan: Plan, screen: Screen): PlanDrawer {
  const isLive = screen.isTTY === true;
  let drawnLines = 0;
  let isFinished = false;

  const draw = (phase: string, step: string): void => {
    const tree = renderPlan(plan);
    isFinished = plan.phases.every((p) => p.steps.every((s) => s.status === 'COMPLETE'));
    if (isLive) {
      const up = drawnLines === 0 ? '' : `\x1b[${drawnLines}A`;
      const cut = (line: string): string => line.slice(0, (screen.columns ?? 200) - 1);
      screen.write(`${up}${tree.map((line) => `\x1b[2K${colour(cut(line))}\n`).join('')}`);
      drawnLines = tree.length;
      return;
    }
    const { status, note } = stepOf(plan, phase, step);
    screen.write(`Step ${phase}/${step} (${status})${note === '' ? '' : `  ${note}`}\n`);
    if (isFinished) screen.write(`${tree.join('\n')}\n`);
  };

  return {
    run: async (phase, step, work, note = () => '') => {
      const state = stepOf(plan, phase, step);
      state.status = 'IN_PROGRESS';
      draw(phase, step);
      try {
        const result = await work((words) => {
          if (words === state.note) return;
          state.note = words;
          draw(phase, step);
        });
        state.status = 'COMPLETE';
        state.note = note(result);
        return result;
      } catch (error) {
        state.status = 'FATAL_ERROR';
        state.note = error instanceof Error ? error.message : String(error);
        throw error;
      } finally {
        draw(phase, step);
      }
    },
  };
}

function colour(line: string): string {
  return line
    .replace(/COMPLETE/, '\x1b[32m$&\x1b[0m')
    .replace(/IN_PROGRESS/, '\x1b[33m$&\x1b[0m')
    .replace(/FATAL_ERROR/, '\x1b[31m$&\x1b[0m')
    .replace(/PENDING/, '\x1b[2m$&\x1b[0m');
}
