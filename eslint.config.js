import nx from '@nx/eslint-plugin';
import { createProjectGraphAsync } from 'nx/src/devkit-exports.js';
import tseslint from 'typescript-eslint';

// The boundary rule checks nothing, and fails nothing, while there is no project graph: so it is made here.
await createProjectGraphAsync({ exitOnError: false });

/** The house's arrows, by package tag. What is not listed may not be imported. */
const arrows = {
  'lib:contract': [],
  'lib:contracts': ['lib:contract', 'lib:contracts'],
  'lib:settings': ['lib:contract'],
  'lib:jetstream': ['lib:contract', 'tool:broker'],
  'lib:telemetry': ['lib:contract', 'lib:jetstream', 'lib:settings', 'tool:broker'],
  'lib:nest': ['lib:contract', 'lib:jetstream', 'lib:settings', 'tool:broker'],
  'lib:inbox': ['lib:contract', 'lib:jetstream', 'lib:nest', 'tool:broker', 'tool:postgres'],
  'lib:orchestration': ['lib:contract', 'lib:jetstream', 'lib:nest', 'lib:testing', 'tool:broker'],
  'lib:ledger': ['lib:contract', 'lib:jetstream', 'lib:settings', 'tool:broker', 'tool:postgres'],
  'lib:testing': ['lib:contract', 'lib:jetstream', 'lib:nest', 'tool:broker'],
  'type:app': [
    'lib:contract',
    'lib:contracts',
    'lib:inbox',
    'lib:jetstream',
    'lib:ledger',
    'lib:nest',
    'lib:orchestration',
    'lib:settings',
    'lib:telemetry',
    'lib:testing',
  ],
  'type:page': [],
  'tool:broker': [],
  'tool:postgres': ['tool:broker', 'lib:contract'],
  'tool:start': ['tool:broker', 'lib:contract'],
  'tool:cli': ['tool:broker', 'lib:contract', 'lib:jetstream', 'lib:ledger', 'lib:nest', 'lib:orchestration'],
  'tool:bench': [
    'tool:broker',
    'tool:postgres',
    'lib:contract',
    'lib:jetstream',
    'lib:ledger',
    'lib:orchestration',
    'lib:telemetry',
  ],
  'tool:containers': [],
  'tool:chaos': ['tool:broker', 'tool:postgres', 'tool:start', 'lib:contract'],
};

/** What Nx cannot see: apps have no entry to import, and a path into a package resolves to no project. */
const restricted = {
  patterns: [
    {
      group: ['@shop/*', '!@shop/contracts-*'],
      message: 'No app imports another: share a contract instead.',
    },
    {
      group: ['@shop/*/**', '@troupe/*/**'],
      message: 'A package is imported by its name alone, from its one entry.',
    },
  ],
};

/** Biome formats and lints; ESLint carries what Biome cannot: module boundaries and type-aware promise rules. */
export default [
  { ignores: ['**/dist', '**/node_modules', '.nx', '.troupe'] },
  {
    files: ['{libs,apps,tools}/**/*.{ts,tsx}'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          // Node loads it where it is needed, for a command line that begins at once; tests need it from the first line.
          checkDynamicDependenciesExceptions: ['@troupe/orchestration'],
          depConstraints: Object.entries(arrows).map(([sourceTag, onlyDependOnLibsWithTags]) => ({
            sourceTag,
            onlyDependOnLibsWithTags,
          })),
        },
      ],
      'no-restricted-imports': ['error', restricted],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
];
