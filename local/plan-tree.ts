/**
 * A plan and how far it has come: plan → phases → steps, each PENDING, IN_PROGRESS, COMPLETE or
 * FATAL_ERROR, drawn as the seeds' `plan status` draws it. A phase's and the plan's own status
 * follow from their steps'.
 */
export type Status = 'PENDING' | 'IN_PROGRESS' | 'COMPLETE' | 'FATAL_ERROR';

export interface Step {
  readonly name: string;
  status: Status;
  /** What there is to say beside it: an address, a version, why it failed. */
  note: string;
}

export interface Phase {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Plan {
  readonly name: string;
  /** Shown in brackets behind the name, such as a version. */
  readonly about: string;
  /** What is being carried out: `deploy` unless set. */
  readonly verb: string;
  readonly phases: readonly Phase[];
}

/** A plan whose steps are all pending, from phase name → step names. */
export function createPlan(
  name: string,
  about: string,
  phases: Readonly<Record<string, readonly string[]>>,
  verb = 'deploy',
): Plan {
  return {
    name,
    about,
    verb,
    phases: Object.entries(phases).map(([phase, steps]) => ({
      name: phase,
      steps: steps.map((step) => ({ name: step, status: 'PENDING', note: '' })),
    })),
  };
}

/** The step of that name. Throws for a name that is not in the plan: a programmer's error. */
export function stepOf(plan: Plan, phaseName: string, stepName: string): Step {
  const phase = plan.phases.find((candidate) => candidate.name === phaseName);
  const step = phase?.steps.find((candidate) => candidate.name === stepName);
  if (step === undefined) throw new Error(`no step ${phaseName}/${stepName} in plan ${plan.name}`);
  return step;
}

/** The status that follows from several: failed if one is, complete if all are. */
export function statusOf(parts: readonly { readonly status: Status }[]): Status {
  if (parts.some((part) => part.status === 'FATAL_ERROR')) return 'FATAL_ERROR';
  if (parts.every((part) => part.status === 'COMPLETE')) return 'COMPLETE';
  return parts.every((part) => part.status === 'PENDING') ? 'PENDING' : 'IN_PROGRESS';
}

/** The tree as lines, without colours. */
export function renderPlan(plan: Plan): string[] {
  const phases = plan.phases.map((phase) => ({ ...phase, status: statusOf(phase.steps) }));
  const lines = [
    `Plan(s) for "${plan.name}":`,
    '.',
    `└── ${plan.name} (${plan.about})`,
    `    └── Plan ${plan.verb} (serial strategy) [${statusOf(phases)}]`,
  ];
  for (const [i, phase] of phases.entries()) {
    const isLastPhase = i === phases.length - 1;
    lines.push(
      `        ${isLastPhase ? '└──' : '├──'} Phase ${phase.name} (serial strategy) [${phase.status}]`,
    );
    for (const [j, step] of phase.steps.entries()) {
      const branch = j === phase.steps.length - 1 ? '└──' : '├──';
      const note = step.note === '' ? '' : `  ${step.note}`;
      lines.push(
        `        ${isLastPhase ? ' ' : '│'}   ${branch} Step ${step.name} (${step.status})${note}`,
      );
    }
  }
  return lines;
}
