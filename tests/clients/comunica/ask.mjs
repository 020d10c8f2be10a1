// Reads a list of {kind, query, context} on standard input, asks Comunica one after the other, writes a list of answers.
import { text } from 'node:stream/consumers';
import { QueryEngine } from '@comunica/query-sparql';

const engine = new QueryEngine();

async function answer({ kind, query, context, token }) {
  const options = { ...context };
  if (token) {
    options.fetch = (address, given) => {
      const headers = new Headers(given?.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(address, { ...given, headers });
    };
  }
  try {
    if (kind === 'bindings') {
      const rows = await (await engine.queryBindings(query, options)).toArray();
      return rows.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])));
    }
    if (kind === 'quads') {
      const quads = await (await engine.queryQuads(query, options)).toArray();
      return quads.map((quad) => [quad.subject.value, quad.predicate.value, quad.object.value]);
    }
    if (kind === 'boolean') {
      return await engine.queryBoolean(query, options);
    }
    await engine.queryVoid(query, options);
    return 'done';
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

const answers = [];
for (const task of JSON.parse(await text(process.stdin))) {
  answers.push(await answer(task));
}
process.stdout.write(JSON.stringify(answers));
