// Nicer, never necessary: keys, a live preview, copying, and showing what is new.
"use strict";
(() => {
  const body = document.body;
  const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
  let touched = false;
  let sending = false;
  document.addEventListener("input", () => { touched = true; });

  if (body.dataset.watch) {
    const changed = document.getElementById("changed");
    const asking = setInterval(async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(body.dataset.watch, { cache: "no-store" });
        if (answer.status === 403 || answer.status === 401) {
          changed.textContent =
            "This page is no longer open to you. For a way in type: followup web. Copy first what you have typed here.";
          changed.hidden = false;
          clearInterval(asking);
        }
        if (!answer.ok || (await answer.text()) === body.dataset.latest) return;
        // A letter that is being read never changes under the eyes, nor under a finger on its way to the button.
        // What a form leads to is on its way then, and would be lost.
        if (sending) return;
        if (touched || typing() || body.dataset.still !== undefined) changed.hidden = false;
        else location.replace(location.pathname + location.search); // With its # it would only scroll.
      } catch { /* followup has ended; the page stays as it is. */ }
    }, 1000);
  }

  for (const [field, shown] of [["subject", "subject-shown"], ["text", "text-shown"]]) {
    const from = document.getElementById(field), to = document.getElementById(shown);
    if (from && to) from.addEventListener("input", () => { to.textContent = from.value; });
  }

  // What is decided upon is what was saved: as long as other words stand in the fields, nothing can be.
  const notSaved = document.getElementById("unsaved");
  if (notSaved?.hidden) {
    const differs = (field) =>
      field.matches("select") ? !field.selectedOptions[0].defaultSelected
      : field.type === "checkbox" ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue;
    const decisions = [...document.querySelectorAll(".decide button, .otherwise button")].filter((one) => !one.disabled);
    const compare = () => {
      const fields = [...document.querySelectorAll(":is(#edit, #tell) [name]:not([type=hidden], button)")];
      notSaved.hidden = !fields.some(differs);
      for (const button of decisions) button.disabled = !notSaved.hidden;
    };
    document.addEventListener("input", compare);
    addEventListener("pageshow", compare); // The browser may have put back what was typed before.
  }

  const copy = document.querySelector(".copy");
  if (copy) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById("text-shown").textContent);
      copy.textContent = "Copied";
    });
  }

  // A second click on a button must not send its form again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    sending = true;
  });
  addEventListener("pageshow", () => {
    sending = false;
    for (const form of document.forms) delete form.dataset.sent;
  });

  const move = (step) => {
    const rows = [...document.querySelectorAll(".row, .card h3 a, .item, .onward")];
    for (const row of rows) if (!row.matches("a")) row.tabIndex = -1;
    const next = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(document.activeElement) + step))];
    next?.focus();
  };
  // The first press shows which button is meant, the second presses it: one slip must not send a letter.
  const press = (key) => {
    const found = document.querySelector(`[data-key="${key}"]`);
    if (!found) return;
    if (found.matches("summary")) {
      found.parentElement.open = true;
      document.getElementById("text").focus();
    } else if (document.activeElement === found) found.click();
    else found.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing()) return;
    if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
    else if (event.key === "?") document.getElementById("keys").showModal();
    else if ("ead".includes(event.key)) press(event.key);
    else return;
    event.preventDefault();
  });
})();
