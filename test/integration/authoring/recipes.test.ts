import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

import { projectDirectory } from '../../support/programs.ts';
import { createSchemaProject } from '../../support/schema-project.ts';

/** Debian's own python3 has Debian's python3-sqlalchemy; another may come first in PATH. */
const python = ['/usr/bin/python3', 'python3', process.env['TEST_PYTHON'] ?? ''].find(
  (path) => path !== '' && spawnSync(path, ['-c', 'import sqlalchemy']).status === 0,
);

const models = `
import enum
from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Enum, ForeignKey, Index, Numeric, String, func
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import declarative_base

Base = declarative_base()

class Role(enum.Enum):
    ADMIN = "admin"
    MEMBER = "member"

class Member(Base):
    __tablename__ = "members"
    # Its table is named before the one that it references, as classes often are.
    id = Column(UUID(as_uuid=True), primary_key=True)
    household_id = Column(ForeignKey("households.id", ondelete="CASCADE"), nullable=False, index=True)
    role = Column(Enum(Role), nullable=False)
    joined_at = Column(DateTime(timezone=True), server_default=func.now())

class Household(Base):
    __tablename__ = "households"
    id = Column(UUID(as_uuid=True), primary_key=True)
    name = Column(String(255), nullable=False, comment="what the family calls itself: 'us', \\"them\\"")
    settings = Column(JSONB, nullable=False, server_default="{}")
    balance = Column(Numeric(15, 2))
    is_active = Column(Boolean, nullable=False)
    __table_args__ = (CheckConstraint("balance > -1000", name="not_too_poor"), Index("by_name", "name", unique=True))
`;

describe('docs/recipes/print_ddl.py', () => {
  test.skipIf(python !== undefined)('SKIPPED: no Python here has SQLAlchemy (Debian: python3-sqlalchemy)', () => {});

  test.skipIf(python === undefined)(
    'models of SQLAlchemy become revisions, and then nothing is left to do',
    async () => {
      const project = await createSchemaProject({});
      await writeFile(join(project.directory, 'models.py'), models);
      const command = `${python} ${resolve(projectDirectory, 'docs/recipes/print_ddl.py')} models:Base`;
      const { exitCode, stdout, stderr } = await project.autogenerate('--schema-command', command);
      expect(exitCode, stdout + stderr).toBe(0);
      const [revision] = await project.written();
      expect(revision?.text).toContain("CREATE TYPE public.role AS ENUM ('ADMIN', 'MEMBER');");
      expect(revision?.text).toContain('ON DELETE CASCADE');
      const again = await project.migrate(['revision', '--autogenerate', '--check', '--schema-command', command]);
      expect(again.stdout).toContain('Nothing to change');
      expect(again.exitCode).toBe(0);
    },
  );
});
