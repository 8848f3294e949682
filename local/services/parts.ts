/**
 * The programs that this project works with and does not bring along. Each is looked for in the
 * same places in the same order, see `choosePart`; this table says what to look for.
 */
export type PartName = 'redis' | 'kafka' | 'chromium' | 'hey' | 'helm' | 'kn';

export interface Part {
  /** Environment variable that names a running one, or a program, to be used as it is. */
  readonly variable: string;
  /** Names under which the program may be installed; the first that works is taken. */
  readonly programs: readonly string[];
  /** Container image that does the same, where one does. */
  readonly image: string | undefined;
  /** Debian packages that bring it, in the order in which to try them; may be none. */
  readonly packages: readonly string[];
  /** How to install it by hand, in a sentence's end, by platform of Node; `other` for the rest. */
  readonly install: { readonly darwin: string; readonly other: string };
}

/** Kafka's version: that of the jars in kafka-jars.json and of the image. */
export const KAFKA_VERSION = '4.3.1';
/** The oldest Java that runs this broker. */
export const JAVA_MIN_VERSION = 17;

const CHROME_APP = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

export const PARTS: Readonly<Record<PartName, Part>> = {
  redis: {
    variable: 'REDIS_URL',
    programs: ['redis-server', 'valkey-server'],
    image: 'redis:7',
    packages: ['redis-server'],
    install: { darwin: 'brew install redis', other: 'apt-get install redis-server' },
  },
  kafka: {
    variable: 'KAFKA_BROKERS',
    programs: ['java'],
    image: `apache/kafka:${KAFKA_VERSION}`,
    packages: ['openjdk-21-jre-headless', 'openjdk-17-jre-headless', 'default-jre-headless'],
    install: { darwin: 'brew install openjdk', other: 'apt-get install openjdk-17-jre-headless' },
  },
  chromium: {
    variable: 'CHROMIUM_PATH',
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', CHROME_APP],
    image: undefined,
    packages: ['chromium'],
    install: { darwin: 'brew install --cask google-chrome', other: 'apt-get install chromium' },
  },
  hey: {
    variable: 'HEY_PATH',
    programs: ['hey'],
    image: undefined,
    packages: ['hey'],
    install: { darwin: 'brew install hey', other: 'apt-get install hey' },
  },
  helm: {
    variable: 'HELM_PATH',
    programs: ['helm'],
    image: undefined,
    packages: [],
    install: { darwin: 'brew install helm', other: 'https://helm.sh/docs/intro/install' },
  },
  kn: {
    variable: 'KN_PATH',
    programs: ['kn'],
    image: undefined,
    packages: [],
    install: {
      darwin: 'brew install knative/client/kn',
      other: 'https://knative.dev/docs/client/install-kn',
    },
  },
};
