// Shows what the server tells of the run, and goes to the report when there is one.
(() => {
  const byId = (id) => document.getElementById(id);
  const events = new EventSource('/events');
  let beganAt;
  let finished = false;

  const item = (text) => {
    const element = document.createElement('li');
    element.textContent = text;
    return element;
  };
  const tellTime = () => {
    if (beganAt === undefined || finished) return;
    const seconds = Math.floor((Date.now() - beganAt) / 1000);
    byId('elapsed').textContent = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  };
  const state = ({ suite, checks, done, total, elapsed_ms }) => {
    beganAt = Date.now() - elapsed_ms;
    const bar = byId('bar');
    if (total > 0) {
      bar.max = total;
      bar.value = done;
    }
    byId('counts').textContent = total > 0 ? `${done} of ${total} executions` : suite;
    byId('checks').replaceChildren(...(checks.length > 0 ? checks : [suite]).map(item));
    tellTime();
  };

  // What was said comes again with each connection: one that was lost leaves no gap and no double.
  events.addEventListener('open', () => byId('lines').replaceChildren());
  events.addEventListener('state', ({ data }) => state(JSON.parse(data)));
  // The newest first: in sight without scrolling.
  events.addEventListener('line', ({ data }) => {
    byId('lines').prepend(item(JSON.parse(data)));
    while (byId('lines').childElementCount > 500) byId('lines').lastElementChild.remove();
  });
  events.addEventListener('report', () => {
    finished = true;
    events.close();
    location.replace('/report.html');
  });
  events.addEventListener('error', () => {
    if (!finished) byId('how').textContent = 'No longer heard of';
  });
  setInterval(tellTime, 1000);
})();
