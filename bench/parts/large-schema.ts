/** A table that points at an earlier one, with its index. */
export function createTable(index: number): string {
  const parent = index === 0 ? 'int' : `int REFERENCES ${nameOf(parentOf(index))} (id)`;
  const columns = `id int PRIMARY KEY, parent ${parent}, name varchar(80) NOT NULL, created timestamptz DEFAULT now(), note text`;
  return `CREATE TABLE ${nameOf(index)} (${columns});\nCREATE INDEX ${nameOf(index)}_name ON ${nameOf(index)} (name);`;
}

/** The same as a line of SQLAlchemy; the first has a column more, as the desired schema. */
export function modelOf(index: number): string {
  const key = index === 0 ? '' : `, sa.ForeignKey("${nameOf(parentOf(index))}.id")`;
  const columns = [
    'sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)',
    `sa.Column("parent", sa.Integer${key})`,
    'sa.Column("name", sa.String(80), nullable=False)',
    'sa.Column("created", sa.DateTime(timezone=True), server_default=sa.func.now())',
    'sa.Column("note", sa.Text)',
    ...(index === 0 ? ['sa.Column("extra", sa.Integer)'] : []),
    `sa.Index("${nameOf(index)}_name", "name")`,
  ];
  return `sa.Table("${nameOf(index)}", metadata, ${columns.join(', ')})`;
}

function nameOf(index: number): string {
  return `account_${index}`;
}

function parentOf(index: number): number {
  return Math.floor(index / 2);
}
