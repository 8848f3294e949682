import type { RequestListener } from 'node:http';

/**
 * A listener that is loaded when its first request comes; requests that come meanwhile wait for it.
 * For routes whose packages would slow the start of a function that seldom needs them.
 */
export function lazyListener(load: () => Promise<RequestListener>): RequestListener {
  let loading: Promise<RequestListener> | undefined;
  let loaded: RequestListener | undefined;
  return (request, response) => {
    if (loaded !== undefined) return loaded(request, response);
    loading ??= load();
    loading.then(
      (listener) => {
        loaded = listener;
        listener(request, response);
      },
      (error: Error) => response.destroy(error),
    );
  };
}
