// Ends a run with the one line that automation reads: `N passed, N failed` over all suites.
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    // A suite that could not even load counts as one failure: it must never look like "nothing failed".
    const brokenSuites = results.testResults.filter((suite) => suite.testExecError).length;
    const failed = results.numFailedTests + brokenSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    // At exit, because the default reporter still has its own closing lines to print.
    process.once('exit', () => {
      process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed${tail}\n`);
    });
  }
};
