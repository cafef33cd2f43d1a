import { DefaultReporter } from 'vitest/node';

/**
 * Vitest's own reporter, followed by the tests that were skipped, each with its reason, and one plain line that
 * counts. A spec file that does not load, and an error outside of every test, count as failed.
 */
export default class TestsLine extends DefaultReporter {
  async onTestRunEnd(modules, errors, reason) {
    await super.onTestRunEnd(modules, errors, reason);
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const passed = tests.filter((test) => test.result().state === 'passed');
    const failed = tests.filter((test) => !['passed', 'skipped'].includes(test.result().state));
    const broken = modules
      .flatMap((module) => [module, ...module.children.allSuites()])
      .filter((part) => part.errors().length > 0);

    if (skipped.length > 0) this.ctx.logger.log('skipped:');
    for (const test of skipped) {
      this.ctx.logger.log(`  ${test.module.relativeModuleId} > ${test.fullName}: ${reasonOf(test)}`);
    }
    const failures = failed.length + broken.length + errors.length;
    this.ctx.logger.log(`tests: ${passed.length} passed, ${failures} failed, ${skipped.length} skipped`);
  }
}

/** The note of `context.skip('note')`. Vitest does not tell a mark in the source from a filter of the command line. */
function reasonOf(test) {
  const { note } = test.result();
  return note ?? (test.options.mode === 'todo' ? 'not written yet' : 'marked as skipped, or not asked for');
}
