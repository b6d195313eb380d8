// Everywhere in the page where a text could be: called with the two halves of it, answers the places where it is. The
// halves, because a script's own arguments are part of the page too.
const wanted = arguments[0] + arguments[1];
const places = [];
const look = (place, text) => { if (typeof text === "string" && text.includes(wanted)) places.push(place); };

look("the document", document.documentElement.outerHTML);
look("the address", location.href);
look("cookies", document.cookie);
look("the window's name", window.name);
for (const field of document.querySelectorAll("input, textarea, select")) look(`the field ${field.id}`, field.value);
for (const [name, storage] of [["localStorage", localStorage], ["sessionStorage", sessionStorage]]) look(name, JSON.stringify({ ...storage }));
look("the history's state", JSON.stringify(history.state));

for (const { name } of await indexedDB.databases()) places.push(`a database of the page's own: ${name}`);
if ("caches" in window) for (const name of await caches.keys().catch(() => [])) places.push(`a cache of the page's own: ${name}`);

// Everything that code in the page can reach from its globals, and what elements and components hang on to.
const seen = new Set();
const waiting = [["window", window], ["document", document]];
for (const element of document.querySelectorAll("*")) waiting.push([`<${element.localName}>`, element]);
while (waiting.length > 0 && seen.size < 400_000) {
  const [path, value] = waiting.pop();
  if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) continue;
  seen.add(value);
  const next = (name, inner) => (typeof inner === "string" ? look(`${path}.${name}`, inner) : waiting.push([`${path}.${name}`.slice(-200), inner]));
  if (value instanceof Map) for (const [key, inner] of value) { next("key", key); next(String(key), inner); }
  if (value instanceof Set) for (const inner of value) next("entry", inner);
  for (const name of Reflect.ownKeys(value)) {
    look(path, String(name.description ?? name));
    try {
      const property = Reflect.getOwnPropertyDescriptor(value, name);
      if (property && "value" in property) next(String(name.description ?? name), property.value);
    } catch {
      // What may not be read by this code may not be read by any other in the page.
    }
  }
}
return { places: [...new Set(places)].slice(0, 20), looked: seen.size };
