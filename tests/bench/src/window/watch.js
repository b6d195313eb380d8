// Watches the page from outside its own code.
const arrived = {};
const original = window.fetch;
window.fetch = async (...call) => {
  const answer = await original(...call);
  const command = String(call[0]?.url ?? call[0]).split("/").pop();
  arrived[command] ??= performance.now();
  return answer;
};
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const rows = () => [...document.querySelectorAll('[role="row"]')].filter((row) => row.textContent.includes("resource_"));
// How long after the plan's answer, and after the first answer that holds its rows, they stood in the page, in milliseconds; null
// when they never did.
const shown = (async () => {
  const limit = performance.now() + 120_000;
  while (rows().length < 5 && performance.now() < limit) await frame();
  const now = performance.now();
  const since = (command) => (rows().length < 5 || arrived[command] === undefined ? null : now - arrived[command]);
  return { plan: since("plan_import"), rows: since("plan_rows") };
})();
window.__watched = {
  shown: () => shown,
  scroll: async (frames) => {
    let box = rows()[0];
    while (box && box.scrollHeight <= box.clientHeight + 1) box = box.parentElement;
    let elements = 0;
    let within = 0;
    let before = await frame();
    for (let count = 0; count < frames; count += 1) {
      // Steps of a wheel, and now and then a leap of the scroll bar.
      box.scrollTop += count % 50 === 49 ? 200_000 : 114;
      const now = await frame();
      within += now - before <= 33.4 ? 1 : 0;
      before = now;
      elements = Math.max(elements, document.querySelectorAll('[role="row"]').length);
    }
    return { elements, smooth: within / frames };
  },
};
