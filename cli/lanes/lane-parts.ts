import { provideKafkaJars } from '../../local/services/kafka-jars.ts';
import type { PartName } from '../../local/services/parts.ts';
import { findProgram, probeMachine } from '../../local/services/probe-machine.ts';
import { providePart } from '../../local/services/provide-part.ts';
import { startServices } from '../../local/services/start-services.ts';

export interface LaneParts {
  /** Variables that tell the tests where the parts are. */
  readonly environment: Readonly<Record<string, string>>;
  /** For each part that cannot be had, one line that says why. */
  readonly missing: ReadonlyMap<PartName, string>;
  readonly stop: () => Promise<void>;
}

/**
 * Provides or starts each part, one after another; one that fails does not keep the others back.
 */
export async function provideLaneParts(
  names: ReadonlySet<PartName>,
  log: (line: string) => void,
): Promise<LaneParts> {
  const environment: Record<string, string> = {};
  const missing = new Map<PartName, string>();
  const stops: (() => Promise<void>)[] = [];
  const provide: Record<PartName, () => Promise<void>> = {
    redis: async () => {
      const { redisUrl = '', stop } = await startServices({ redis: true, kafka: false, log });
      stops.push(stop);
      environment.REDIS_URL = redisUrl;
    },
    kafka: async () => {
      const services = await startServices({ redis: false, kafka: true, log });
      stops.push(services.stop);
      environment.KAFKA_BROKERS = services.kafkaBrokers ?? '';
      const jars = services.kafkaJarsDir ?? (await jarsForConsoleTools(log));
      if (jars !== undefined) environment.KAFKA_JARS = jars;
    },
    chromium: async () => {
      environment.CHROMIUM_PATH = await programOf('chromium', log);
    },
    hey: async () => {
      environment.HEY_PATH = await programOf('hey', log);
    },
    helm: async () => {
      environment.HELM_PATH = await programOf('helm', log);
    },
    kn: async () => {
      environment.KN_PATH = await programOf('kn', log);
    },
  };
  for (const name of names) {
    try {
      await provide[name]();
    } catch (error) {
      missing.set(name, error instanceof Error ? error.message : String(error));
    }
  }
  const stop = async (): Promise<void> => {
    await Promise.all(stops.map((stopOne) => stopOne()));
  };
  return { environment, missing, stop };
}

type ProgramName = 'chromium' | 'hey' | 'helm' | 'kn';

/** The broker is not one that we started: its console tools still need the jars, and Java. */
async function jarsForConsoleTools(log: (line: string) => void): Promise<string | undefined> {
  return (await findProgram('kafka')) === undefined ? undefined : provideKafkaJars(log);
}

async function programOf(name: ProgramName, log: (line: string) => void): Promise<string> {
  const part = await providePart(name, await probeMachine([name]), log);
  if (part.kind === 'given') return part.value;
  if (part.kind === 'program') return part.path;
  throw new Error(`${name} does not come from Docker`);
}
