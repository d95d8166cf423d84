// A button that copies the text of another element: <button data-copy="its id" data-done="Copied" hidden>.

const copy = async (source) => {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    // Without HTTPS browsers keep their clipboard closed; what is selected can be copied all the same.
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
};

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (await copy(document.getElementById(button.dataset.copy))) button.textContent = button.dataset.done;
  });
}
