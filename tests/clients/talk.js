// Holds one talk in Node: `node talk.js MODULE NAME`, its arguments as JSON on standard input.
const [, , module, name] = process.argv;
let given = "";
for await (const chunk of process.stdin) given += chunk;
const talks = await import(module);
process.stdout.write(JSON.stringify(await talks[name](...JSON.parse(given))));
process.exit();
