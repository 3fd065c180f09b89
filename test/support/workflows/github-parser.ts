import { registerHooks } from 'node:module';

/**
 * GitHub's own parser of workflows and actions. It imports its JSON schemas as bundlers do, without saying that they are JSON,
 * so Node.js is told here before the parser is loaded.
 */
export async function loadGitHubParser() {
  const hooks = registerHooks({
    load: (url, context, next) =>
      next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
  });
  try {
    const workflows = await import('@actions/workflow-parser');
    const actions = await import('@actions/workflow-parser/actions/action-parser');
    return { ...workflows, ...actions };
  } finally {
    hooks.deregister();
  }
}
