// Who reads a lesson can say so once its end was on the screen: <form data-reading> stands below the text.

for (const form of document.querySelectorAll("[data-reading]")) {
  const box = form.querySelector("input[type=checkbox]");
  const send = form.querySelector("button");
  send.disabled = !box.checked;
  box.addEventListener("change", () => {
    send.disabled = !box.checked;
  });
  if ("IntersectionObserver" in window) {
    box.disabled = true;
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      box.disabled = false;
      seen.disconnect();
    });
    seen.observe(form);
  }
}
