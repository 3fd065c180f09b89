import { describeCaseTable } from './describe-case-table.ts';

describeCaseTable('docs/correctness.md', 55);
