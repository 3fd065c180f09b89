import { describeCaseTable } from './describe-case-table.ts';

describeCaseTable('docs/launcher-guarantees.md', 30);
