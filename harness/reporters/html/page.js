// What the page can do beyond being read: copy, search, filter, fold, follow links to gates. Without it nothing is hidden.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);

  const addCopyButtons = (within) => {
    for (const command of all('.cmd', within)) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'copy';
      button.textContent = 'Copy';
      button.ariaLabel = `Copy ${command.textContent}`;
      command.append(button);
    }
  };

  // What a browser with scripts took as text: see `Folded` of parts.ts. Its text was made safe when the page was written.
  const fill = (details) => {
    const later = details.querySelector(':scope > noscript');
    if (later === null) return;
    const content = document.createElement('template');
    content.innerHTML = later.textContent;
    addCopyButtons(content.content);
    later.replaceWith(content.content);
  };

  for (const element of all('.filter, .fold')) element.hidden = false;
  addCopyButtons(document);
  document.addEventListener('toggle', ({ target }) => fill(target), true);

  const heard = document.createElement('p');
  heard.className = 'heard';
  heard.ariaLive = 'polite';
  document.querySelector('main').append(heard);

  // The button's name is its command, so that what became of it is not heard from the button.
  const copied = (button, text) => {
    button.textContent = text;
    heard.textContent = text;
    setTimeout(() => {
      button.textContent = 'Copy';
      heard.textContent = '';
    }, 1500);
  };

  // Where the clipboard is not allowed (some browsers, for a file) the command is left selected for Ctrl+C.
  const copy = async (button) => {
    const code = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(code.textContent);
      copied(button, 'Copied');
    } catch {
      getSelection().selectAllChildren(code);
      copied(button, document.execCommand('copy') ? 'Copied' : 'Selected');
    }
  };

  const search = byId('search');
  const shown = document.querySelector('.filter output');
  const pills = all('.pill');
  const groups = all('tbody:has(> [data-v]), .of-ticket');
  const headings = all('tbody.heading');
  const hasRows = (heading) => {
    let rows = heading.nextElementSibling;
    while (rows?.hidden) rows = rows.nextElementSibling;
    return rows !== null && !headings.includes(rows);
  };
  const chosen = () => pills.filter((pill) => pill.ariaPressed === 'true').map((pill) => pill.dataset.verdict);

  // Read at the first search: a large page is to open before.
  let gates;
  const readGates = () =>
    all('tr[data-v]').map((row) => ({
      row,
      id: idOf(row.querySelector('a[href^="#"]').hash),
      text: row.textContent.toLowerCase(),
    }));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = chosen();
    gates ??= readGates();
    let left = 0;
    for (const { row, id, text } of gates) {
      const wanted = verdicts.length === 0 || verdicts.includes(row.dataset.v);
      const hidden = !(wanted && words.every((word) => text.includes(word)));
      row.hidden = hidden;
      const detail = byId(id);
      if (detail !== null) detail.hidden = hidden;
      if (!hidden) left += 1;
    }
    // Of gates that wait to be unfolded, what they hold is in the table.
    for (const group of groups) group.hidden = group.querySelector('[data-v]:not([hidden]), noscript') === null;
    for (const heading of headings) heading.hidden = !hasRows(heading);
    shown.textContent = left === gates.length ? '' : `${left} of ${gates.length} gates`;
  };

  // What is searched for stands in the address, so that it can be sent to somebody: #?find=drop&verdict=fail
  const tellAddress = () => {
    const said = new URLSearchParams();
    if (search.value !== '') said.set('find', search.value);
    for (const verdict of chosen()) said.append('verdict', verdict);
    history.replaceState(null, '', said.size === 0 ? '#' : `#?${said}`);
  };

  const setFilter = (words, verdicts) => {
    search.value = words;
    for (const pill of pills) pill.ariaPressed = String(verdicts.includes(pill.dataset.verdict));
    filter();
  };

  const idOf = (hash) => {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      // A fragment that is not encoded is taken as it is.
      return hash.slice(1);
    }
  };

  // A link to a gate or a check opens it, even when the filter hides it.
  const follow = (hash) => {
    if (hash.startsWith('#?') && search !== null) {
      const said = new URLSearchParams(hash.slice(2));
      setFilter(said.get('find') ?? '', said.getAll('verdict'));
      byId('gates').scrollIntoView();
      return;
    }
    const id = idOf(hash);
    if (id === '') return;
    if (byId(id) === null) all('details.passing').forEach(fill);
    const target = byId(id);
    if (target === null) return;
    const around = target.parentElement.closest('details');
    if (around !== null) around.open = true;
    if (target.hidden || target.closest('[hidden]')) setFilter('', []);
    if (target.tagName === 'DETAILS') {
      fill(target);
      target.open = true;
    }
    target.scrollIntoView();
  };

  document.addEventListener('click', ({ target }) => {
    // Also when the address does not change by it: the filter may have hidden the target since.
    const link = target.closest('a[href^="#"]');
    if (link !== null) follow(link.hash);
    const button = target.closest('button');
    if (button === null) return;
    if (button.classList.contains('copy')) copy(button);
    if (button.classList.contains('pill')) {
      button.ariaPressed = String(button.ariaPressed !== 'true');
      filter();
      tellAddress();
    }
    if (button.dataset.fold) for (const gate of all('details.gate')) gate.open = button.dataset.fold === 'open';
  });

  if (search !== null) {
    search.addEventListener('input', () => {
      filter();
      tellAddress();
    });
    search.form.addEventListener('submit', (event) => event.preventDefault());
    document.addEventListener('keydown', (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        search.focus();
      }
      if (event.key === 'Escape' && event.target === search) {
        setFilter('', []);
        tellAddress();
      }
    });
  }

  let closed = [];
  addEventListener('beforeprint', () => {
    closed = all('details:not([open])');
    for (const one of closed) {
      fill(one);
      one.open = true;
    }
  });
  addEventListener('afterprint', () => {
    for (const one of closed) one.open = false;
  });
  addEventListener('hashchange', () => follow(location.hash));
  follow(location.hash);
})();
