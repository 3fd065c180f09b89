// Prints the DDL of Sequelize's models, without a database: node print_ddl.mjs ./models.mjs
// The module exports `sequelize`, the instance that all models are defined on.
import { pathToFileURL } from 'node:url';

const { sequelize } = await import(pathToFileURL(process.argv[2]).href);
const generator = sequelize.getQueryInterface().queryGenerator;
const print = (statement) => console.log(`${statement.replace(/;\s*$/, '')};`);

// Sequelize sorts those that reference others first.
for (const model of sequelize.modelManager.getModelsTopoSortedByForeignKey().reverse()) {
  const table = model.getTableName();
  for (const { field, type } of Object.values(model.tableAttributes))
    if (type.key === 'ENUM') print(generator.pgEnum(table, field, type));
  const columns = generator.attributesToSQL(model.tableAttributes, { table, context: 'createTable' });
  print(generator.createTableQuery(table, columns, model.options));
  for (const index of model.options.indexes) print(generator.addIndexQuery(table, index));
}
