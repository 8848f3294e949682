import { endOnStartFailure } from '#shared/start-failure.ts';
import { runSourceProcess } from './source-process.ts';

runSourceProcess(process.argv[2] ?? '{}').catch(endOnStartFailure);
