// What the page can do beyond being read: copy, search, filter, fold, follow links to gates. Without it nothing is hidden.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  for (const element of all('.filter, .fold')) element.hidden = false;
  for (const command of all('.cmd')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.ariaLabel = `Copy ${command.textContent}`;
    command.append(button);
  }

  const heard = document.createElement('p');
  heard.className = 'heard';
  heard.ariaLive = 'polite';
  document.body.append(heard);

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

  const search = document.getElementById('search');
  const shown = document.querySelector('.filter output');
  const pills = all('.pill');
  const gates = all('[data-v]').map((element) => ({ element, text: element.textContent.toLowerCase() }));
  const groups = all('tbody:has(> [data-v]), .of-ticket');

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = pills.filter((pill) => pill.ariaPressed === 'true').map((pill) => pill.dataset.verdict);
    for (const { element, text } of gates) {
      const wanted = verdicts.length === 0 || verdicts.includes(element.dataset.v);
      element.hidden = !(wanted && words.every((word) => text.includes(word)));
    }
    for (const group of groups) group.hidden = group.querySelector('[data-v]:not([hidden])') === null;
    const rows = gates.filter(({ element }) => element.tagName === 'TR');
    const left = rows.filter(({ element }) => !element.hidden).length;
    shown.textContent = left === rows.length ? '' : `${left} of ${rows.length} gates`;
  };

  const clear = () => {
    search.value = '';
    for (const pill of pills) pill.ariaPressed = 'false';
    filter();
  };

  // A link to a gate or a check opens it, even when the filter hides it.
  const follow = (hash) => {
    let id = hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      // A fragment that is not encoded is taken as it is.
    }
    const target = id === '' ? null : document.getElementById(id);
    if (target === null) return;
    if (target.hidden || target.closest('[hidden]')) clear();
    if (target.tagName === 'DETAILS') target.open = true;
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
    }
    if (button.dataset.fold) for (const gate of all('details.gate')) gate.open = button.dataset.fold === 'open';
  });

  if (search !== null) {
    search.addEventListener('input', filter);
    search.form.addEventListener('submit', (event) => event.preventDefault());
    document.addEventListener('keydown', (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        search.focus();
      }
      if (event.key === 'Escape' && event.target === search) clear();
    });
  }

  let closed = [];
  addEventListener('beforeprint', () => {
    closed = all('details:not([open])');
    for (const one of closed) one.open = true;
  });
  addEventListener('afterprint', () => {
    for (const one of closed) one.open = false;
  });
  addEventListener('hashchange', () => follow(location.hash));
  follow(location.hash);
})();
