"""Prints the DDL of SQLAlchemy models for PostgreSQL, without a database: python print_ddl.py app.models:Base

For `migrate revision --autogenerate --schema-command "python print_ddl.py app.models:Base"`.
The argument names a declarative base or a MetaData; several may be given. SQLAlchemy 1.4 and 2.
"""

import importlib
import os
import sys

from sqlalchemy import create_mock_engine


def metadata_of(name):
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute or "Base")
    return getattr(found, "metadata", found)


def main(names):
    if not names:
        sys.exit("usage: python print_ddl.py package.module:Base [...]")
    # As `python -m` does: a script has its own folder in the path, not the one it was started in.
    sys.path.insert(0, os.getcwd())

    def emit(statement, *_, **__):
        print(str(statement.compile(dialect=engine.dialect)).strip() + ";")

    engine = create_mock_engine("postgresql://", emit)
    for name in names:
        # Types (enums) come before the tables that use them, tables in the order of their foreign keys.
        metadata_of(name).create_all(engine, checkfirst=False)


main(sys.argv[1:])
