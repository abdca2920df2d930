/** Who may import whom (ARCHITECTURE.md, "The house"). `harness/import-rules.test.ts` plants each violation and sees it caught. */

const FOLDERS = ['impl', 'harness', 'fixtures', 'suites', 'soak', 'bench', 'release'];

/** `folder` may import itself, packages, and the folders given: nothing else of the house. */
function only(folder, ...allowed) {
  const others = FOLDERS.filter((one) => ![folder, ...allowed].includes(one));
  return {
    name: `${folder}-imports-${allowed.join('-') || 'nobody'}`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: { path: [`^(${others.join('|')})/`, '^[^/]+\\.config\\.ts$'] },
  };
}

/** The same inside the harness. */
function onlyInHarness(part, ...allowed) {
  return {
    name: `harness-${part}-imports-${allowed.join('-') || 'nobody'}`,
    severity: 'error',
    from: { path: `^harness/${part}/` },
    to: { path: '^harness/', pathNot: `^harness/(${[part, ...allowed].join('|')})/` },
  };
}

module.exports = {
  forbidden: [
    only('impl'),
    only('harness'),
    only('fixtures', 'harness', 'impl'),
    only('soak', 'fixtures', 'harness', 'impl'),
    only('suites', 'fixtures', 'harness', 'impl', 'soak'),
    only('bench', 'fixtures', 'harness', 'impl', 'soak'),
    only('release', 'harness'),
    onlyInHarness('schema'),
    onlyInHarness('statistics'),
    onlyInHarness('judge', 'schema', 'statistics'),
    onlyInHarness('certificate', 'schema', 'statistics', 'judge', 'random'),
    onlyInHarness('observations', 'schema'),
    onlyInHarness('reporters', 'schema'),
    onlyInHarness('processes'),
    onlyInHarness('random'),
    onlyInHarness('network', 'random'),
    onlyInHarness('load', 'processes', 'random'),
    onlyInHarness('components', 'processes'),
    onlyInHarness('benchmarks', 'components', 'processes', 'statistics', 'reporters', 'random'),
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      from: { pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '\\.(test|fixture)\\.ts$' },
    },
    {
      name: 'declared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    // The last one: what could not be resolved stands as it was written.
    includeOnly: { path: [`^(${FOLDERS.join('|')})/`, '^[^/]+\\.config\\.ts$', 'node_modules', '^\\.{1,2}/'] },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
