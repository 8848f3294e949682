/** The brokers that the kafka lane runs against; a missing one fails with how to get it. */
export function brokersForTests(): readonly string[] {
  const brokers = process.env.KAFKA_BROKERS;
  if (brokers) return brokers.split(',');
  throw new Error('KAFKA_BROKERS is not set: run ./splitwatch test, which starts a broker');
}
