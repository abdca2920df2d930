import type { MutantDeclaration } from '../../../mutants/declared.ts';

export default {
  'small/answers-like-the-one-before': {
    source: 'the small plan',
    says: 'v2 answers as wrongly as v1',
    file: 'suite/service.ts',
    find: "process.env.RELEASE === 'v2'",
    replace: "process.env.RELEASE === 'v3'",
    gates: ['small/answers-rightly'],
  },
  'small/something-else-is-right': {
    source: 'the small plan',
    says: 'What the check itself loads is wrong',
    file: 'suite/expected.ts',
    find: "'right'",
    replace: "'wrong'",
    gates: ['small/answers-rightly'],
  },
} satisfies Record<string, MutantDeclaration>;
