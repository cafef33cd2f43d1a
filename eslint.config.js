import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** The house's arrows, by package tag. What is not listed may not be imported. */
const arrows = {
  'lib:contract': [],
  'lib:contracts': ['lib:contract', 'lib:contracts'],
  'lib:jetstream': ['lib:contract', 'tool:broker'],
  'lib:telemetry': ['lib:contract', 'lib:jetstream', 'tool:broker'],
  'lib:nest': ['lib:contract', 'lib:jetstream', 'tool:broker'],
  'lib:testing': ['lib:contract', 'lib:jetstream', 'lib:nest', 'tool:broker'],
  'type:app': ['lib:contract', 'lib:contracts', 'lib:jetstream', 'lib:nest', 'lib:telemetry', 'lib:testing'],
  'tool:broker': [],
  'tool:start': ['tool:broker', 'lib:contract'],
  'tool:bench': ['tool:broker', 'lib:contract', 'lib:jetstream', 'lib:telemetry'],
};

/** Biome formats and lints; ESLint carries what Biome cannot: module boundaries and type-aware promise rules. */
export default [
  { ignores: ['**/dist', '**/node_modules', '.nx', '.troupe'] },
  {
    files: ['**/*.ts'],
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
          depConstraints: Object.entries(arrows).map(([sourceTag, onlyDependOnLibsWithTags]) => ({
            sourceTag,
            onlyDependOnLibsWithTags,
          })),
        },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
];
